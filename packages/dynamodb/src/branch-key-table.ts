/**
 * Branch keys in a table, as the peers' key store keeps them (materials-and-keyrings, 4.1 and 4.3). What is in the items, and the
 * keys themselves, are the affair of the store over it: `kmsBranchKeyStore` of `@itemseal/kms`.
 *
 *     branch-key-id (S, partition key)        type (S, sort key)
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import type { BranchKeyStorage } from '@itemseal/core/materials'
import type { DynamoDbGet, DynamoDbTableAdmin, DynamoDbTransactWrite } from './client.ts'
import { type CreateTableOptions, createKeyTable } from './key-table.ts'
import { pause } from './pause.ts'

export type { CreateTableOptions } from './key-table.ts'

/** The calls that are made. Who only reads needs the first, who makes keys the second. */
export type BranchKeyTableClient = DynamoDbGet & Partial<DynamoDbTransactWrite & DynamoDbTableAdmin>

/** For `branchKeyTable`. */
export interface BranchKeyTableOptions {
  readonly tableName: string
  /** Such as `sdkDynamoDbCalls(new DynamoDBClient({}))`. */
  readonly client: BranchKeyTableClient
}

/** Branch keys in a table of DynamoDB. */
export interface BranchKeyTable extends BranchKeyStorage {
  /**
   * Makes the table, or finds that there is one with the right keys, and waits until it can be used.
   *
   * @throws `CONFIGURATION` if there is a table of this name with other keys; `NO_MATERIALS` if the wait is over before.
   */
  createTable(options?: CreateTableOptions): Promise<void>
}

const ID = 'branch-key-id'
const TYPE = 'type'
const ATTEMPTS = 5

/**
 * All reads are consistent. Writes are transactions: all or nothing, safe to repeat, tried again if another transaction is in the
 * way. All other failures are `NO_MATERIALS` with the client's error as `cause`.
 *
 * @example
 * const storage = branchKeyTable({ tableName: 'keys', client: sdkDynamoDbCalls(new DynamoDBClient({})) })
 * await storage.createTable()
 */
export function branchKeyTable({ tableName: TableName, client }: BranchKeyTableOptions): BranchKeyTable {
  async function called<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (cause) {
      throw failure('NO_MATERIALS', `${operation} failed`, cause)
    }
  }

  function failure(code: ItemCryptoError['code'], message: string, cause?: unknown): ItemCryptoError {
    return new ItemCryptoError(code, `branch key table ${JSON.stringify(TableName)}: ${message}`, cause === undefined ? {} : { cause })
  }

  function needed<T>(call: T | undefined, name: string): T {
    if (call === undefined) throw failure('CONFIGURATION', `client without ${name}`)
    return call
  }

  return {
    async get(branchKeyId, type, options) {
      const Key = { [ID]: { S: branchKeyId }, [TYPE]: { S: type } }
      return (await called('GetItem', () => client.getItem({ TableName, Key, ConsistentRead: true }, options))).Item
    },

    async put(puts, options) {
      const write = needed(client.transactWriteItems, 'transactWriteItems')
      const TransactItems = puts.map(({ item, mustExist }) => ({
        Put: {
          TableName,
          Item: item,
          ConditionExpression: `${mustExist ? 'attribute_exists' : 'attribute_not_exists'}(#BranchKeyIdentifierField)`,
          ExpressionAttributeNames: { '#BranchKeyIdentifierField': ID },
        },
      }))
      const ClientRequestToken = crypto.randomUUID() // if an answer is lost, sending it again does nothing
      return called('TransactWriteItems', async () => {
        for (let attempt = 1; ; attempt++) {
          try {
            await write.call(client, { TransactItems, ClientRequestToken }, options)
            return true
          } catch (error) {
            const reasons = reasonsOf(error)
            if (reasons.includes('ConditionalCheckFailed')) return false
            if (!reasons.includes('TransactionConflict') || attempt === ATTEMPTS) throw error
          }
          await pause(Math.random() * 50 * 2 ** attempt, options?.signal)
        }
      })
    },

    async createTable(options) {
      const keys = [ID, TYPE].map((name) => ({ name, type: 'S' }) as const)
      await createKeyTable({ tableName: TableName, keys, client, called, failure }, options)
    },
  }
}

function nameOf(error: unknown): unknown {
  return error instanceof Error ? error.name : undefined
}

/** Why a transaction was cancelled: a code for each of its actions. */
function reasonsOf(error: unknown): readonly unknown[] {
  const { CancellationReasons: reasons = [] } = error as { readonly CancellationReasons?: readonly { readonly Code?: string }[] }
  return nameOf(error) === 'TransactionCanceledException' ? reasons.map(({ Code }) => Code) : []
}
