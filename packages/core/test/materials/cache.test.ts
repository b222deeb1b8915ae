import { describe, expect, test } from 'vitest'
import { timeLimitedCache } from '../../src/materials/cache.ts'
import { withCode } from '../support/expect-error.ts'

/** Fetches that are numbered, and that end when they are told to. */
function fetches() {
  const ends: { resolve: () => void; reject: (error: Error) => void }[] = []
  const fetch = () =>
    new Promise<number>((resolve, reject) => {
      const number = ends.length + 1
      ends.push({ resolve: () => resolve(number), reject })
    })
  return { ends, fetch }
}

describe('time-limited cache', () => {
  test('needs room for one entry', () => {
    for (const capacity of [0, -1, Number.NaN]) expect(() => timeLimitedCache({ capacity })).toThrow(withCode('CONFIGURATION'))
  })

  test('one fetch in flight for each id, whatever the age', async () => {
    let time = 0
    const cache = timeLimitedCache({ now: () => time })
    const { ends, fetch } = fetches()
    const first = cache.get('a', { maxAge: 5 }, fetch)
    time = 100
    const second = cache.get('a', { maxAge: 5 }, fetch)
    expect(ends).toHaveLength(1)
    ends[0]!.resolve()
    expect(await Promise.all([first, second])).toEqual([1, 1])
  })

  test('an entry serves while it is younger than the user of it wants', async () => {
    let time = 0
    const cache = timeLimitedCache({ now: () => time })
    let count = 0
    const fetch = async () => ++count
    await cache.get('a', { maxAge: 10 }, fetch)
    time = 9
    expect(await cache.get('a', { maxAge: 10 }, fetch)).toBe(1)
    expect(await cache.get('a', { maxAge: 9 }, fetch)).toBe(2)
    time = 19
    expect(await cache.get('a', { maxAge: 10 }, fetch)).toBe(3)
  })

  test('an entry serves so many times, and for so many bytes', async () => {
    const cache = timeLimitedCache()
    let count = 0
    const fetch = async () => ++count
    const uses = []
    for (let i = 0; i < 5; i++) uses.push(await cache.get('uses', { maxAge: 1e9, maxUses: 2 }, fetch))
    expect(uses).toEqual([1, 1, 2, 2, 3])
    count = 0
    const bytes = []
    for (const size of [4, 6, 1, 20, 1]) bytes.push(await cache.get('bytes', { maxAge: 1e9, maxBytes: 10 }, fetch, size))
    expect(bytes).toEqual([1, 1, 2, 3, 4])
  })

  test('failures are not kept, and reach all who wait', async () => {
    const cache = timeLimitedCache()
    const { ends, fetch } = fetches()
    const waiting = [cache.get('a', { maxAge: 1000 }, fetch), cache.get('a', { maxAge: 1000 }, fetch)]
    ends[0]!.reject(new Error('no'))
    expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const again = cache.get('a', { maxAge: 1000 }, fetch)
    ends[1]!.resolve()
    expect(await again).toBe(2)
  })

  test('a failure does not remove the entry that has come in its place', async () => {
    const cache = timeLimitedCache()
    const { ends, fetch } = fetches()
    const first = cache.get('a', { maxAge: 1000, maxUses: 1 }, fetch)
    const second = cache.get('a', { maxAge: 1000, maxUses: 1 }, fetch)
    ends[1]!.resolve()
    ends[0]!.reject(new Error('no'))
    await Promise.allSettled([first, second])
    expect(await cache.get('a', { maxAge: 1000, maxUses: 5 }, fetch)).toBe(2)
  })

  test('the least recently used goes first', async () => {
    const cache = timeLimitedCache({ capacity: 2 })
    const fetched: string[] = []
    const get = (id: string) => cache.get(id, { maxAge: 1000 }, async () => fetched.push(id))
    for (const id of ['a', 'b', 'a', 'c', 'a', 'b']) await get(id)
    expect(fetched).toEqual(['a', 'b', 'c', 'b'])
  })
})
