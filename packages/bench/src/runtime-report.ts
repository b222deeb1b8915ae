/**
 * Times in other runtimes, for reading.
 *
 * @module
 */
import type { RuntimeResult } from './across-runtimes.ts'
import { type Machine, machineLine, microseconds, tableHead } from './report.ts'

/** A table per runtime: a row for each case, a column for each provider. */
export function runtimesMarkdown(results: readonly RuntimeResult[], missing: readonly string[], on: Machine): string {
  const runtimes = [...new Set(results.map(({ runtime }) => runtime))]
  return [
    '# In other runtimes',
    '',
    `${machineLine(on)}. Written by \`npm run bench -- --runtimes\`.`,
    '',
    'Microseconds of one operation, median of the rounds; in brackets how many times faster than `webCrypto`, median of the ratios within a round. The second column is `{ ...webCrypto, digest: nobleCrypto.digest }`, the third has the MACs of `nobleCrypto` too.',
    '',
    ...missing.map((runtime) => `- ${runtime}: not run: it is not installed\n`),
    ...runtimes.flatMap((runtime) => {
      const ofRuntime = results.filter((result) => result.runtime === runtime)
      const rows = ofRuntime.map((result) => `| ${[nameOf(result), ...cellsOf(result)].join(' | ')} |`)
      return [`## ${runtime}`, '', tableHead(['', ...Object.keys(ofRuntime[0]!.times)]), ...rows, '']
    }),
  ].join('\n')
}

export function runtimeLine(result: RuntimeResult): string {
  const cells = Object.keys(result.times).map((name, i) => `${name} ${cellsOf(result)[i]}`)
  return [`${result.runtime} ${nameOf(result)}`.padEnd(34), ...cells].join('  ')
}

function nameOf({ format, work, operation }: RuntimeResult): string {
  return `${format} ${work} ${operation}`
}

function cellsOf({ times }: RuntimeResult): string[] {
  return Object.values(times).map(({ median, faster }, i) => `${microseconds(median)}${i === 0 ? '' : ` (${faster.toFixed(2)})`}`)
}
