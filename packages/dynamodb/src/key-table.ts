/**
 * The making of tables that hold keys.
 *
 * @module
 */
import type { ItemCryptoError } from '@itemseal/core'
import type { DynamoDbCallOptions, DynamoDbTableAdmin } from './client.ts'
import { pause } from './pause.ts'
import type { TableAnswer } from './schema.ts'

/** For one call of `createTable`. */
export interface CreateTableOptions extends DynamoDbCallOptions {
  /** How long it is waited for a table that is being made: five minutes by default. */
  readonly maxWaitMs?: number
}

interface KeyTable {
  readonly tableName: string
  /** A partition key and a sort key, with their types. */
  readonly keys: readonly { readonly name: string; readonly type: 'S' | 'N' }[]
  readonly client: Partial<DynamoDbTableAdmin>
  /** Makes failures of ours of those of the client. */
  readonly called: <T>(operation: string, call: () => Promise<T>) => Promise<T>
  readonly failure: (code: ItemCryptoError['code'], message: string) => ItemCryptoError
}

const POLL_MS = 500

/**
 * Makes the table, or finds that there is one with the right keys, and waits until it can be used. Of several who make it at the
 * same time, each ends well.
 *
 * @throws `CONFIGURATION` for a client that cannot, and if there is a table of this name with other keys; `NO_MATERIALS` for
 *   failures of the client, if it is not to be used in the end, and if the wait is over before.
 */
export async function createKeyTable(table: KeyTable, { maxWaitMs = 300_000, signal }: CreateTableOptions = {}): Promise<void> {
  const { tableName: TableName, keys, client, called, failure } = table
  const { createTable, describeTable } = client
  if (createTable === undefined || describeTable === undefined)
    throw failure('CONFIGURATION', `client without ${createTable === undefined ? 'createTable' : 'describeTable'}`)

  /** `undefined` if there is no such table. */
  const describe = (): Promise<TableAnswer['Table']> =>
    called('DescribeTable', async () => {
      try {
        return (await describeTable.call(client, { TableName }, { signal })).Table
      } catch (error) {
        if (nameOf(error) === 'ResourceNotFoundException') return undefined
        throw error
      }
    })

  const types = ['HASH', 'RANGE'] as const
  const KeySchema = keys.map(({ name }, i) => ({ AttributeName: name, KeyType: types[i]! }))
  const AttributeDefinitions = keys.map(({ name, type }) => ({ AttributeName: name, AttributeType: type }))
  const wanted = keysIn(KeySchema)

  let found = await describe()
  if (found === undefined) {
    const input = { TableName, BillingMode: 'PAY_PER_REQUEST', KeySchema, AttributeDefinitions } as const
    await called('CreateTable', async () => {
      try {
        await createTable.call(client, input, { signal })
      } catch (error) {
        if (nameOf(error) !== 'ResourceInUseException') throw error // another was quicker
      }
    })
    found = await describe()
  }
  // By the pauses, not by a clock that may step. What has just been made may not be told of yet.
  for (let waited = 0; found === undefined || found.TableStatus === 'CREATING'; waited += POLL_MS) {
    if (waited >= maxWaitMs) throw failure('NO_MATERIALS', 'the table is still being made')
    await called('DescribeTable', () => pause(Math.min(POLL_MS, maxWaitMs - waited), signal))
    found = await describe()
  }
  const { TableStatus: status = 'ACTIVE' } = found
  if (status !== 'ACTIVE' && status !== 'UPDATING') throw failure('NO_MATERIALS', `the table cannot be used, it is ${status}`)
  if (keysIn(found.KeySchema ?? []) !== wanted) throw failure('CONFIGURATION', 'there is a table of this name with other keys')
}

function keysIn(schema: readonly { readonly AttributeName: string | undefined; readonly KeyType: string | undefined }[]): string {
  return JSON.stringify(schema.map(({ AttributeName, KeyType }) => [AttributeName, KeyType]))
}

function nameOf(error: unknown): unknown {
  return error instanceof Error ? error.name : undefined
}
