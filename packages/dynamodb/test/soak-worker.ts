/**
 * A worker of the soak: it has a partition of its own, and knows after each operation what must be there. Where a fault leaves open
 * whether a write was done, it reads, and one of the two must be true.
 */
import { isDeepStrictEqual } from 'node:util'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect } from 'vitest'
import { type Answer, KINDS, type Kind, type OperationName, toItem } from './kinds.ts'
import { marked } from './leak-values.ts'
import type { Random } from './random.ts'
import { comparable, type Values } from './random-items.ts'
import type { Counters, Increment } from './soak-counters.ts'
import { type Faults, isFault } from './soak-faults.ts'
import type { Person } from './soak-people.ts'

export interface Soak {
  readonly table: string
  readonly clients: readonly DynamoDBClient[]
  readonly faults: Faults
  readonly counters: Counters
  /** How often each operation came to each end. */
  readonly ends: Map<string, Record<End, number>>
}

/** Values by name, each by its type: sets in order, bytes as text. */
export type Seen = Readonly<Record<string, { readonly [type: string]: unknown }>>

export type End = 'done' | 'refused' | 'unknown'

type Answers = readonly [Answer, ...Answer[]]

interface Call {
  readonly operation: OperationName
  readonly input: (kind: Kind) => object
  /** The next input, of what an answer leaves over. */
  readonly next?: (answer: Answer) => object | undefined
}

export interface Read extends Call {
  readonly check: (answers: Answers, kind: Kind) => void
}

export interface Write extends Call {
  /** What is then there, by sort key. */
  readonly changes: ReadonlyMap<number, Person | undefined>
  /** The name or code of the error with which it must be refused. */
  readonly refused?: string | undefined
  readonly increment?: Increment | undefined
  /** `lost`: if an answer before was lost, so that it may have been done twice. */
  readonly check?: (answers: Answers, kind: Kind, lost: boolean) => void
}

export interface Worker {
  readonly id: string
  readonly random: Random
  readonly model: ReadonlyMap<number, Person>
  read(name: string, read: Read): Promise<void>
  /** Calls once, or until nothing is left unprocessed. @throws if it ends as it must not. */
  write(name: string, write: Write): Promise<void>
}

export function makeWorker({ table, clients, faults, ends }: Soak, id: string, random: Random): Worker {
  const model = new Map<number, Person>()

  function end(name: string, end: End): void {
    const counts = ends.get(name) ?? { done: 0, refused: 0, unknown: 0 }
    counts[end]++
    ends.set(name, counts)
  }

  function set(at: number, person: Person | undefined): void {
    if (person === undefined) model.delete(at)
    else model.set(at, person)
  }

  /** @param atAnyTime whether it may be called off at any time, since it does not matter if it is done later. */
  async function call({ operation, input, next }: Call, atAnyTime = false): Promise<{ kind: Kind; answers?: Answers; error?: Error }> {
    const kind = random.pick(KINDS)
    const client = random.pick(clients)
    const controller = new AbortController()
    const options = { abortSignal: controller.signal }
    faults.controllers.set(id, controller)
    const timer = atAnyTime && random.chance(0.05) ? setTimeout(() => controller.abort(), random.nat(20)) : undefined
    try {
      const answers: [Answer, ...Answer[]] = [await kind.send(client, operation, input(kind), options)]
      for (let left = next?.(answers[0]); left !== undefined; left = next?.(answers.at(-1)!))
        answers.push(await kind.send(client, operation, left, options))
      return { kind, answers }
    } catch (error) {
      if (!(error instanceof Error)) throw error
      expect(marked(error.message), 'a value is in an error').toBe(false)
      return { kind, error }
    } finally {
      clearTimeout(timer)
    }
  }

  /** What is there, for comparison; asked for until it is answered. */
  async function look(at: number): Promise<unknown> {
    const input = (kind: Kind) => ({ TableName: table, Key: kind.item({ id, at }), ConsistentRead: true })
    for (;;) {
      const { kind, answers, error } = await call({ operation: 'GetItem', input })
      if (answers !== undefined) return seen(kind, answers[0].Item)
      if (error !== undefined && !isFault(error)) throw error
    }
  }

  /** Finds out what of a write was done. */
  async function settle({ operation, changes }: Write): Promise<ReadonlySet<boolean>> {
    const found = new Set<boolean>()
    for (const [at, after] of changes) {
      const [now, before] = [await look(at), expected(model.get(at))]
      const isDone = isDeepStrictEqual(now, expected(after))
      if (!isDone) expect(now, 'neither as before nor as written').toEqual(before)
      if (!isDeepStrictEqual(before, expected(after))) found.add(isDone)
      if (isDone) set(at, after)
    }
    if (operation !== 'BatchWriteItem') expect(found.size, 'done in part').toBeLessThan(2)
    return found
  }

  return {
    id,
    random,
    model,
    async read(name, read) {
      const { kind, answers, error } = await call(read, true)
      if (error !== undefined && !isFault(error)) throw error
      if (answers !== undefined) read.check(answers, kind)
      end(name, answers === undefined ? 'unknown' : 'done')
    },
    async write(name, write) {
      const { operation, changes, refused, increment, check } = write
      faults.lost.delete(id)
      const { kind, answers, error } = await call(write, increment !== undefined && changes.size === 0)
      const lost = faults.lost.has(id)
      if (answers !== undefined) {
        expect(refused, `${name} is to be refused, and was done`).toBeUndefined()
        for (const [at, person] of changes) set(at, person)
        increment?.end('done')
        check?.(answers, kind, lost)
        return end(name, 'done')
      }
      const reason = reasonOf(error!)
      if (reason === refused) {
        increment?.end('not done')
        return end(name, 'refused')
      }
      const found = refused === undefined ? await settle(write) : new Set([false])
      if (isFault(error!) || (increment !== undefined && /an answer was lost/.test(error!.message)))
        increment?.end(found.size === 0 ? 'unknown' : found.has(true) ? 'done' : 'not done')
      else if (increment !== undefined && (reason === 'TransactionCanceledException' || /given up/.test(error!.message))) {
        expect(found.has(true), 'it was given up, and is done').toBe(false) // others were faster, each time
        increment.end('not done')
      } else if (lost && reason === 'ConditionalCheckFailedException' && operation !== 'UpdateItem')
        expect(found.has(false), 'a condition is false without a reason').toBe(false) // it was done, and then done again
      else throw error
      end(name, 'unknown')
    },
  }
}

/** An item of an answer, for comparison. */
export function seen(kind: Kind, item: unknown): Seen | undefined {
  return item === undefined ? undefined : (comparable(kind.kind === 'plain' ? (item as Values) : toItem(item as Person)) as Seen)
}

/** An item of the model, for comparison. */
export function expected(person: Person | undefined): Seen | undefined {
  return person === undefined ? undefined : (comparable(toItem(person)) as Seen)
}

function reasonOf(error: Error): string {
  return error.name === 'ItemCryptoError' ? (error as Error & { code: string }).code : error.name
}
