/**
 * Memory, for reading.
 *
 * @module
 */
import type { MemoryResult } from './memory.ts'
import { type Machine, machineLine, tableHead } from './report.ts'

/** As times the item, both in memory: the peak is between the two. */
export function factorsOf({ alive, bound, held }: MemoryResult): readonly [number, number] {
  return [alive / held, bound / held]
}

export function memoryLine(result: MemoryResult): string {
  const { format, provider, work, operation } = result
  return `${`${format} ${provider} ${work} ${operation}`.padEnd(44)} × ${cellOf(result)}`
}

export function memoryMarkdown(results: readonly MemoryResult[], on: Machine): string {
  const subjects = [...new Set(results.map(({ format, provider }) => `${format} ${provider}`))]
  const rows = [...new Set(results.map(({ work, operation }) => `${work} ${operation}`))].map((row) => {
    const cells = subjects.map((subject) =>
      results.filter((it) => `${it.format} ${it.provider}` === subject && `${it.work} ${it.operation}` === row).map(cellOf),
    )
    return `| ${[row, ...cells].join(' | ')} |`
  })
  return [
    '# Memory',
    '',
    `${machineLine(on)}. Written by \`npm run bench -- --memory\`.`,
    '',
    'The peak of one operation beyond the item it is given, its result included, as times the memory that this item takes: no lower than the first figure, no higher than the second. In brackets the second as times the bytes of names and values, as DynamoDB counts them. Last, the result alone, which is the least that there can be.',
    '',
    tableHead(['', ...subjects]),
    ...rows,
    '',
  ].join('\n')
}

function cellOf(result: MemoryResult): string {
  const [alive, bound] = factorsOf(result)
  const alone = result.result / result.held
  return `${alive.toFixed(1)} to ${bound.toFixed(1)} (${(result.bound / result.size).toFixed(1)}), ${alone.toFixed(1)}`
}
