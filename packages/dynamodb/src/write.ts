/**
 * Writes of one item, alone or as actions of a transaction.
 *
 * @module
 */
import { ItemCryptoError, type MaybePromise } from '@itemseal/core'
import { type Call, type Operation, onTable } from './call.ts'
import { checkConditions } from './checks.ts'
import { checkKey, decryptFrom, decryptIn, encryptFor } from './passage.ts'
import type { Request, ServiceError, TransactAction, TransactWriteRequest } from './sdk-shapes.ts'
import { type EncryptedTable, type PlanUpdate, refuse } from './table.ts'

type Prepare = (table: EncryptedTable, request: Request) => MaybePromise<Request>

async function put(table: EncryptedTable, request: Request): Promise<Request> {
  if (table.writesPlaintext) return request
  checkConditions(table, request)
  return { ...request, Item: await encryptFor(table, request.Item) }
}

/** Delete and ConditionCheck. */
export function keyed(table: EncryptedTable, request: Request): Request {
  checkConditions(table, request)
  checkKey(table, request.Key)
  return request
}

const update: PlanUpdate = (table, request) =>
  table.planUpdate?.(table, request) ?? refuse(table, 'UpdateItem: the table is configured without planUpdate')

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

export const putItem: Operation = onTable(async (table, request) => callOf(table, 'PutItem', await put(table, request)))
export const deleteItem: Operation = onTable((table, request) => callOf(table, 'DeleteItem', keyed(table, request)))
export const updateItem: Operation = onTable(update)

const ACTIONS: Readonly<Record<TransactAction, Prepare>> = {
  Put: put,
  Update: async (table, request) => (await update(table, request)).input,
  Delete: keyed,
  ConditionCheck: keyed,
}

export const transactWriteItems: Operation = async (input: TransactWriteRequest, tables) => {
  const prepared = await Promise.all(
    (input.TransactItems ?? []).map(async (entry) => {
      const [[action, request] = fail(), ...more] = Object.entries(entry).filter(([, request]) => request !== undefined)
      if (more.length > 0 || !Object.hasOwn(ACTIONS, action)) fail()
      const table = await tables.find(request.TableName)
      return { table, entry: table === undefined ? entry : { [action]: await ACTIONS[action as TransactAction](table, request) } }
    }),
  )
  return {
    input: { ...input, TransactItems: prepared.map(({ entry }) => entry) },
    async error({ name, CancellationReasons: reasons = [] }) {
      if (name !== 'TransactionCanceledException') return
      await Promise.all(
        reasons.map(async (reason, i) => {
          const table = prepared[i]?.table
          if (table !== undefined) await decryptInError(table, reason, `CancellationReasons[${i}].Item`)
        }),
      )
    },
  }
}

async function decryptInError(table: EncryptedTable, holder: Pick<ServiceError, 'Item'>, where: string): Promise<void> {
  if (holder.Item !== undefined) holder.Item = { ...(await decryptFrom(table, holder.Item, where)) }
}

function fail(): never {
  throw new ItemCryptoError('MALFORMED', 'TransactItems: each has one of Put, Update, Delete, ConditionCheck')
}
