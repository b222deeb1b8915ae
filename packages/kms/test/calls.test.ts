/** What items cost in calls of KMS and of the key table: counted on the wire. */
import { BatchWriteItemCommand, CreateTableCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import type { Item } from '@itemseal/core'
import { cachingMaterialsManager, defaultMaterialsManager, hierarchicalKeyring, type Keyring } from '@itemseal/core/materials'
import { type StructuredItemEncryptorOptions, structuredItemEncryptor } from '@itemseal/core/structured'
import { itemEncryption } from '@itemseal/dynamodb'
import { structuredTable } from '@itemseal/dynamodb/structured'
import { type KmsBranchKeyStore, kmsKeyring } from '@itemseal/kms'
import { nodeCrypto } from '@itemseal/node'
import { beforeAll, describe, expect, test } from 'vitest'
import { useBranchKeyTables } from './branch-key-tables.ts'
import { CLIENTS } from './clients.ts'

const tables = useBranchKeyTables()
const PAGE: readonly Item[] = Array.from({ length: 100 }, (_, i) => ({ id: { S: 'page' }, at: { N: String(i) }, name: { S: `name ${i}` } }))

const encryptorOver = (keys: Pick<StructuredItemEncryptorOptions, 'keyring'> | Pick<StructuredItemEncryptorOptions, 'materialsManager'>) =>
  structuredItemEncryptor({
    tableName: 'people',
    partitionKey: 'id',
    sortKey: 'at',
    actions: { default: 'ENCRYPT_AND_SIGN' },
    algorithmSuite: '0x6700',
    primitives: nodeCrypto,
    ...keys,
  })

/** Forgets what was counted. */
function recount(): void {
  tables.kms.resetCalls()
  tables.operations.length = 0
}

describe('under a branch key', () => {
  let keyStore: KmsBranchKeyStore
  let branchKeyId: string
  beforeAll(async () => {
    keyStore = await tables.newStore()
    branchKeyId = await keyStore.createKey()
  })
  /** One that knows no key yet. */
  const cold = (): Keyring => hierarchicalKeyring({ keyStore, branchKeyId, ttlSeconds: 600 })
  const one = { kms: 1, decrypt: 1, table: ['GetItem'] }
  const counted = () => ({ kms: tables.kms.calls(), decrypt: tables.kms.calls('Decrypt'), table: tables.operations })

  test('a page of 100 items is written for one call of KMS and one of the key table, and read for as many', async () => {
    const writer = encryptorOver({ keyring: cold() })
    const stored = await Promise.all(PAGE.map((item) => writer.encryptItem(item)))
    expect(counted()).toEqual(one)
    recount()
    const reader = encryptorOver({ keyring: cold() })
    expect(await Promise.all(stored.map((item) => reader.decryptItem(item)))).toEqual(PAGE)
    expect(counted()).toEqual(one)
  })

  test('3,000 reads of it at the same time cost one', async () => {
    const writer = encryptorOver({ keyring: cold() })
    const stored = await Promise.all(PAGE.map((item) => writer.encryptItem(item)))
    recount()
    const reader = encryptorOver({ keyring: cold() })
    const read = await Promise.all(Array.from({ length: 3000 }, (_, i) => reader.decryptItem(stored[i % 100]!)))
    expect(read[2999]).toEqual(PAGE[99])
    expect(counted()).toEqual(one)
  })

  test('with a caching manager over it too, and the second page costs nothing', async () => {
    const manager = () => cachingMaterialsManager({ manager: defaultMaterialsManager(cold()), maxAge: 60_000 })
    const encryptor = encryptorOver({ materialsManager: manager() })
    const stored = await Promise.all(PAGE.map((item) => encryptor.encryptItem(item)))
    await Promise.all(PAGE.map((item) => encryptor.encryptItem(item)))
    expect(counted()).toEqual(one)
    recount()
    const reader = encryptorOver({ materialsManager: manager() })
    await Promise.all(Array.from({ length: 3000 }, (_, i) => reader.decryptItem(stored[i % 100]!)))
    expect(counted()).toEqual(one)
  })

  test('a Query of 100 items through the SDK costs one', async () => {
    await tables.raw.send(
      new CreateTableCommand({
        TableName: 'people',
        BillingMode: 'PAY_PER_REQUEST',
        KeySchema: [
          { AttributeName: 'id', KeyType: 'HASH' },
          { AttributeName: 'at', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'at', AttributeType: 'N' },
        ],
      }),
    )
    const table = structuredTable({
      partitionKey: 'id',
      sortKey: 'at',
      keyring: cold(),
      actions: { default: 'ENCRYPT_AND_SIGN' },
      primitives: nodeCrypto,
    })
    const client = tables.newClient()
    client.middlewareStack.use(itemEncryption({ tables: { people: table } }))
    for (let i = 0; i < 100; i += 25) {
      const people = PAGE.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } }))
      await client.send(new BatchWriteItemCommand({ RequestItems: { people } }))
    }
    recount()
    const { Items } = await client.send(
      new QueryCommand({
        TableName: 'people',
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: 'page' } },
      }),
    )
    expect(Items).toEqual(PAGE)
    expect(counted()).toEqual({ ...one, table: ['Query', 'GetItem'] }) // the branch key that was written with had been asked for as the active one
    client.destroy()
  })
})

describe('under a key of KMS itself', () => {
  const keyring = () => kmsKeyring({ keyId: tables.key.arn, client: (region) => CLIENTS.fetch!(tables.kms, region) })
  const cached = () =>
    encryptorOver({ materialsManager: cachingMaterialsManager({ manager: defaultMaterialsManager(keyring()), maxAge: 60_000 }) })

  test('each item costs a call, both ways', async () => {
    const encryptor = encryptorOver({ keyring: keyring() })
    const stored = await Promise.all(PAGE.slice(0, 10).map((item) => encryptor.encryptItem(item)))
    expect([tables.kms.calls('GenerateDataKey'), tables.kms.calls()]).toEqual([10, 10])
    recount()
    await Promise.all(stored.map((item) => encryptor.decryptItem(item)))
    expect([tables.kms.calls('Decrypt'), tables.kms.calls()]).toEqual([10, 10])
  })

  test('with a caching manager, 100 writes of one item cost one call, and 3,000 reads of it at the same time one', async () => {
    const item = { ...PAGE[0]!, version: { N: '1' } }
    const writer = cached()
    const stored = await Promise.all(Array.from({ length: 100 }, (_, i) => writer.encryptItem({ ...item, version: { N: String(i) } })))
    expect([tables.kms.calls('GenerateDataKey'), tables.kms.calls()]).toEqual([1, 1])
    recount()
    const reader = cached()
    const read = await Promise.all(Array.from({ length: 3000 }, (_, i) => reader.decryptItem(stored[i % 100]!)))
    expect(read[2999]).toEqual({ ...item, version: { N: '99' } })
    expect([tables.kms.calls('Decrypt'), tables.kms.calls()]).toEqual([1, 1])
  })

  test('with a caching manager, different items still cost a call each: KMS binds a data key to the values of the key attributes', async () => {
    const writer = cached()
    await Promise.all(PAGE.slice(0, 10).map((item) => writer.encryptItem(item)))
    expect(tables.kms.calls()).toBe(10)
  })
})
