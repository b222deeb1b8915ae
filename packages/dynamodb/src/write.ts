/**
 * Writes of one item, alone or as actions of a transaction.
 *
 * @module
 */
import { ItemCryptoError, type MaybePromise } from '@itemseal/core'
import { type Call, type Operation, onTable } from './call.ts'
import { checkConditions, checkUpdate } from './checks.ts'
import { checkKey, decryptFrom, decryptIn, encryptFor } from './passage.ts'
import type { Request, ServiceError, TransactAction, TransactWriteRequest } from './sdk-shapes.ts'
import type { EncryptedTable } from './table.ts'

type Prepare = (table: EncryptedTable, request: Request) => MaybePromise<Request>

async function put(table: EncryptedTable, request: Request): Promise<Request> {
  if (table.writesPlaintext) return request
  checkConditions(table, request)
  return { ...request, Item: await encryptFor(table, request.Item) }
}

/** Delete and ConditionCheck. */
function keyed(table: EncryptedTable, request: Request): Request {
  checkConditions(table, request)
  checkKey(table, request.Key)
  return request
}

function update(table: EncryptedTable, request: Request): Request {
  checkUpdate(table, request)
  return onlyIfThere(table, keyed(table, request))
}

/** An update of an item that is not there would create one, without a signature: nobody could read it. */
function onlyIfThere(table: EncryptedTable, request: Request): Request {
  const { ConditionExpression: condition, ExpressionAttributeNames: names = {} } = request
  let alias = '#itemseal_key'
  while (Object.hasOwn(names, alias)) alias += '_'
  const isThere = `attribute_exists(${alias})`
  return {
    ...request,
    ConditionExpression: condition === undefined ? isThere : `${isThere} AND (${condition})`,
    ExpressionAttributeNames: { ...names, [alias]: table.partitionKey },
  }
}

function single(operation: string, prepare: Prepare): Operation {
  return onTable(async (table, request): Promise<Call> => {
    const part = request.ReturnValues?.startsWith('UPDATED_') // of an update: unsigned attributes only
    return {
      input: await prepare(table, request),
      output: (output) => (part ? output : decryptIn(table, output, 'Attributes', `Attributes returned by ${operation}, which is done`)),
      async error(error) {
        if (error.name === 'ConditionalCheckFailedException') await decryptInError(table, error, 'Item of the failed condition')
      },
    }
  })
}

export const putItem: Operation = single('PutItem', put)
export const deleteItem: Operation = single('DeleteItem', keyed)
export const updateItem: Operation = single('UpdateItem', update)

const ACTIONS: Readonly<Record<TransactAction, Prepare>> = { Put: put, Update: update, Delete: keyed, ConditionCheck: keyed }

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
