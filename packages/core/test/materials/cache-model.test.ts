/** Whatever comes in whatever order, the cache keeps its promises. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { timeLimitedCache } from '../../src/materials/cache.ts'

const GRACE = { gracePeriod: 20, graceInterval: 5, inFlightTtl: 15 }
const MAX_AGES = [0, 10, 50, 100]

type Step =
  | { readonly do: 'get'; readonly id: string; readonly maxAge: number }
  | { readonly do: 'pass'; readonly time: number }
  | { readonly do: 'answer'; readonly which: number; readonly ok: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('get' as const), id: fc.constantFrom('a', 'b'), maxAge: fc.constantFrom(...MAX_AGES) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pass' as const), time: fc.constantFrom(1, 1, 4, 4, 6, 12, 30, 60, -3, -40, 1e9) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('answer' as const), which: fc.nat(3), ok: fc.boolean() }) },
)

interface Fetch {
  readonly number: number
  readonly id: string
  readonly since: number
  readonly end: (ok: boolean) => void
  ended?: 'ok' | 'failed'
  replaced: boolean
}

interface Asked {
  readonly id: string
  readonly maxAge: number
  readonly time: number
  /** What was kept then, within `maxAge`. */
  readonly kept: Fetch | undefined
  readonly started: boolean
  outcome?: number | 'failed'
}

const isWithin = (since: number, limit: number, time: number) => time >= since && time - since < limit
const turn = () => new Promise((resolve) => setImmediate(resolve))

test('in any order of calls, answers, failures and steps of the clock', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      let time = 0
      const cache = timeLimitedCache({ ...GRACE, now: () => time })
      const fetches: Fetch[] = []
      const asked: Asked[] = []
      const kept = new Map<string, Fetch>()
      const failed = new Map<string, number>()

      for (const one of steps) {
        if (one.do === 'pass') time += one.time
        else if (one.do === 'answer') {
          const open = fetches.filter(({ ended }) => ended === undefined)
          const fetch = open[one.which % open.length]
          if (fetch === undefined) continue
          fetch.ended = one.ok ? 'ok' : 'failed'
          fetch.end(one.ok)
          if (!fetch.replaced && one.ok) kept.set(fetch.id, fetch)
          if (!fetch.replaced && !one.ok) failed.set(fetch.id, time)
          await turn()
        } else {
          const { id, maxAge } = one
          const before = fetches.filter((fetch) => fetch.id === id)
          const known = kept.get(id)
          const serves = known !== undefined && isWithin(known.since, maxAge, time) ? known : undefined
          const count = fetches.length
          const value = cache.get(id, { maxAge }, () => {
            const current = before.at(-1)
            if (current !== undefined && current.ended === undefined) {
              expect(isWithin(current.since, GRACE.inFlightTtl, time), 'nobody is asking').toBe(false)
              current.replaced = true
            }
            if (serves !== undefined) {
              expect(time - serves.since, 'not before the grace period').toBeGreaterThanOrEqual(
                Math.max(maxAge - GRACE.gracePeriod, maxAge / 2),
              )
              const last = failed.get(id)
              if (last !== undefined) expect(isWithin(last, GRACE.graceInterval, time), 'not twice in an interval').toBe(false)
            }
            return new Promise<number>((resolve, reject) => {
              const number = fetches.length + 1
              const end = (ok: boolean) => (ok ? resolve(number) : reject(new Error('no')))
              fetches.push({ number, id, since: time, end, replaced: false })
            })
          })
          const call: Asked = { id, maxAge, time, kept: serves, started: fetches.length > count }
          asked.push(call)
          value.then(
            (number) => {
              call.outcome = number
            },
            () => {
              call.outcome = 'failed'
            },
          )
          await turn()
          if (serves !== undefined && !call.started) expect(call.outcome, 'at once what is kept').toBe(serves.number)
        }
      }

      for (const fetch of fetches) if (fetch.ended === undefined) fetch.end(true)
      await turn()
      for (const { outcome, id, maxAge, time: then, kept: had } of asked) {
        expect(outcome, 'nobody is left waiting').toBeDefined()
        if (typeof outcome !== 'number') continue
        const { id: of, since, number } = fetches[outcome - 1]!
        expect(of).toBe(id)
        const wasKept = had?.number === number && isWithin(since, maxAge, then)
        const isOrWasAsked =
          since === then || isWithin(since, GRACE.inFlightTtl, then) || asked.some((call) => call.started && call.time === since)
        expect(wasKept || isOrWasAsked, 'nothing that is too old').toBe(true)
        if (had !== undefined && number < had.number) throw new Error('nothing older than what was kept')
      }
    }),
    { numRuns: 500 },
  )
})
