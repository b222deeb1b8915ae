/**
 * Values that are asked for again when their time is over. In the moment after that, one caller asks and the others are
 * served the old value, as in both peers (classic-item-format, 8.5).
 *
 *     age of the value      what a caller gets
 *     below ttl             the value
 *     below ttl + 500 ms    nobody is asking: what it then asks for itself, be it a failure; else the old value
 *     above                 what is being asked for, or what it then asks for itself; never the old value
 *
 * @module
 */

/** For one kind of value, with keys of one user. */
export interface RefreshingCache<T> {
  /** The value, fetched if it is time to. Failures are not kept. */
  get(key: string, fetch: () => Promise<T>): Promise<T>
  /** Puts a value that its user came to know otherwise. */
  set(key: string, value: T): void
  /** Forgets everything; what is being fetched reaches those who wait for it, and nobody else. */
  clear(): void
}

const GRACE = 500 // ms, as in both peers
const LOST = 10_000 // ms: a fetch without an answer for so long is no longer waited for by those who come then

interface Fetch<T> {
  readonly value: Promise<T>
  readonly since: number
}

interface Entry<T> {
  kept: Fetch<T> | undefined
  pending: Fetch<T> | undefined
}

/**
 * @param ttl milliseconds; age counts from the start of a fetch.
 * @param size entries kept at most; the least recently used goes first.
 */
export function refreshingCache<T>(ttl: number, size: number, now: () => number): RefreshingCache<T> {
  const entries = new Map<string, Entry<T>>() // the least recently used first

  function keep(key: string, entry: Entry<T>): void {
    entries.delete(key)
    entries.set(key, entry)
    if (entries.size > size) entries.delete(entries.keys().next().value!)
  }

  function start(key: string, entry: Entry<T>, fetch: () => Promise<T>, since: number): Promise<T> {
    const value = fetch()
    const started = { value, since }
    entry.pending = started
    const settle = (kept: Fetch<T> | undefined) => {
      if (entry.pending !== started) return // taken for lost meanwhile
      entry.pending = undefined
      entry.kept = kept
      if (kept === undefined && entries.get(key) === entry) entries.delete(key)
    }
    value.then(
      () => settle(started),
      () => settle(isYounger(entry.kept?.since, ttl + GRACE, now()) ? entry.kept : undefined),
    )
    return value
  }

  return {
    async get(key, fetch) {
      const time = now()
      const entry = entries.get(key) ?? { kept: undefined, pending: undefined }
      keep(key, entry)
      const { kept, pending } = entry
      const isAsking = pending !== undefined && isYounger(pending.since, LOST, time)
      if (kept !== undefined && isYounger(kept.since, isAsking ? ttl + GRACE : ttl, time)) return kept.value
      return isAsking ? pending.value : start(key, entry, fetch, time)
    },
    set(key, value) {
      keep(key, { kept: { value: Promise.resolve(value), since: now() }, pending: undefined })
    },
    clear() {
      entries.clear()
    },
  }
}

/** A clock that was put back makes nothing younger: what comes from its future is as good as too old. */
function isYounger(since: number | undefined, limit: number, time: number): boolean {
  return since !== undefined && time >= since && time - since < limit
}
