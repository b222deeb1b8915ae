/**
 * A run of every operation against its floor.
 *
 * @module
 */
import { casesMatching, measure, nameOf, type Result } from './cases.ts'
import { microseconds } from './report.ts'
import type { Keep } from './results.ts'
import type { Schedule } from './timing.ts'

export async function againstFloor(only: string, schedule: Schedule, keep?: Keep): Promise<void> {
  const results: Result[] = []
  for (const it of casesMatching(only)) {
    const result = await measure(it, schedule)
    results.push(result)
    console.log(lineOf(result))
  }
  keep?.('floor', { results })
}

function lineOf(result: Result): string {
  const { median, least, floor, overFloor, overEcdsa } = result
  const [time, best, bare] = [median, least, floor].map((value) => microseconds(value).padStart(9))
  const ecdsa = overEcdsa === undefined ? '' : `  of ECDSA alone × ${overEcdsa.toFixed(2)}`
  return `${nameOf(result).padEnd(42)} ${time} µs  least ${best}  floor ${bare}  × ${overFloor.toFixed(2)}${ecdsa}`
}
