/**
 * Results as files: JSON to compute with, Markdown to read.
 *
 * @module
 */
import { cpus, release, totalmem, type } from 'node:os'
import type { Result } from './cases.ts'
import { OPERATIONS } from './operations.ts'
import { WORKS } from './works.ts'

export interface Machine {
  readonly date: string
  readonly cpu: string
  readonly cores: number
  readonly memory: string
  readonly system: string
  readonly node: string
}

export function machine(now: Date): Machine {
  return {
    date: now.toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${type()} ${release()}`,
    node: process.version,
  }
}

export function machineLine({ date, cpu, cores, memory, system, node }: Machine): string {
  return `${date}, ${cpu}, ${cores} cores, ${memory}, ${system}, Node ${node}`
}

/** A table per format: a row for each work and operation, a column for each provider. */
export function markdown(results: readonly Result[], on: Machine): string {
  const formats = [...new Set(results.map(({ format }) => format))]
  const sections = formats.map((format) => {
    const ofFormat = results.filter((result) => result.format === format)
    const providers = [...new Set(ofFormat.map(({ provider }) => provider))]
    const rows = WORKS.flatMap(({ name }) =>
      OPERATIONS.flatMap((operation) => {
        const cells = providers.map((provider) =>
          ofFormat.find((result) => result.work === name && result.operation === operation && result.provider === provider),
        )
        if (cells.every((cell) => cell === undefined)) return []
        return [`| ${name} ${operation} | ${cells.map((cell) => (cell === undefined ? '' : cellOf(cell))).join(' | ')} |`]
      }),
    )
    return [`## ${format}`, '', tableHead(['', ...providers]), ...rows, ''].join('\n')
  })
  return [
    '# Results',
    '',
    `${machineLine(on)}. Written by \`npm run bench\`.`,
    '',
    'Microseconds of one operation, median of the rounds; in brackets how many times the bare calls of the same primitives take, median of the ratios within a round.',
    '',
    ...sections,
  ].join('\n')
}

export function tableHead(columns: readonly string[]): string {
  return [`| ${columns.join(' | ')} |`, `| --- |${' ---: |'.repeat(columns.length - 1)}`].join('\n')
}

export function microseconds(time: number): string {
  return time >= 99.5 ? Math.round(time).toLocaleString('en-US') : time.toPrecision(2)
}

function cellOf({ median, overFloor }: Result): string {
  return `${microseconds(median)} (${overFloor.toFixed(2)})`
}
