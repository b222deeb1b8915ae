/**
 * Bars in groups over a logarithmic axis, in panels side by side.
 *
 * @module
 */
import { bar, decadesAround, line, plain, svg, text } from './svg.ts'

export interface BarPanel {
  readonly title: string
  readonly groups: readonly { readonly name: string; readonly bars: readonly Bar[] }[]
}

export interface Bar {
  /** Whose it is: the same name has the same colour everywhere. */
  readonly name: string
  readonly value: number
  /** Stands behind the bar. */
  readonly label: string
}

export interface BarAxis {
  readonly title: string
  /** Whose bars there are, if not in the order of their appearance. */
  readonly names?: readonly string[]
}

const WIDTH = 290
const BAR = 13
const GAP = 10
const MARGIN = { left: 76, top: 66, between: 138, upright: 44 }

/** Panels in rows of `across`, all with the same axis. */
export function barChart(title: string, axis: BarAxis, panels: readonly BarPanel[], across: number): string {
  const bars = panels.flatMap(({ groups }) => groups.flatMap((group) => group.bars))
  const names = axis.names ?? [...new Set(bars.map(({ name }) => name))]
  const ticks = decadesAround(bars.map(({ value }) => value))
  let top = MARGIN.top
  const parts: string[] = []
  for (let i = 0; i < panels.length; i += across) {
    const row = panels.slice(i, i + across)
    row.forEach((panel, column) => {
      parts.push(...drawn(panel, names, ticks, MARGIN.left + column * (WIDTH + MARGIN.between), top))
    })
    top += Math.max(...row.map(heightOf)) + MARGIN.upright
  }
  const width = MARGIN.left + across * (WIDTH + MARGIN.between) - 12
  return svg(width, top + 14, title, [
    text(16, 24, title, 'title'),
    ...names.flatMap((name, i) => {
      const x = 16 + names.slice(0, i).reduce((sum, earlier) => sum + 36 + 6.8 * earlier.length, 0)
      return [bar(x, 36, 12, 10, i), text(x + 17, 45, name)]
    }),
    ...parts,
    text(width / 2, top + 2, axis.title, 'quiet middle'),
  ])
}

function drawn({ title, groups }: BarPanel, names: readonly string[], ticks: readonly number[], left: number, top: number): string[] {
  const bottom = top + heightOf({ title, groups })
  const [first, last] = [ticks[0]!, ticks.at(-1)!]
  const length = (value: number) => (Math.log(value / first) / Math.log(last / first)) * WIDTH
  const parts = [text(left, top + 4, title)]
  for (const tick of ticks) {
    parts.push(
      line(left + length(tick), top + 12, left + length(tick), bottom),
      text(left + length(tick), bottom + 15, plain(tick), 'quiet middle'),
    )
  }
  let y = top + 12 + GAP
  for (const group of groups) {
    parts.push(text(left - 8, y + (group.bars.length * BAR) / 2 + 4, group.name, 'end'))
    for (const { name, value, label } of group.bars) {
      parts.push(bar(left, y, length(value), BAR - 2, names.indexOf(name)), text(left + length(value) + 5, y + BAR - 3, label, 'quiet'))
      y += BAR
    }
    y += GAP
  }
  return parts
}

function heightOf({ groups }: BarPanel): number {
  return 12 + GAP + groups.reduce((sum, { bars }) => sum + bars.length * BAR + GAP, 0)
}
