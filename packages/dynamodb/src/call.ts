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
}

/** Does what comes before sending. Whatever it throws keeps the request from being sent. */
export type Operation = (input: object, tables: Tables) => MaybePromise<Call>

/** An operation on one table; calls on other tables pass untouched. */
export function onTable(prepare: (table: EncryptedTable, request: Request) => MaybePromise<Call>): Operation {
  return async (input: Request, tables) => {
    const table = await tables.find(input.TableName)
    return table === undefined ? { input } : prepare(table, input)
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
    return [name, entries === undefined ? list : await Promise.all(entries)]
  })
  return Object.fromEntries(await Promise.all(changed))
}
