import { expect, test } from 'vitest'
import { casesMatching, measure, nameOf } from '../src/cases.ts'
import { markdown } from '../src/report.ts'
import { inProcess, median, ratio, series, takeTurns } from '../src/timing.ts'
import { sizeOf, WORKS } from '../src/works.ts'

const MACHINE = { date: '2026-01-01', cpu: 'some', cores: 2, memory: '4 GiB', system: 'Linux', node: 'v20' }

test('a case is found by words of its name, in any order', () => {
  const [it, ...more] = casesMatching('encrypt small nodeCrypto classic')
  expect(more).toEqual([])
  expect(nameOf(it!)).toBe('classic nodeCrypto small encrypt')
  expect(casesMatching('page 0x6700').length).toBe(8)
})

test('a result has times of the operation and of its floor, and counts the calls', async () => {
  const [it] = casesMatching('classic nodeCrypto small encrypt')
  const result = await measure(it!, { warmUp: 1, rounds: 5, turn: 0.1, budget: 10 })
  for (const time of [result.median, result.least, result.floor, result.leastFloor, result.overFloor]) expect(time).toBeGreaterThan(0)
  expect(result.calls).toEqual({ randomBytes: 1, aesCbcEncrypt: 1, digest: 10, hmac: 1 })
  expect(markdown([result], MACHINE)).toMatch(/^\| small encrypt \| [\d.]+ \([\d.]+\) \|$/m)
})

test('of an operation with ECDSA, those calls alone are timed too', async () => {
  const [it] = casesMatching('encrypt small nodeCrypto 0x6701').filter(({ format }) => format === '0x6701')
  const { overEcdsa, overFloor, calls } = await measure(it!, { warmUp: 1, rounds: 5, turn: 0.1, budget: 10 })
  expect(overEcdsa).toBeGreaterThan(0)
  expect(overFloor).toBeGreaterThan(0)
  expect(calls).toMatchObject({ ecdsaGenerate: 1 })
  expect(calls.ecdsaSign).toBeGreaterThan(0) // now and then a signature is too short, and made once more
  const [other] = casesMatching('encrypt small nodeCrypto 0x6700')
  expect((await measure(other!, { warmUp: 1, rounds: 5, turn: 0.1, budget: 10 })).overEcdsa).toBeUndefined()
})

test('everybody has a turn in every round, and nobody is always first', async () => {
  const order: string[] = []
  const subject = (name: string) => ({
    measure(runs: number) {
      order.push(name)
      return 200_000 / runs
    },
  })
  await takeTurns([subject('a'), subject('b')], { warmUp: 1, rounds: 6, turn: 1, budget: 1 })
  expect(order.slice(-10).join('')).toBe('abbaabbaab')
})

test('medians, and ratios within a round', () => {
  expect(median([3, 1, 2])).toBe(2)
  expect(median([4, 1, 2, 3])).toBe(2.5)
  expect(ratio(series([2, 200, 4]), series([1, 100, 1]))).toBe(2)
  expect(series([3, 1, 2]).least).toBe(1)
})

test('a failing operation fails the measurement', async () => {
  await expect(
    takeTurns([inProcess(() => Promise.reject(new Error('no')))], { warmUp: 1, rounds: 5, turn: 1, budget: 10 }),
  ).rejects.toThrow('no')
})

test('the works have the sizes they are said to have', () => {
  const [small, medium, wide, , large, page] = WORKS
  const values = (count: number, bytes: number) => count * bytes
  expect(sizeOf(small!.items[0]!)).toBeGreaterThan(values(8, 32))
  expect(Object.keys(medium!.items[0]!).length).toBe(22)
  expect(Object.keys(wide!.items[0]!).length).toBe(102)
  expect(sizeOf(large!.items[0]!)).toBeGreaterThan(100 * 1024)
  expect(page!.items.length).toBe(100)
})
