/**
 * A cache with a time limit, one fetch in flight for each entry, and nothing that is ever wiped: what leaves it may still be
 * in use.
 *
 *     age of what is kept             what a caller gets
 *     up to the grace period          what is kept
 *     in it                           nobody has asked within the grace interval: what it then asks for, or, if that fails, what
 *                                     is kept; else what is kept
 *     above `maxAge`                  what is being asked for, or what it then asks for itself; never what was kept
 *
 * The grace period is the end of `maxAge`, and no more than half of it. Age counts from the start of a fetch. If the clock was put
 * back behind that, what is kept is too old. A fetch without an answer for `inFlightTtl` holds up nobody who comes then: the
 * next caller asks anew, and those who wait get what is answered first.
 *
 * @module
 */
import { ItemCryptoError } from '../errors.ts'

/** For `timeLimitedCache`. The times are in milliseconds, with the peers' defaults (materials-and-keyrings, 3.3). */
export interface TimeLimitedCacheOptions {
  /** Entries kept at most; the least recently used goes first. 1000 unless said otherwise. */
  readonly capacity?: number
  /** For how long before its end what is kept is renewed. 10,000 unless said otherwise. */
  readonly gracePeriod?: number
  /** The time between two attempts at that. 1000 unless said otherwise. */
  readonly graceInterval?: number
  /** For how long others wait for a fetch. 10,000 unless said otherwise. */
  readonly inFlightTtl?: number
  /** `Date.now` unless said otherwise. */
  readonly now?: () => number
}

/** How long an entry serves. */
export interface CacheLimits {
  /** Milliseconds. With zero nothing is kept, but a fetch in flight is still shared. */
  readonly maxAge: number
  readonly maxUses?: number
  /** Sum of what its users say that they use it for. */
  readonly maxBytes?: number
}

/** May be shared: who uses it makes its own ids. */
export interface TimeLimitedCache {
  /** The entry, fetched unless there is one within the limits. Failures are not kept. */
  get<T>(id: string, limits: CacheLimits, fetch: () => Promise<T>, bytes?: number): Promise<T>
}

interface Fetch {
  readonly value: Promise<unknown>
  readonly since: number
  /** Has those who wait for it get what another one answers, if that is first. */
  readonly follow: (other: Promise<unknown>) => void
  uses: number
  bytes: number
}

interface Entry {
  kept?: Fetch | undefined
  pending?: Fetch | undefined
  /** When an attempt to renew it last failed. */
  failed?: number
}

/** @throws `CONFIGURATION` for a capacity below one, or a time below zero. */
export function timeLimitedCache(options: TimeLimitedCacheOptions = {}): TimeLimitedCache {
  const { capacity = 1000, gracePeriod = 10_000, graceInterval = 1000, inFlightTtl = 10_000, now = Date.now } = options
  if (!(capacity >= 1 && gracePeriod >= 0 && graceInterval >= 0 && inFlightTtl >= 0))
    throw new ItemCryptoError('CONFIGURATION', 'cache: a capacity of one or more, and times, are needed')
  const entries = new Map<string, Entry>() // the least recently used first

  return {
    async get<T>(id: string, { maxAge, maxUses = Infinity, maxBytes = Infinity }: CacheLimits, fetch: () => Promise<T>, bytes = 0) {
      const time = now()
      const entry = entries.get(id) ?? {}
      entries.delete(id)
      entries.set(id, entry)
      if (entries.size > capacity) entries.delete(entries.keys().next().value!)

      const { kept, pending, failed } = entry
      const allows = ({ uses, bytes: used }: Fetch) => uses < maxUses && used + bytes <= maxBytes
      const use = (found: Fetch) => {
        found.uses++
        found.bytes += bytes
        return found.value as Promise<T> // ids are of one user, who fetches one kind of thing under each
      }
      const isAsking = pending && isWithin(pending.since, inFlightTtl, time)

      if (kept && isWithin(kept.since, maxAge, time) && allows(kept)) {
        const untroubled = Math.max(maxAge - gracePeriod, maxAge / 2)
        if (isAsking || isWithin(kept.since, untroubled, time) || isWithin(failed, graceInterval, time)) return use(kept)
        return use(begin()).catch((error) => {
          if (isWithin(kept.since, maxAge, now()) && allows(kept)) return use(kept)
          throw error
        })
      }
      return use(isAsking && allows(pending) ? pending : begin())

      function begin(): Fetch {
        let follow: Fetch['follow']
        const value = new Promise((resolve, reject) => {
          follow = (answer) => answer.then(resolve, reject)
          follow(fetch())
        })
        const started: Fetch = { value, since: time, follow: follow!, uses: 0, bytes: 0 } // a promise's executor has run by now
        entry.pending = started
        const settle = (won: Fetch | undefined) => {
          if (entry.pending !== started) return // another one has taken its place
          entry.pending = undefined
          entry.kept = won
          if (!won && entries.get(id) === entry) entries.delete(id)
        }
        value.then(
          () => settle(started),
          () => {
            if (entry.pending === started) entry.failed = now()
            settle(entry.kept)
          },
        )
        if (!pending || isAsking) return started
        if (!allows(pending)) {
          pending.follow(Promise.reject(new ItemCryptoError('NO_MATERIALS', 'cache: no answer in time')))
          return started
        }
        started.uses = pending.uses
        started.bytes = pending.bytes
        pending.follow(started.value)
        return started
      }
    },
  }
}

/** A clock that was put back makes nothing younger: what comes from its future is as good as too old. */
function isWithin(since: number | undefined, limit: number, time: number): boolean {
  return since !== undefined && time >= since && time - since < limit
}
