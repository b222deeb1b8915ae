import { describe, expect, test } from 'vitest'
import { type CacheLimits, type TimeLimitedCacheOptions, timeLimitedCache } from '../../src/materials/cache.ts'
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
  test('needs room for one entry, and times that do not run backwards', () => {
    for (const capacity of [0, -1, Number.NaN]) expect(() => timeLimitedCache({ capacity })).toThrow(withCode('CONFIGURATION'))
    for (const name of ['gracePeriod', 'graceInterval', 'inFlightTtl'])
      expect(() => timeLimitedCache({ [name]: -1 }), name).toThrow(withCode('CONFIGURATION'))
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
    const cache = timeLimitedCache({ now: () => time, gracePeriod: 0 })
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

describe('renewal before the end', () => {
  const limits = { maxAge: 60_000 }

  /** One value kept since the time 0, and fetches that end when they are told to. */
  async function kept(options: TimeLimitedCacheOptions = {}) {
    const clock = { time: 0 }
    const cache = timeLimitedCache({ now: () => clock.time, ...options })
    const { ends, fetch } = fetches()
    const get = (maxAge = limits.maxAge) => cache.get('a', { maxAge }, fetch)
    const first = get()
    ends[0]!.resolve()
    expect(await first).toBe(1)
    return { clock, ends, get, at: (time: number) => Object.assign(clock, { time }) }
  }

  test('one caller asks, the others get what is kept, and then all what is new', async () => {
    const { at, ends, get } = await kept()
    at(49_999)
    expect([await get(), ends.length]).toEqual([1, 1])
    at(50_000)
    const asks = get()
    expect(await Promise.all([get(), get(), get()])).toEqual([1, 1, 1])
    expect(ends).toHaveLength(2)
    ends[1]!.resolve()
    expect([await asks, await get()]).toEqual([2, 2])
    at(99_999)
    expect([await get(), ends.length]).toEqual([2, 2])
  })

  test('a failure does no harm until the end, and is repeated once in each interval', async () => {
    const { at, ends, get } = await kept()
    at(50_000)
    const asks = get()
    at(50_100)
    ends[1]!.reject(new Error('no'))
    expect(await asks).toBe(1)
    at(51_099)
    expect([await get(), ends.length]).toEqual([1, 2])
    at(51_100)
    const asksAgain = get()
    expect(ends).toHaveLength(3)
    at(59_999)
    expect(await get()).toBe(1)
    at(60_000)
    ends[2]!.reject(new Error('no'))
    await expect(asksAgain).rejects.toThrow('no')
    const last = get()
    ends[3]!.resolve()
    expect(await last).toBe(4)
  })

  test('what is too old is not given to anyone, whoever is asking', async () => {
    const { at, ends, get } = await kept()
    at(59_000)
    const asks = get()
    at(60_000)
    const waits = get()
    ends[1]!.resolve()
    expect([await asks, await waits, ends.length]).toEqual([2, 2, 2])
  })

  test('takes no more than half of a short time, and none if there is to be no grace', async () => {
    const { at, ends, get } = await kept()
    at(4_999)
    expect([await get(10_000), ends.length]).toEqual([1, 1])
    at(5_000)
    void get(10_000)
    expect(ends).toHaveLength(2)
    const strict = await kept({ gracePeriod: 0 })
    strict.at(59_999)
    expect([await strict.get(), strict.ends.length]).toEqual([1, 1])
  })
})

describe('a fetch without an answer', () => {
  const forever = { maxAge: 1e9 }

  test('holds up those who come within its time, who get what the next one gets', async () => {
    let time = 0
    const cache = timeLimitedCache({ now: () => time })
    const { ends, fetch } = fetches()
    const get = (limits: CacheLimits = forever) => cache.get('a', limits, fetch)
    const lost = [get()]
    time = 9_999
    lost.push(get())
    expect(ends).toHaveLength(1)
    time = 10_000
    const next = get()
    expect(ends).toHaveLength(2)
    ends[1]!.resolve()
    expect(await Promise.all([...lost, next])).toEqual([2, 2, 2])
    ends[0]!.resolve()
    expect(await get()).toBe(2)
  })

  test('may still answer those who wait for it, and is not kept then', async () => {
    let time = 0
    const cache = timeLimitedCache({ now: () => time })
    const { ends, fetch } = fetches()
    const lost = cache.get('a', forever, fetch)
    time = 10_000
    const next = cache.get('a', forever, fetch)
    ends[0]!.resolve()
    expect(await lost).toBe(1)
    ends[1]!.resolve()
    expect([await next, await cache.get('a', forever, fetch)]).toEqual([2, 2])
  })

  test('a failure of the next one reaches those who wait too', async () => {
    let time = 0
    const cache = timeLimitedCache({ now: () => time })
    const { ends, fetch } = fetches()
    const lost = cache.get('a', forever, fetch)
    time = 10_000
    const next = cache.get('a', forever, fetch)
    ends[1]!.reject(new Error('no'))
    await expect(lost).rejects.toThrow('no')
    await expect(next).rejects.toThrow('no')
  })

  test('those who wait count as users of the next one, and are told so if it has no room for them', async () => {
    let time = 0
    const cache = timeLimitedCache({ now: () => time })
    const { ends, fetch } = fetches()
    const get = (maxUses: number) => cache.get('a', { ...forever, maxUses }, fetch)
    const lost = [get(3), get(3)]
    time = 10_000
    const next = get(3)
    ends[1]!.resolve()
    expect(await Promise.all([...lost, next])).toEqual([2, 2, 2])
    const another = get(3)
    time = 20_000
    const [held, after] = [another, get(1)]
    await expect(held).rejects.toThrow(withCode('NO_MATERIALS', 'no answer in time'))
    ends[3]!.resolve()
    expect(await after).toBe(4)
  })

  test('in the grace period holds up who asks until another one does, and nobody else', async () => {
    let time = 0
    const cache = timeLimitedCache({ now: () => time, gracePeriod: 30_000 })
    const { ends, fetch } = fetches()
    const get = () => cache.get('a', { maxAge: 60_000 }, fetch)
    const first = get()
    ends[0]!.resolve()
    await first
    time = 30_000
    const held = get()
    time = 39_999
    expect(await get()).toBe(1)
    time = 40_000
    const next = get()
    ends[2]!.resolve()
    expect(await Promise.all([held, next])).toEqual([3, 3])
  })
})

describe('a clock that steps', () => {
  const limits = { maxAge: 60_000 }

  test('back: what comes from its future is asked for again, once', async () => {
    let time = 1e9
    const cache = timeLimitedCache({ now: () => time })
    let count = 0
    const fetch = async () => ++count
    await cache.get('a', limits, fetch)
    time = 0
    expect(await Promise.all([cache.get('a', limits, fetch), cache.get('a', limits, fetch)])).toEqual([2, 2])
    expect(await cache.get('a', limits, fetch)).toBe(2)
    time = 59_999
    expect(await cache.get('a', { maxAge: 119_999 }, fetch)).toBe(2)
  })

  test('far forwards, and back again: asked for once each time', async () => {
    let time = 0
    const cache = timeLimitedCache({ now: () => time })
    let count = 0
    const fetch = async () => ++count
    const numbers = []
    for (const now of [0, 1e12, 1e12 + 1, 1, 2]) {
      time = now
      numbers.push(await cache.get('a', limits, fetch))
    }
    expect(numbers).toEqual([1, 2, 2, 3, 3])
  })

  test('during a fetch: nobody is held up', async () => {
    let time = 1e9
    const cache = timeLimitedCache({ now: () => time })
    const { ends, fetch } = fetches()
    const first = cache.get('a', limits, fetch)
    time = 0
    const second = cache.get('a', limits, fetch)
    expect(ends).toHaveLength(2)
    ends[1]!.resolve()
    expect(await Promise.all([first, second])).toEqual([2, 2])
  })
})
