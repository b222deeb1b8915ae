import { expect, test } from 'vitest'
import type { Results } from '../src/results.ts'
import { targetsMarkdown, targetsOf } from '../src/targets.ts'

const ON = { date: '2026-01-01', cpu: 'some', cores: 2, memory: '4 GiB', system: 'Linux', node: 'v20' }
const ONE = { median: 1, least: 1 }

function against(times: Readonly<Record<string, number>>): Results {
  const peers = Object.entries(times).map(([name, median]) => [name, { ...ONE, times: { nodeCrypto: { median, least: median } } }])
  const result = { format: 'classic', work: 'small', operation: 'encrypt', ours: {}, peers: Object.fromEntries(peers), rounds: 5 } as const
  return { peers: { machine: ON, results: [result], ran: [], missing: {} } }
}

test('a target without results is not measured, and not met', () => {
  for (const { met, reached } of targetsOf({})) expect([met, reached]).toEqual([undefined, ''])
  expect(targetsMarkdown({})).not.toContain('| yes |')
})

test('a target is met up to its limit, and not beyond', () => {
  const python = (times: number) => targetsOf(against({ 'classic-python': times }))[0]!
  expect(python(10)).toMatchObject({ wanted: '≥ 10 ×', reached: '× 10.00 (small encrypt, AWS, Python)', met: true })
  expect(python(9.99).met).toBe(false)
  expect(targetsMarkdown(against({ 'classic-python': 9.99 }))).toContain('| × 9.99 (small encrypt, AWS, Python) | **no** |')
})

test('of several cases the worst counts', () => {
  const result = (work: string, overFloor: number) =>
    ({
      format: 'classic',
      provider: 'webCrypto',
      work,
      operation: 'encrypt',
      overFloor,
      calls: {},
      rounds: 5,
      median: 1,
      least: 1,
      floor: 1,
      leastFloor: 1,
    }) as const
  const results = { floor: { machine: ON, results: [result('small', 1.1), result('small', 1.4), result('small', 1.2)] } }
  const [small] = targetsOf(results).filter(({ target }) => target.startsWith('small, webCrypto'))
  expect(small).toMatchObject({ reached: '× 1.40 (classic small encrypt)', met: false })
})

test('the caching manager makes no key pairs, or the target is not met', () => {
  const cached = (ecdsaGenerate: number) => {
    const calls = ecdsaGenerate === 0 ? {} : { ecdsaGenerate }
    const times = { median: 1, least: 1, floor: 1, leastFloor: 1, overFloor: 1, rounds: 5 }
    const it = { format: '0x6701 cached', provider: 'nodeCrypto', work: 'small', operation: 'encrypt', ...times, calls } as const
    return targetsOf({ floor: { machine: ON, results: [it] } }).find(({ wanted }) => wanted === 'none')!
  }
  expect(cached(0).met).toBe(true)
  expect(cached(1)).toMatchObject({ reached: '1', met: false })
})
