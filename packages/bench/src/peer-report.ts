/**
 * What the peers' times come to, for reading.
 *
 * @module
 */
import type { Middle, PeerResult } from './peers.ts'
import { type Machine, machineLine, microseconds, tableHead } from './report.ts'

/** What was timed against: the peers that ran, and what the others lack. */
export interface Peers {
  readonly ran: readonly { readonly name: string; readonly version: string; readonly runtime: string }[]
  readonly missing: Readonly<Record<string, string>>
}

/** A table per format: a row for each work and operation; ours in microseconds, each peer in microseconds and as times ours. */
export function peersMarkdown(results: readonly PeerResult[], { ran, missing }: Peers, on: Machine): string {
  const formats = [...new Set(results.map(({ format }) => format))]
  return [
    '# Against the other clients',
    '',
    `${machineLine(on)}. Written by \`npm run bench -- --peers\`.`,
    '',
    ...ran.map(({ name, version, runtime }) => `- ${name}: ${version}, ${runtime}`),
    ...Object.entries(missing).map(([name, what]) => `- ${name}: not run: ${what}`),
    '',
    'Microseconds of one operation, median of the rounds; in brackets how many times ours a peer takes, with `nodeCrypto` / with `webCrypto` / by the least code that does it (`src/least.ts`), median of the ratios within a round.',
    '',
    ...formats.map((format) => section(format, results, 'median')),
    'The same by the least of all rounds, which what else the machine does disturbs least.',
    '',
    ...formats.map((format) => section(format, results, 'least')),
  ].join('\n')
}

/** A line for the terminal. */
export function peerLine({ format, work, operation, ours, peers }: PeerResult): string {
  const own = Object.entries(ours).map(([name, { median }]) => `${name} ${microseconds(median).padStart(7)} µs`)
  const others = Object.entries(peers).map(([name, cell]) => `${name} ${cellOf(cell, 'median')}  least ${cellOf(cell, 'least')}`)
  return [`${format} ${work} ${operation}`.padEnd(22), ...own, ...others].join('  ')
}

function section(format: string, results: readonly PeerResult[], which: keyof Middle): string {
  const ofFormat = results.filter((result) => result.format === format)
  const providers = [...new Set(ofFormat.flatMap(({ ours }) => Object.keys(ours)))]
  const peers = [...new Set(ofFormat.flatMap((result) => Object.keys(result.peers)))]
  const rows = ofFormat.map((result) => {
    const own = providers.map((name) => (result.ours[name] === undefined ? '' : microseconds(result.ours[name][which])))
    const others = peers.map((name) => cellOf(result.peers[name], which))
    return `| ${[`${result.work} ${result.operation}`, ...own, ...others].join(' | ')} |`
  })
  return [`## ${format}${which === 'least' ? ', least' : ''}`, '', tableHead(['', ...providers, ...peers]), ...rows, ''].join('\n')
}

function cellOf(cell: PeerResult['peers'][string] | undefined, which: keyof Middle): string {
  if (cell === undefined) return ''
  return `${microseconds(cell[which])} (${Object.values(cell.times)
    .map((times) => factor(times[which]))
    .join(' / ')})`
}

function factor(times: number): string {
  return times >= 10 ? String(Math.round(times)) : times.toFixed(1)
}
