/**
 * `npm run test:runtimes`: the conformance suite in every runtime that is at hand.
 *
 * @module
 */
import { availableParallelism } from 'node:os'
import { parseArgs } from 'node:util'
import { CHROMIUM, FIREFOX } from './browsers.ts'
import { BUN, DENO, NODE_RUNTIMES, ownMajor } from './command-runtimes.ts'
import { EDGE_RUNTIME } from './edge-runtime.ts'
import { type Row, runRuntime } from './run-runtime.ts'
import type { Runtime } from './runtime.ts'
import { tableOf } from './table.ts'
import { installTools } from './tools.ts'
import { readVectors } from './vectors.ts'
import { WEBKIT } from './webkit.ts'
import { WORKERD } from './workerd.ts'

const RUNTIMES: readonly Runtime[] = [...NODE_RUNTIMES, DENO, BUN, WORKERD, EDGE_RUNTIME, CHROMIUM, FIREFOX, WEBKIT]
const SAMPLE = 8

const USAGE = `npm run test:runtimes -- [options]

  --only a,b   only these: node (the one that runs this), ${RUNTIMES.map(({ id }) => id).join(', ')}
  --quick      of nobleCrypto, which is the same JavaScript everywhere and the slowest, one case in ${SAMPLE}
  --require    a runtime that is missing is a failure, as it is where CI is set
`

const { values } = parseArgs({
  options: { only: { type: 'string' }, quick: { type: 'boolean' }, require: { type: 'boolean' }, help: { type: 'boolean' } },
})

if (values.help) console.log(USAGE)
else process.exitCode = await main(chosen(values.only), values.quick === true, values.require === true || Boolean(process.env.CI))

async function main(runtimes: readonly Runtime[], quick: boolean, required: boolean): Promise<number> {
  for (const folder of new Set(runtimes.flatMap(({ tools }) => tools ?? []))) {
    const problem = installTools(folder)
    if (problem !== undefined) console.error(problem) // what is not installed shows in the table as missing
  }
  const vectors = readVectors()
  if (vectors.peers === undefined) console.log('No ../shared/vectors beside the project: only its own vectors are run.')
  if (quick) console.log(`Of nobleCrypto, one case in ${SAMPLE}; all of them: npm run test:runtimes`)
  const options = { vectors, ...(quick && { every: { nobleCrypto: SAMPLE } }) }

  const waiting = [...runtimes]
  const rows = new Map<Runtime, Row[]>()
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      console.error(`${next.title} …`)
      rows.set(next, await runRuntime(next, options))
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, worker))

  const all = runtimes.flatMap((runtime) => rows.get(runtime) ?? [])
  console.log(tableOf(all))
  const failed = all.some(({ failures, missing }) => failures.length > 0 || (required && missing !== undefined))
  if (required && all.some(({ missing }) => missing !== undefined)) console.log('FAILED: all of these runtimes are wanted here')
  return failed ? 1 : 0
}

function chosen(only: string | undefined): readonly Runtime[] {
  if (only === undefined) return RUNTIMES
  return only.split(',').map((id) => {
    const wanted = id === 'node' ? `node${ownMajor()}` : id
    const found = RUNTIMES.find((runtime) => runtime.id === wanted)
    if (found === undefined) throw new Error(`no runtime ${id}\n\n${USAGE}`)
    return found
  })
}
