/**
 * What the project wants to reach, beside what the kept results show.
 *
 * @module
 */
import { clientOf } from './charts.ts'
import { factorsOf } from './memory-report.ts'
import { LEAST } from './own-process.ts'
import { tableHead } from './report.ts'
import type { Results } from './results.ts'

export interface Target {
  readonly target: string
  readonly wanted: string
  readonly reached: string
  /** What nothing but what is unavoidable would reach in the same case, where that is known. */
  readonly bare: string
  /** Undefined: not measured. */
  readonly met: boolean | undefined
}

/** A figure, and the case that has it. */
interface Figure {
  readonly value: number
  readonly of: string
  readonly bare?: string
}

/** Every target, in the order of the issue that set them. */
export function targetsOf(results: Results): Target[] {
  const peers = (format: string, works: readonly string[], client: RegExp) =>
    results.peers?.results
      .filter((it) => it.format === format && works.includes(it.work))
      .flatMap(({ work, operation, peers: cells }) =>
        Object.entries(cells)
          .filter(([name]) => client.test(name))
          .map(([name, { times }]) => {
            const value = times.nodeCrypto!.median
            const it = results.floor?.results.find(
              (it) => [it.format, it.provider, it.work, it.operation].join() === [format, 'nodeCrypto', work, operation].join(),
            )
            const bare = it && `${shown(value * it.overFloor)}, the calls`
            return {
              value,
              of: `${work} ${operation}, ${clientOf(name)}`,
              bare: [bare, times[LEAST] && `${shown(times[LEAST].median)}, the least code`].filter(Boolean).join('; '),
            }
          }),
      )
  const floor = (format: RegExp, provider: string, works: readonly string[], which: 'overFloor' | 'overEcdsa' = 'overFloor') =>
    results.floor?.results
      .filter((it) => format.test(it.format) && it.provider === provider && works.includes(it.work))
      .flatMap((it) => {
        const value = it[which]
        if (value === undefined) return []
        const of = `${it.format} ${it.work} ${it.operation}`
        return [which === 'overFloor' ? { value, of } : { value, of, bare: `${shown(value / it.overFloor)}, all calls` }]
      })
  const all = ['small', 'medium', 'wide', 'nested', 'large', 'page']
  const growth = (axis: RegExp) =>
    results.scaling?.results
      .filter((it) => axis.test(it.axis))
      .flatMap((it) =>
        it.decades.map(({ from, to, growth: value, bare }) => ({
          value,
          of: `${it.format} ${it.provider} ${it.operation}, ${from} → ${to}`,
          bare: `${shown(bare)}, the calls`,
        })),
      )
  const memory = results.memory?.results.map((it) => ({
    value: factorsOf(it)[1],
    of: `${it.format} ${it.provider} ${it.work} ${it.operation}, at most`,
    bare: `${shown(it.result / it.held)}, the result`,
  }))
  return [
    atLeast('classic small, nodeCrypto, against Python', 10, peers('classic', ['small'], /python/)),
    atLeast('classic small and medium, nodeCrypto, against the warmed Java client', 1, peers('classic', ['small', 'medium'], /java/)),
    atLeast('classic wide, nodeCrypto, against Java', 1, peers('classic', ['wide'], /java/)),
    atLeast('classic large, nodeCrypto, against Java', 4, peers('classic', ['large'], /java/)),
    atLeast('0x6700 small, nodeCrypto, against every peer', 5, peers('0x6700', ['small'], /./)),
    ...['classic', '0x6700', '0x6701'].map((format) =>
      atLeast(`${format} large, nodeCrypto, against every peer`, 5, peers(format, ['large'], /./)),
    ),
    ...['small', 'medium', 'wide', 'nested', 'large'].map((work) =>
      atMost(`0x6701 ${work}, nodeCrypto, over the bare P-384 operations`, 1.15, floor(/^0x6701$/, 'nodeCrypto', [work], 'overEcdsa')),
    ),
    keyGenerations(results),
    atMost('large, nodeCrypto, over the bare primitives', 1.5, floor(/^(classic|0x670[01])$/, 'nodeCrypto', ['large'])),
    ...all.map((work) => atMost(`${work}, webCrypto, over the bare calls`, 1.25, floor(/./, 'webCrypto', [work]))),
    atMost('cost of an attribute at ten times as many (linear is 1 or less)', 1.1, growth(/attributes/)),
    atMost('cost of a KiB at ten times as many', 1.1, growth(/KiB/)),
    ...['100 KiB', '400 KiB', '1,000 attributes'].map((work) =>
      atMost(
        `peak memory of ${work}, as times the item`,
        4,
        memory?.filter(({ of }) => of.includes(` ${work} `)),
      ),
    ),
  ]
}

/** A table, with those that are not reached said to be so. */
export function targetsMarkdown(results: Results): string {
  const rows = targetsOf(results).map(({ target, wanted, reached, bare, met }) => {
    const verdict = met === undefined ? 'not measured' : met ? 'yes' : '**no**'
    return `| ${[target, wanted, reached, verdict, bare].join(' | ')} |`
  })
  const dates = Object.entries(results).map(([kind, { machine }]) => `${kind} ${machine.date}`)
  return [
    '# Targets',
    '',
    `Made by \`npm run bench -- --figures\` of the results that lie here (${dates.join(', ')}): medians; of several cases the worst.`,
    '',
    'In the last column what the same case would reach if ours took no longer than the calls of primitives that it makes, bare (of these, how many times ours takes in the results over the floor); than the least code that does it (`src/least.ts`); or no more memory than its result; and how the cost of the calls alone grows.',
    '',
    tableHead(['', 'wanted', 'reached', 'met', 'what is unavoidable would reach']).replaceAll('---:', '---'),
    ...rows,
    '',
  ].join('\n')
}

function keyGenerations({ floor }: Results): Target {
  const cached = floor?.results.filter(({ format, work }) => format === '0x6701 cached' && work !== 'page')
  const count = cached?.reduce((sum, { calls }) => sum + (calls.ecdsaGenerate ?? 0), 0)
  return {
    target: '0x6701 with the caching manager: key pairs made for an item',
    wanted: 'none',
    reached: count === undefined || cached?.length === 0 ? '' : String(count),
    bare: '',
    met: count === undefined || cached?.length === 0 ? undefined : count === 0,
  }
}

function atLeast(target: string, limit: number, figures: readonly Figure[] | undefined): Target {
  return bounded(
    target,
    `≥ ${limit} ×`,
    figures,
    (a, b) => a.value - b.value,
    ({ value }) => value >= limit,
  )
}

function atMost(target: string, limit: number, figures: readonly Figure[] | undefined): Target {
  return bounded(
    target,
    `≤ ${limit} ×`,
    figures,
    (a, b) => b.value - a.value,
    ({ value }) => value <= limit,
  )
}

function bounded(
  target: string,
  wanted: string,
  figures: readonly Figure[] | undefined,
  worstFirst: (a: Figure, b: Figure) => number,
  met: (worst: Figure) => boolean,
): Target {
  const [worst] = [...(figures ?? [])].sort(worstFirst)
  if (worst === undefined) return { target, wanted, reached: '', bare: '', met: undefined }
  return { target, wanted, reached: `${shown(worst.value)} (${worst.of})`, bare: worst.bare ?? '', met: met(worst) }
}

function shown(factor: number): string {
  return `× ${factor.toFixed(2)}`
}
