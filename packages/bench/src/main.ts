/**
 * `npm run bench [-- --quick] [--only "classic nodeCrypto small"] [--rounds 31] [--peers]`: everything, or what is asked for, against
 * its floor; with `--peers`, against the released clients instead. A whole run writes `results/`; any other prints only.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { againstPeers } from './against-peers.ts'
import { casesMatching, measure, nameOf, type Result } from './cases.ts'
import { machine, markdown, microseconds } from './report.ts'

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    rounds: { type: 'string' },
    peers: { type: 'boolean', default: false },
  },
})

const rounds = Number(values.rounds ?? (values.quick ? 7 : 25))
const schedule = { rounds, turn: values.quick ? 2 : 4, budget: values.quick ? 400 : 2000 }
const whole = !values.quick && values.only === ''
const folder = new URL('../results/', import.meta.url)

if (values.peers) await againstPeers(values.only, { rounds, turn: 5, budget: 4000 }, whole ? write : undefined)
else await againstFloor()

async function againstFloor(): Promise<void> {
  const results: Result[] = []
  for (const it of casesMatching(values.only)) {
    const result = await measure(it, schedule)
    results.push(result)
    const { median, least, floor, overFloor } = result
    console.log(
      `${nameOf(it).padEnd(42)} ${microseconds(median).padStart(9)} µs  least ${microseconds(least).padStart(9)}  floor ${microseconds(floor).padStart(9)}  × ${overFloor.toFixed(2)}`,
    )
  }
  if (!whole) return
  const on = machine(new Date())
  write('results.json', `${JSON.stringify({ machine: on, results }, null, 1)}\n`)
  write('results.md', markdown(results, on))
}

function write(name: string, content: string): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(new URL(name, folder), content)
}
