/**
 * Counters for the soak, which all workers increment: each increment leaves its token in the counter, so that it is seen for each
 * whether it was done, and whether it was done twice.
 */
import { expect } from 'vitest'
import type { Kind } from './kinds.ts'
import { MARK } from './leak-values.ts'
import type { Random } from './random.ts'
import type { Person } from './soak-people.ts'
import type { Seen } from './soak-worker.ts'

/** What the worker that made an increment was told of it. */
export type Fate = 'pending' | 'done' | 'not done' | 'unknown'

export interface Increment {
  readonly key: Person
  /** Of an UpdateItem, or Update in a transaction. */
  readonly update: (kind: Kind) => object
  /** Says what became of it. */
  end(fate: Fate): void
}

export interface Counters {
  increment(random: Random): Increment
  /** The key of one, and a check of what is read there: whole, and with all that was done before now. */
  look(random: Random): { readonly key: Person; check(counter: Seen | undefined): void }
  /** Checks all, by what is in the table in the end. Answers with how many increments came to each fate. */
  checkAll(read: (at: number) => Seen | undefined): Record<Fate, number>
}

/** They have the partition key, and sort keys from 0. */
export function makeCounters(id: string, size: number): Counters {
  const fates = Array.from({ length: size }, () => new Map<string, Fate>())
  let made = 0

  function checkWhole(counter: Seen | undefined): readonly string[] {
    const { visits, version, log, members } = counter ?? {}
    const tokens = ((log?.L ?? []) as { S: string }[]).map(({ S }) => S)
    expect(new Set(tokens).size, 'an increment is done twice').toBe(tokens.length)
    const sums = [visits?.N ?? '0', version?.N ?? '0', ((members?.SS ?? []) as string[]).length]
    expect(sums, 'an increment is done in part').toEqual([String(tokens.length), String(tokens.length), tokens.length])
    return tokens
  }

  const doneOf = (at: number) => [...fates[at]!].filter(([, fate]) => fate === 'done').map(([token]) => token)
  const missing = (tokens: readonly string[], wanted: readonly string[]) => {
    const there = new Set(tokens)
    return wanted.filter((token) => !there.has(token))
  }

  return {
    increment(random) {
      const at = random.nat(size)
      const token = `${MARK} ${made++}`
      fates[at]!.set(token, 'pending')
      return {
        key: { id, at },
        update: (kind) => ({
          UpdateExpression: random.pick(INCREMENTS),
          ExpressionAttributeNames: { '#log': 'log', '#members': 'members' },
          ExpressionAttributeValues: kind.item({ ':zero': 0, ':one': 1, ':none': [], ':token': [token], ':member': new Set([token]) }),
        }),
        end: (fate) => void fates[at]!.set(token, fate),
      }
    },
    look(random) {
      const at = random.nat(size)
      const wanted = doneOf(at)
      return { key: { id, at }, check: (counter) => expect(missing(checkWhole(counter), wanted), 'an increment is lost').toEqual([]) }
    },
    checkAll(read) {
      const sums = { pending: 0, done: 0, 'not done': 0, unknown: 0 }
      for (const [at, told] of fates.entries()) {
        const tokens = checkWhole(read(at))
        expect(missing(tokens, doneOf(at)), 'an increment is lost').toEqual([])
        expect(tokens.filter((token) => !['done', 'unknown'].includes(told.get(token) ?? 'not done'))).toEqual([])
        for (const fate of told.values()) sums[fate]++
      }
      return sums
    },
  }
}

/** Each uses all names and values. */
const INCREMENTS = [
  'SET visits = if_not_exists(visits, :zero) + :one, #log = list_append(if_not_exists(#log, :none), :token) ADD version :one, #members :member',
  'SET version = if_not_exists(version, :zero) + :one, #log = list_append(if_not_exists(#log, :none), :token) ADD visits :one, #members :member',
]
