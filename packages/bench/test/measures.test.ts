import { expect, test } from 'vitest'
import { factorsOf, memoryLine, memoryMarkdown } from '../src/memory-report.ts'
import { RUNTIME_PROVIDERS, timesOf } from '../src/runtime-job.ts'
import { runtimesMarkdown } from '../src/runtime-report.ts'
import { measureScaling, SCALING_CASES } from '../src/scaling.ts'
import { scalingChart, scalingMarkdown } from '../src/scaling-report.ts'
import { inProcess, takeTurns } from '../src/timing.ts'

const ON = { date: '2026-01-01', cpu: 'some', cores: 2, memory: '4 GiB', system: 'Linux', node: 'v20' }
const SHORT = { warmUp: 1, rounds: 5, turn: 0.1, budget: 1 }

test('growth is that of the cost of a unit, from each size to ten times as many', async () => {
  const result = await measureScaling(SCALING_CASES[0]!, SHORT)
  expect(result.decades.map(({ from, to }) => [from, to])).toEqual([
    [10, 100],
    [20, 200],
    [50, 500],
    [100, 1000],
  ])
  const steady = {
    ...SCALING_CASES[0]!,
    points: [10, 100].map((size) => ({ size, median: 2 * size, least: size })),
    decades: [{ from: 10, to: 100, growth: 1, bare: 0.9 }],
  }
  expect(scalingMarkdown([steady], ON)).toContain('| classic nodeCrypto encrypt | 2.0 | 2.0 | × 1.00 (0.90) |')
  expect(scalingChart([{ ...steady, axis: 'attributes of 32 bytes' }], ON)).toContain('<polyline')
})

test('memory is told as times the memory of the item, and as times its bytes', () => {
  const it = { format: 'classic', provider: 'nodeCrypto', work: '100 KiB', attributes: 1, bytes: 102_400, operation: 'encrypt' } as const
  const result = { ...it, size: 100, held: 200, result: 260, alive: 300, bound: 500 }
  expect(factorsOf(result)).toEqual([1.5, 2.5])
  expect(memoryLine(result)).toMatch(/^classic nodeCrypto 100 KiB encrypt +× 1\.5 to 2\.5 \(5\.0\), 1\.3$/)
  expect(memoryMarkdown([result], ON)).toContain('\n| 100 KiB encrypt | 1.5 to 2.5 (5.0), 1.3 |\n')
})

test('inside a runtime every provider is timed, and compared with webCrypto', async () => {
  const times = await timesOf({ format: 'classic', work: 'small', operation: 'decrypt' }, SHORT)
  expect(Object.keys(times.times)).toEqual(Object.keys(RUNTIME_PROVIDERS))
  expect(times.times.webCrypto!.faster).toBe(1)
  const text = runtimesMarkdown([{ runtime: 'some', ...times }], ['other'], ON)
  expect(text).toMatch(/^\| classic small decrypt \| [\d.,]+( \| [\d.,]+ \([\d.]+\)){3} \|$/m)
  expect(text).toContain('- other: not run')
})

test('a clock may be one that has to be waited for', async () => {
  let now = 0
  const clock = async () => {
    now += 7
    return now
  }
  const [series] = await takeTurns([inProcess(() => {}, clock)], { warmUp: 1, rounds: 5, turn: 7, budget: 1 })
  expect(series!.median).toBeGreaterThan(0)
  expect(await inProcess(() => {}, clock).measure(2)).toBe(3500)
})
