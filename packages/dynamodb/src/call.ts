/**
 * One call of an operation: what is sent in place of the caller's input, and what becomes of the answer.
 *
 * @module
 */
import type { MaybePromise } from '@itemseal/core'
import type { Request, ServiceError } from './sdk-shapes.ts'
import type { EncryptedTable } from './table.ts'
import type { Tables } from './tables.ts'

export interface Call {
  /** A new object wherever it differs: the caller's input is never changed. */
  readonly input: object
  /** What the caller gets in place of the output. Absent: the output itself. */
  readonly output?: (output: object) => MaybePromise<object>
  /** Decrypts what an error of the service holds, in place. */
  readonly error?: (error: ServiceError) => MaybePromise<void>
  /** The answer, where it is known already: nothing is sent. */
  readonly answer?: object
  /** What is called in place of failing, if anything is. Outside of the SDK's own attempts. */
  readonly retry?: (error: ServiceError | undefined) => MaybePromise<Call | undefined>
  /** Of a write in a transaction whose condition is ours alone: whether it is to be tried again. */
  readonly raced?: Raced
}

/** Given how a transaction failed, those of its writes of which this can be asked, in their places, and how often it was tried. */
export type Raced = (error: ServiceError | undefined, races: readonly (Raced | undefined)[], attempts: number) => Promise<boolean>

/** Marks a request of ours to which a plugin gives items as they are stored, should it be on the same client. */
export const STORED: unique symbol = Symbol.for('itemseal.stored')

/** Does what comes before sending. Whatever it throws keeps the request from being sent. */
export type Operation = (input: object, tables: Tables, signal?: AbortSignal) => MaybePromise<Call>

/** An operation on one table; calls on other tables pass untouched. */
export function onTable(prepare: (table: EncryptedTable, request: Request, signal?: AbortSignal) => MaybePromise<Call>): Operation {
  return async (input: Request, tables, signal) => {
    const table = await tables.find(input.TableName)
    return table ? prepare(table, input, signal) : { input }
  }
}

/** Changes the entries of configured tables, in what is listed by table. */
export async function eachTable<T>(
  tables: Tables,
  lists: Readonly<Record<string, readonly T[]>>,
  change: (table: EncryptedTable, entry: T, place: string, name: string) => Promise<T>,
): Promise<Record<string, readonly T[]>> {
  const changed = Object.entries(lists).map(async ([name, list]): Promise<[string, readonly T[]]> => {
    const table = await tables.find(name)
    const entries = table && list.map((entry, i) => change(table, entry, `[${JSON.stringify(name)}][${i}]`, name))
    return [name, entries ? await Promise.all(entries) : list]
  })
  return Object.fromEntries(await Promise.all(changed))
}
