/**
 * How the cost grows, for reading.
 *
 * @module
 */
import { lineChart } from './line-chart.ts'
import { OPERATIONS } from './operations.ts'
import { type Machine, machineLine, microseconds, tableHead } from './report.ts'
import { AXES, type ScalingResult } from './scaling.ts'

/** A table per axis: a row for each subject, with the cost of a unit at each size, and how it grew in each decade. */
export function scalingMarkdown(results: readonly ScalingResult[], on: Machine): string {
  return [
    '# How the cost grows',
    '',
    `${machineLine(on)}. Written by \`npm run bench -- --scaling\`.`,
    '',
    'Microseconds of one operation, divided by the number of attributes or of KiB, medians; and how many times more one of them costs at ten times as many, median of the ratios within a round: 1 or less is linear. In brackets the same of the bare calls of primitives.',
    '',
    '![Time over size](scaling.svg)',
    '',
    ...AXES.flatMap(({ name, unit, sizes }) => {
      const ofAxis = results.filter(({ axis }) => axis === name)
      if (ofAxis.length === 0) return []
      const decades = ofAxis[0]!.decades.map(({ from, to }) => `${from} → ${to}`)
      const rows = ofAxis.map((result) => {
        const perUnit = result.points.map(({ size, median }) => microseconds(median / size))
        return `| ${[nameOf(result), ...perUnit, ...result.decades.map(({ growth, bare }) => `× ${growth.toFixed(2)} (${bare.toFixed(2)})`)].join(' | ')} |`
      })
      return [`## ${name}: µs per ${unit}`, '', tableHead(['', ...sizes.map(String), ...decades]), ...rows, '']
    }),
  ].join('\n')
}

export function scalingChart(results: readonly ScalingResult[], on: Machine): string {
  const panels = OPERATIONS.flatMap((operation) =>
    AXES.flatMap(({ name }) => {
      const curves = results
        .filter((result) => result.axis === name && result.operation === operation)
        .map(({ format, provider, points }) => ({
          name: `${format} ${provider}`,
          points: points.map(({ size, median }) => [size, median] as const),
        }))
      return curves.length === 0 ? [] : [{ title: operation, below: name, curves }]
    }),
  )
  return lineChart(`Time over size, ${on.date}, Node ${on.node}`, 'µs', panels, 2)
}

export function scalingLine(result: ScalingResult): string {
  const growth = result.decades.map(({ from, to, growth: times, bare }) => `${from} → ${to} × ${times.toFixed(2)} (${bare.toFixed(2)})`)
  return `${`${nameOf(result)}, ${result.axis}`.padEnd(58)} per ${AXES.find(({ name }) => name === result.axis)!.unit}: ${growth.join('  ')}`
}

function nameOf({ format, provider, operation }: ScalingResult): string {
  return `${format} ${provider} ${operation}`
}
