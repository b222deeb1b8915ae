/**
 * How the cost grows with the item: from 10 to 1,000 attributes, and from 1 KiB to 400 KiB in one of them.
 *
 * @module
 */
import type { Item } from '@itemseal/core'
import { type Recording, record } from './floor.ts'
import { FORMATS } from './formats.ts'
import { inputsOf, OPERATIONS, type Operation, operationOn } from './operations.ts'
import { PROVIDERS } from './providers.ts'
import { inProcess, ratio, type Schedule, type Series, takeTurns } from './timing.ts'
import { flat } from './works.ts'

export interface Axis {
  readonly name: string
  readonly unit: string
  readonly sizes: readonly number[]
  readonly item: (size: number) => Item
}

export const AXES: readonly Axis[] = [
  { name: 'attributes of 32 bytes', unit: 'attribute', sizes: [10, 20, 50, 100, 200, 500, 1000], item: (n) => flat(n, 32) },
  { name: 'KiB in one attribute', unit: 'KiB', sizes: [1, 4, 10, 40, 100, 200, 400], item: (n) => flat(1, n * 1024) },
]

export interface ScalingCase {
  readonly axis: string
  readonly format: string
  readonly provider: string
  readonly operation: Operation
}

export interface ScalingResult extends ScalingCase {
  /** Microseconds of the operation, by size. */
  readonly points: readonly { readonly size: number; readonly median: number; readonly least: number }[]
  /** From a size to ten times that: how many times more a unit of it costs, and of the bare calls alone; medians of the rounds' ratios. Linear cost is 1 or less. */
  readonly decades: readonly { readonly from: number; readonly to: number; readonly growth: number; readonly bare: number }[]
}

export const SCALING_CASES: readonly ScalingCase[] = AXES.flatMap(({ name: axis }) =>
  ['classic', '0x6700'].flatMap((format) =>
    ['nodeCrypto', 'webCrypto'].flatMap((provider) => OPERATIONS.map((operation) => ({ axis, format, provider, operation }))),
  ),
)

/** The sizes of an axis take turns, and so do their floors. */
export async function measureScaling(it: ScalingCase, schedule: Schedule): Promise<ScalingResult> {
  const { sizes, item } = AXES.find(({ name }) => name === it.axis)!
  const [format, provider] = [FORMATS[it.format]!, PROVIDERS[it.provider]!]
  const encryptor = format(provider)
  const inputs = await Promise.all(sizes.map((size) => inputsOf(encryptor, it.operation, [item(size)])))
  const floors: Recording[] = []
  for (const input of inputs) floors.push(await record(provider, (p) => operationOn(format(p), it.operation, input)))
  const runs = [...inputs.map((input) => operationOn(encryptor, it.operation, input)), ...floors.map(({ replay }) => replay)]
  const all = await takeTurns(
    runs.map((run) => inProcess(run)),
    schedule,
  )
  const [ours, bare] = [all.slice(0, sizes.length), all.slice(sizes.length)]
  const points = sizes.map((size, i) => ({ size, median: ours[i]!.median, least: ours[i]!.least }))
  const decades = sizes.flatMap((from, i) => {
    const tenth = sizes.indexOf(10 * from)
    const growth = (series: readonly Series[]) => ratio(series[tenth]!, series[i]!) / 10
    return tenth < 0 ? [] : [{ from, to: 10 * from, growth: growth(ours), bare: growth(bare) }]
  })
  return { ...it, points, decades }
}
