/**
 * The figures in READMEs.
 *
 * @module
 */
import { clientOf } from './charts.ts'
import { machineLine, microseconds, tableHead } from './report.ts'
import type { Results } from './results.ts'

/** For the project's README: ours beside the other clients. */
export function speed({ peers }: Results): string {
  if (peers === undefined) return 'Beside the AWS clients: not yet measured.'
  const rows = peers.results
    .filter(({ work }) => work === 'small' || work === 'large')
    .map(({ format, work, operation, ours, peers: others }) => {
      const own = ['nodeCrypto', 'webCrypto'].map((name) => microseconds(ours[name]!.median))
      const theirs = Object.entries(others).map(([name, { median }]) => `${clientOf(name).slice('AWS, '.length)} ${microseconds(median)}`)
      return `| ${[`${format} ${work} ${operation}`, ...own, theirs.join(', ')].join(' | ')} |`
    })
  return [
    `Microseconds for one item, medians, everybody taking turns on one machine (${machineLine(peers.machine)}):`,
    '',
    tableHead(['', '`nodeCrypto`', '`webCrypto`', 'the AWS clients']),
    ...rows,
    '',
    '![Microseconds of one item, ours and those of the AWS clients](packages/bench/results/peers.svg)',
  ].join('\n')
}

/** Gains below this are within what such a measurement can tell. */
const WORTH = 1.2

/** For the README of the package with the fast digest: what it brings, by runtime and format, and whether that is worth it. */
export function recommendation({ runtimes }: Results): string {
  if (runtimes === undefined) return 'Not yet measured.'
  const names = [...new Set(runtimes.results.map(({ runtime }) => runtime))]
  const rows = names.flatMap((name) =>
    ['classic', '0x6700'].map((format) => {
      const ofFormat = runtimes.results.filter((it) => it.runtime === name && it.format === format)
      const gain = (provider: string, results = ofFormat) => middle(results.map(({ times }) => times[provider]!.faster))
      const cells = ['small', 'medium', 'wide'].map((work) =>
        gain(
          'with digest',
          ofFormat.filter((it) => it.work === work),
        ).toFixed(2),
      )
      const [digest, both] = [gain('with digest'), gain('with digest and hmac')]
      const verdict = Math.max(digest, both) < WORTH ? 'no' : both > digest * 1.1 ? 'yes, with `hmac`' : 'yes'
      return `| ${[name, format, ...cells, digest.toFixed(2), both.toFixed(2), verdict].join(' | ')} |`
    }),
  )
  return [
    'How many times faster than `webCrypto` alone `{ ...webCrypto, digest: nobleCrypto.digest }` is, for items of three sizes and on the whole; and on the whole with the `hmac` and the HMAC keys of `nobleCrypto` too. Geometric means of encrypting and decrypting.',
    '',
    tableHead(['', '', 'small', 'medium', 'wide', 'all', 'all, with `hmac`', 'worth it']),
    ...rows,
    '',
    `${machineLine(runtimes.machine)}. Worth it: ${WORTH} times as fast or more. All figures: [results](../bench/results/runtimes.md).`,
  ].join('\n')
}

function middle(values: readonly number[]): number {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)
}
