/**
 * Curves over two logarithmic axes, in panels side by side.
 *
 * @module
 */
import { curve, decadesAround, line, plain, svg, text } from './svg.ts'

export interface Panel {
  readonly title: string
  /** What the lower axis counts. */
  readonly below: string
  readonly curves: readonly { readonly name: string; readonly points: readonly (readonly [number, number])[] }[]
}

const PANEL = { width: 300, height: 240 }
const MARGIN = { left: 64, top: 64, between: 76, below: 60 }

/** Panels in rows of `across`; every panel has the same names, and the same upright axis. */
export function lineChart(title: string, upright: string, panels: readonly Panel[], across: number): string {
  const names = [...new Set(panels.flatMap(({ curves }) => curves.map(({ name }) => name)))]
  const ys = decadesAround(panels.flatMap(({ curves }) => curves.flatMap(({ points }) => points.map(([, y]) => y))))
  const width = MARGIN.left + across * (PANEL.width + MARGIN.between) - MARGIN.between + 24
  const height = MARGIN.top + Math.ceil(panels.length / across) * (PANEL.height + MARGIN.between) - MARGIN.between + MARGIN.below
  return svg(width, height, title, [
    text(16, 24, title, 'title'),
    ...names.flatMap((name, i) => legend(name, i, names)),
    ...panels.flatMap((panel, i) => {
      const left = MARGIN.left + (i % across) * (PANEL.width + MARGIN.between)
      const top = MARGIN.top + Math.floor(i / across) * (PANEL.height + MARGIN.between)
      return drawn(panel, names, ys, upright, left, top)
    }),
  ])
}

function legend(name: string, i: number, names: readonly string[]): string[] {
  const x = 16 + names.slice(0, i).reduce((sum, earlier) => sum + 44 + 6.6 * earlier.length, 0)
  return [
    curve(
      [
        [x, 40],
        [x + 22, 40],
      ],
      ...lookOf(i),
    ),
    text(x + 28, 44, name),
  ]
}

function drawn(
  { title, below, curves }: Panel,
  names: readonly string[],
  ys: readonly number[],
  upright: string,
  left: number,
  top: number,
): string[] {
  const { width, height } = PANEL
  const sizes = curves[0]!.points.map(([x]) => x)
  const place = (value: number, among: readonly number[], length: number) =>
    (Math.log(value / among[0]!) / Math.log(among.at(-1)! / among[0]!)) * length
  const x = (value: number) => left + place(value, sizes, width)
  const y = (value: number) => top + 14 + height - place(value, ys, height)
  return [
    text(left, top + 4, title),
    ...ys.flatMap((value) => [line(left, y(value), left + width, y(value)), text(left - 6, y(value) + 4, plain(value), 'quiet end')]),
    ...sizes.flatMap((value) => [
      line(x(value), y(ys[0]!), x(value), y(ys.at(-1)!)),
      text(x(value), y(ys[0]!) + 16, plain(value), 'quiet middle'),
    ]),
    text(left + width / 2, y(ys[0]!) + 34, below, 'quiet middle'),
    text(left - 6, top + 4, upright, 'quiet end'),
    ...curves.map(({ name, points }) => {
      const places = points.map(([px, py]) => [x(px), y(py)] as const)
      return curve(places, ...lookOf(names.indexOf(name)))
    }),
  ]
}

/** The second pair of curves has the colours of the first, and dashes. */
function lookOf(place: number): [colour: number, dashed: boolean] {
  return [place % 2, place >= 2]
}
