/**
 * `npm run bench`: see USAGE. A whole run writes its results, and all that is made of results, into `results/` and into the README.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { acrossRuntimes } from './across-runtimes.ts'
import { againstFloor } from './against-floor.ts'
import { againstPeers } from './against-peers.ts'
import { writeFigures } from './figures.ts'
import { FORMATS } from './formats.ts'
import { leastCodeOfOne } from './least.ts'
import { MEMORY_CASES, type MemoryResult, measureMemory } from './memory.ts'
import { memoryLine } from './memory-report.ts'
import { OPERATIONS } from './operations.ts'
import { PROVIDERS } from './providers.ts'
import { keepResults } from './results.ts'
import { measureScaling, SCALING_CASES, type ScalingResult } from './scaling.ts'
import { scalingLine } from './scaling-report.ts'
import { inProcess, ratio, takeTurns } from './timing.ts'
import { workNamed } from './works.ts'

const USAGE = `npm run bench [-- options]

  (nothing)    every operation against its floor, the bare calls of primitives: results/results.*
  --peers      against the released clients: results/peers.*
  --scaling    from 10 to 1,000 attributes, from 1 KiB to 400 KiB: results/scaling.*
  --memory     the peak of memory beyond the item: results/memory.*
  --runtimes   what a fast digest over webCrypto brings in other runtimes: results/runtimes.*
  --large      the least code that encrypts and decrypts a large classic item over webCrypto, and ours, against the bare calls; prints only
  --figures    measures nothing: makes charts, targets and the README's figures of the results that there are

  --only "classic nodeCrypto small"   cases with these words in their names; prints only
  --quick, --rounds 7                 fewer rounds; quick prints only
`

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    peers: { type: 'boolean', default: false },
    scaling: { type: 'boolean', default: false },
    memory: { type: 'boolean', default: false },
    runtimes: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    figures: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const { quick, only } = values
const rounds = Number(values.rounds ?? (quick ? 7 : 25))
const schedule = { warmUp: quick ? 100 : 600, rounds, turn: quick ? 2 : 4, budget: quick ? 400 : 2000 }
const whole = !quick && only === '' && !values.large
const keep = whole ? keepResults : undefined

if (values.help) console.log(USAGE)
else await run()

async function run(): Promise<void> {
  if (values.peers) await againstPeers(only, { warmUp: 100, rounds, turn: 5, budget: 4000 }, keep)
  else if (values.scaling) await scaling()
  else if (values.memory) await memory()
  else if (values.runtimes) await acrossRuntimes(only, { warmUp: 100, rounds: Math.min(rounds, 11), turn: 40, budget: 3000 }, keep)
  else if (values.large) await large()
  else if (!values.figures) await againstFloor(only, schedule, keep)
  if (whole) writeFigures()
}

async function large(): Promise<void> {
  const [item] = workNamed('large').items
  const least = await leastCodeOfOne(item!)
  const encryptor = FORMATS.classic!(PROVIDERS.webCrypto!)
  const inputs = { encrypt: item!, decrypt: await encryptor.encryptItem(item!) }
  for (const operation of OPERATIONS) {
    const input = inputs[operation]
    const runs = [least.calls[operation], () => least[operation](input), () => encryptor[`${operation}Item`](input)]
    const [calls, code, ours] = await takeTurns(
      runs.map((run) => inProcess(run)),
      { ...schedule, turn: 10, budget: 6000 },
    )
    console.log(
      `classic webCrypto large ${operation}: calls ${Math.round(calls!.median)} µs, least code × ${ratio(code!, calls!).toFixed(2)}, ours × ${ratio(ours!, calls!).toFixed(2)}`,
    )
  }
}

async function scaling(): Promise<void> {
  const results: ScalingResult[] = []
  for (const it of SCALING_CASES.filter(wanted)) {
    const result = await measureScaling(it, schedule)
    results.push(result)
    console.log(scalingLine(result))
  }
  keep?.('scaling', { results })
}

async function memory(): Promise<void> {
  const results: MemoryResult[] = []
  for (const it of MEMORY_CASES.filter(wanted)) {
    const result = await measureMemory(it)
    results.push(result)
    console.log(memoryLine(result))
  }
  keep?.('memory', { results })
}

function wanted(it: object): boolean {
  return only.split(/\s+/).every((word) => word === '' || Object.values(it).some((value) => String(value).includes(word)))
}
