/**
 * Writes of one item, alone or as actions of a transaction.
 *
 * @module
 */
import type { MaybePromise } from '@itemseal/core'
import { type Call, type Operation, onTable } from './call.ts'
import { checkConditions } from './checks.ts'
import { checkKey, decryptFrom, decryptIn, encryptFor } from './passage.ts'
import type { Request, ServiceError, TransactAction, TransactWriteRequest } from './sdk-shapes.ts'
import { type EncryptedTable, malformed, type PlanUpdate, refuse } from './table.ts'
import type { Tables } from './tables.ts'

async function put(table: EncryptedTable, request: Request): Promise<Request> {
  if (table.writesPlaintext) return request
  checkConditions(table, request)
  return { ...request, Item: await encryptFor(table, request.Item) }
}

/** Delete and ConditionCheck, and what else has a key. @param used aliases of values in what else is sent. */
export function keyed(table: EncryptedTable, request: Request, used?: readonly string[]): Request {
  checkConditions(table, request, used)
  checkKey(table, request.Key)
  return request
}

const update: PlanUpdate = (table, request, signal) =>
  table.planUpdate?.(table, request, signal) ?? refuse(table, 'configured without planUpdate')

/** The call that sends the request, as it is by now, and decrypts what comes back. */
export function callOf(table: EncryptedTable, operation: string, input: Request): Call {
  const part = input.ReturnValues?.startsWith('UPDATED_') // of an update: unsigned attributes only
  return {
    input,
    output: (output) => (part ? output : decryptIn(table, output, 'Attributes', `Attributes returned by ${operation}, which is done`)),
    async error(error) {
      if (error.name === 'ConditionalCheckFailedException') await decryptInError(table, error, 'Item of the failed condition')
    },
  }
}

const ACTIONS: Readonly<Record<TransactAction, (table: EncryptedTable, request: Request, signal?: AbortSignal) => MaybePromise<Call>>> = {
  Put: async (table, request) => callOf(table, 'PutItem', await put(table, request)),
  Update: update,
  Delete: (table, request) => callOf(table, 'DeleteItem', keyed(table, request)),
  ConditionCheck: (table, request) => ({ input: keyed(table, request) }),
}

export const putItem: Operation = onTable(ACTIONS.Put)
export const deleteItem: Operation = onTable(ACTIONS.Delete)
export const updateItem: Operation = onTable(update)
export const transactWriteItems: Operation = (input, tables, signal) => transact(input, tables, signal, 1)

async function transact(input: TransactWriteRequest, tables: Tables, signal: AbortSignal | undefined, attempt: number): Promise<Call> {
  const prepared = await Promise.all(
    (input.TransactItems ?? []).map(async (entry) => {
      const [[action, request] = fail(), ...more] = Object.entries(entry).filter(([, request]) => request)
      if (more.length > 0 || !Object.hasOwn(ACTIONS, action)) fail()
      const table = await tables.find(request.TableName)
      const call = table && (await ACTIONS[action as TransactAction](table, request, signal))
      return { table, call, entry: call ? { [action]: call.input } : entry }
    }),
  )
  return {
    input: { ...input, TransactItems: prepared.map(({ entry }) => entry) },
    async error({ name, CancellationReasons: reasons = [] }) {
      if (name !== 'TransactionCanceledException') return
      await Promise.all(
        reasons.map(async (reason, i) => {
          const table = prepared[i]?.table
          if (table) await decryptInError(table, reason, `CancellationReasons[${i}].Item`)
        }),
      )
    },
    async retry(error) {
      const races = prepared.map(({ call }) => call?.raced)
      return (await races.find(Boolean)?.(error, races, attempt)) ? transact(input, tables, signal, attempt + 1) : undefined
    },
  }
}

async function decryptInError(table: EncryptedTable, holder: Pick<ServiceError, 'Item'>, where: string): Promise<void> {
  if (holder.Item) holder.Item = { ...(await decryptFrom(table, holder.Item, where)) }
}

function fail(): never {
  malformed('TransactItems: each has one action')
}
