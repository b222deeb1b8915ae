/** Branch key stores over a real table and a real service, both in this process and over HTTP. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { BranchKeyStorage } from '@itemseal/core/materials'
import { branchKeyTable } from '@itemseal/dynamodb/branch-key-table'
import { sdkDynamoDbCalls } from '@itemseal/dynamodb/sdk'
import { type KmsBranchKeyStore, type KmsBranchKeyStoreOptions, kmsBranchKeyStore } from '@itemseal/kms'
import { type RequestAction, startLocalDynamoDb } from '@itemseal/local-dynamodb'
import { type LocalKey, type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { CLIENTS } from './clients.ts'

export interface BranchKeyTables {
  readonly kms: LocalKms
  readonly key: LocalKey
  readonly endpoint: string
  /** Sees the table as it is. */
  readonly raw: DynamoDBClient
  newClient(): DynamoDBClient
  /** Operations on the table since the test began. */
  readonly operations: string[]
  /** What the server shall do with a request; forgotten when the test is over. */
  onRequest: ((operation: string, body: Record<string, unknown>) => RequestAction | undefined) | undefined
  /** A new, empty table. */
  newTable(): Promise<{ tableName: string; storage: BranchKeyStorage }>
  /** Over a new table unless there is a storage in the options. */
  newStore(options?: Partial<KmsBranchKeyStoreOptions>): Promise<KmsBranchKeyStore>
}

export function useBranchKeyTables(): BranchKeyTables {
  const tables = { operations: [] as string[] } as BranchKeyTables & { close(): Promise<void> } // filled before the first test
  beforeAll(async () => {
    let count = 0
    const server = await startLocalDynamoDb({
      onRequest({ operation, body }) {
        tables.operations.push(operation)
        return tables.onRequest?.(operation, body as Record<string, unknown>)
      },
    })
    const { endpoint } = server
    const kms = await startLocalKms()
    const key = await kms.createKey()
    const newClient = () => new DynamoDBClient({ endpoint, region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
    const raw = newClient()
    const newTable = async () => {
      const tableName = `keys-${++count}`
      const storage = branchKeyTable({ tableName, client: sdkDynamoDbCalls(raw) })
      await storage.createTable()
      tables.operations.length = 0
      return { tableName, storage }
    }
    const newStore = async (options: Partial<KmsBranchKeyStoreOptions> = {}) =>
      kmsBranchKeyStore({
        storage: options.storage ?? (await newTable()).storage,
        logicalKeyStoreName: 'keys',
        kms: { kmsKeyArn: key.arn },
        client: (region) => CLIENTS.fetch!(kms, region),
        ...options,
      })
    const close = async () => {
      raw.destroy()
      await Promise.all([server.close(), kms.close()])
    }
    Object.assign(tables, { kms, key, endpoint, raw, newClient, newTable, newStore, close })
  })
  beforeEach(() => {
    tables.onRequest = undefined
    tables.operations.length = 0
    tables.kms.onRequest(undefined)
    tables.kms.resetCalls()
  })
  afterAll(() => tables.close())
  return tables
}
