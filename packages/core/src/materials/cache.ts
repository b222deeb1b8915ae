/**
 * A cache with a time limit, one fetch in flight for each entry, and nothing that is ever wiped: what leaves it may still be
 * in use.
 *
 * @module
 */
import { ItemCryptoError } from '../errors.ts'

/** For `timeLimitedCache`. */
export interface TimeLimitedCacheOptions {
  /** Entries kept at most; the least recently used goes first. 1000 unless said otherwise. */
  readonly capacity?: number
  /** Milliseconds. `Date.now` unless said otherwise. */
  readonly now?: () => number
}

/** How long an entry serves. Age counts from the start of its fetch. */
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

interface Entry {
  readonly value: Promise<unknown>
  readonly since: number
  settled: boolean
  uses: number
  bytes: number
}

/** @throws `CONFIGURATION` for a capacity below one. */
export function timeLimitedCache({ capacity = 1000, now = Date.now }: TimeLimitedCacheOptions = {}): TimeLimitedCache {
  if (!(capacity >= 1)) throw new ItemCryptoError('CONFIGURATION', 'cache: capacity is not positive')
  const entries = new Map<string, Entry>() // the least recently used first

  function add(id: string, fetch: () => Promise<unknown>): Entry {
    const entry: Entry = { value: fetch(), since: now(), settled: false, uses: 0, bytes: 0 }
    const settle = () => {
      entry.settled = true
    }
    entry.value.then(settle, () => {
      if (entries.get(id) === entry) entries.delete(id)
    })
    return entry
  }

  return {
    async get<T>(id: string, { maxAge, maxUses = Infinity, maxBytes = Infinity }: CacheLimits, fetch: () => Promise<T>, bytes = 0) {
      const known = entries.get(id)
      const serves =
        known !== undefined && (!known.settled || now() - known.since < maxAge) && known.uses < maxUses && known.bytes + bytes <= maxBytes
      const entry = serves ? known : add(id, fetch)
      entry.uses++
      entry.bytes += bytes
      entries.delete(id)
      entries.set(id, entry)
      if (entries.size > capacity) entries.delete(entries.keys().next().value!)
      return entry.value as Promise<T> // ids are of one user, who fetches one kind of thing under each
    },
  }
}
