import { describe, expect, test } from 'vitest'
import { refreshingCache } from '../../src/classic/refreshing-cache.ts'

const TTL = 1000
const GRACE = 500
const LOST = 10_000

/** A cache, its clock, and fetches that a test answers: the n-th gets what `answer` or `fail` says. */
function observed(size = 10) {
  const clock = { now: 0 }
  const fetches: { answer(value: string): void; fail(): void }[] = []
  const cache = refreshingCache<string>(TTL, size, () => clock.now)
  const get = (key = 'a') =>
    cache.get(
      key,
      () => new Promise((answer, reject) => fetches.push({ answer, fail: () => reject(new Error(`fetch ${fetches.length} failed`)) })),
    )
  async function known(value: string, key = 'a') {
    const asked = get(key)
    fetches.at(-1)!.answer(value)
    await asked
  }
  return { clock, fetches, cache, get, known }
}

describe('a refreshing cache', () => {
  test('serves a value until its ttl is over, counted from the start of the fetch', async () => {
    const { clock, fetches, get } = observed()
    const asked = get()
    clock.now = 900
    fetches[0]!.answer('old')
    expect(await asked).toBe('old')
    clock.now = TTL - 1
    expect(await get()).toBe('old')
    clock.now = TTL
    const again = get()
    fetches[1]!.answer('new')
    expect(await again).toBe('new')
  })

  test('in the moment after, one caller waits for the new value and the others get the old one', async () => {
    const { clock, fetches, get, known } = observed()
    await known('old')
    clock.now = TTL
    const first = get()
    expect(await Promise.all(Array.from({ length: 100 }, () => get()))).toEqual(Array(100).fill('old'))
    expect(fetches).toHaveLength(2)
    fetches[1]!.answer('new')
    expect(await first).toBe('new')
    expect(await get()).toBe('new')
    expect(fetches).toHaveLength(2)
  })

  test('a refresh that fails fails for the one who asked; the next one asks again, and the old value serves the others', async () => {
    const { clock, fetches, get, known } = observed()
    await known('old')
    clock.now = TTL
    for (const n of [1, 2]) {
      const asking = get()
      expect(await get()).toBe('old')
      fetches[n]!.fail()
      await expect(asking).rejects.toThrow(/failed/)
    }
    const asking = get()
    fetches[3]!.answer('new')
    expect(await asking).toBe('new')
  })

  test('never serves the old value when that moment is over, whatever becomes of the refresh', async () => {
    const { clock, fetches, get, known } = observed()
    await known('old')
    clock.now = TTL + GRACE - 1
    const refreshing = get()
    expect(await get()).toBe('old')
    clock.now = TTL + GRACE
    const late = get()
    fetches[1]!.fail()
    await expect(refreshing).rejects.toThrow(/failed/)
    await expect(late).rejects.toThrow(/failed/)
    const next = get()
    expect(fetches).toHaveLength(3)
    fetches[2]!.fail()
    await expect(next).rejects.toThrow(/failed/)
  })

  test('a fetch that is never answered does not hold its key for ever', async () => {
    const { clock, fetches, get } = observed()
    const lost = get()
    clock.now = LOST - 1
    const waiting = get()
    expect(fetches).toHaveLength(1)
    clock.now = LOST
    const fresh = get()
    expect(fetches).toHaveLength(2)
    fetches[1]!.answer('new')
    expect(await fresh).toBe('new')
    fetches[0]!.answer('answered after all')
    expect(await Promise.all([lost, waiting])).toEqual(['answered after all', 'answered after all'])
    expect(await get()).toBe('new')
  })

  test('keeps no failure, and of concurrent callers all hear of it', async () => {
    const { fetches, get } = observed()
    const asking = [get(), get()]
    fetches[0]!.fail()
    for (const asked of asking) await expect(asked).rejects.toThrow(/failed/)
    void get()
    expect(fetches).toHaveLength(2)
  })

  test('a clock that is put back makes nothing live longer', async () => {
    const { clock, fetches, get, known } = observed()
    clock.now = 10 * TTL
    await known('old')
    clock.now = 0
    void get()
    expect(fetches).toHaveLength(2)
  })

  test('keeps so many values, and drops the one that was used longest ago', async () => {
    const { fetches, get, known } = observed(2)
    await known('a', 'a')
    await known('b', 'b')
    expect(await get('a')).toBe('a')
    await known('c', 'c')
    expect(await get('a')).toBe('a')
    void get('b')
    expect(fetches).toHaveLength(4)
  })

  test('what is being fetched when everything is forgotten is not kept', async () => {
    const { fetches, cache, get } = observed()
    const asked = get()
    cache.clear()
    fetches[0]!.answer('old')
    expect(await asked).toBe('old')
    void get()
    expect(fetches).toHaveLength(2)
  })

  test('takes a value that came another way', async () => {
    const { clock, fetches, cache, get } = observed()
    cache.set('a', 'made')
    expect(await get()).toBe('made')
    clock.now = TTL + GRACE
    void get()
    expect(fetches).toHaveLength(1)
  })
})
