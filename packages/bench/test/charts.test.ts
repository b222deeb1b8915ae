import { expect, test } from 'vitest'
import { barChart } from '../src/bar-chart.ts'
import { clientOf } from '../src/charts.ts'
import { lineChart } from '../src/line-chart.ts'
import { decadesAround, svg, text } from '../src/svg.ts'

test('a picture names itself, and has colours for light and for dark surroundings', () => {
  const picture = svg(10, 20, 'what <it> shows & why', [text(1, 2.34567, 'a<b')])
  expect(picture).toContain('<title>what &lt;it&gt; shows &amp; why</title>')
  expect(picture).toContain('@media(prefers-color-scheme:dark)')
  expect(picture).toContain('<text x="1" y="2.3">a&lt;b</text>')
  expect(picture).toContain('viewBox="0 0 10 20"')
})

test('a logarithmic axis reaches from a power of ten below to one above', () => {
  expect(decadesAround([20, 700])).toEqual([10, 100, 1000])
  expect(decadesAround([100])).toEqual([100, 1000])
  expect(decadesAround([0.5])).toEqual([0.1, 1])
})

test('a bar is as long as the logarithm of its value, and whose it is has one colour in all panels', () => {
  const group = (name: string, value: number) => ({ name: 'small', bars: [{ name, value, label: `${value} µs` }] })
  const panels = [
    { title: 'one', groups: [group('ours', 1000)] },
    { title: 'two', groups: [group('theirs', 100), group('ours', 10)] },
  ]
  const picture = barChart('bars', { title: 'µs' }, panels, 2)
  const bars = [...picture.matchAll(/width="([\d.]+)" height="11" rx="1" style="fill:var\(--c(\d)\)"/g)].map(([, width, colour]) => [
    width,
    colour,
  ])
  expect(bars).toEqual([
    ['290', '0'],
    ['145', '1'],
    ['1', '0'],
  ])
  expect(picture).toContain('100 µs')
})

test('a curve goes from corner to corner when it grows with its size', () => {
  const points = [1, 10, 100].map((size) => [size, size] as const)
  const picture = lineChart('curves', 'µs', [{ title: 'encrypt', below: 'KiB', curves: [{ name: 'a', points }] }], 1)
  expect(picture).toContain('<polyline points="64,318 214,198 364,78"')
})

test('a peer goes by the language of its client', () => {
  expect(['classic-python', 'structured-rust', 'nodeCrypto'].map(clientOf)).toEqual(['AWS, Python', 'AWS, Rust', 'nodeCrypto'])
})
