/**
 * The result, as text.
 *
 * @module
 */
import type { Row } from './run-runtime.ts'

const HEAD = ['runtime', 'provider', 'passed', 'of', 'written too', 'seconds', 'lacks']
const SHOWN_FAILURES = 20

/** A table, as Markdown has it, and the failures below. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cellsOf)]
  const widths = HEAD.map((_, i) => Math.max(...lines.map((cells) => cells[i]!.length)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' | ')} |`
  const table = [line(HEAD), line(widths.map((width) => '-'.repeat(width))), ...rows.map((row) => line(cellsOf(row)))]
  const failed = rows.flatMap(({ runtime, provider = '', failures }) => [
    ...failures.slice(0, SHOWN_FAILURES).map((failure) => `FAILED ${runtime} ${provider}: ${failure}`),
    ...(failures.length > SHOWN_FAILURES ? [`FAILED ${runtime} ${provider}: and ${failures.length - SHOWN_FAILURES} more`] : []),
  ])
  return [...table, ...failed].join('\n')
}

function cellsOf({ runtime, version, provider, passed, cases, written, seconds, lacking, missing, failures }: Row): string[] {
  if (missing !== undefined) return [runtime, '', 'MISSING', '', '', '', missing]
  const remark = failures.length > 0 ? `${failures.length} FAILED` : (lacking ?? '')
  return [
    `${runtime} (${version})`,
    provider ?? '',
    ...[passed, cases, written, seconds?.toFixed(1)].map((value) => String(value ?? '')),
    remark,
  ]
}
