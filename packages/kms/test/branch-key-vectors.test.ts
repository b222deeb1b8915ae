/** What the Java client's key store and its keyring wrote, read here without it: `vectors/branch-keys`. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { type Item, itemFromJson, webCrypto } from '@itemseal/core'
import { hierarchicalKeyring } from '@itemseal/core/materials'
import { type StructuredItemEncryptorOptions, structuredItemEncryptor } from '@itemseal/core/structured'
import { branchKeyTable } from '@itemseal/dynamodb/branch-key-table'
import { sdkDynamoDbCalls } from '@itemseal/dynamodb/sdk'
import { type BranchKeyKmsConfiguration, type KmsBranchKeyStore, kmsBranchKeyStore, regionalKmsClients } from '@itemseal/kms'
import { startLocalDynamoDb } from '@itemseal/local-dynamodb'
import { type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { nodeCrypto } from '@itemseal/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { normal } from '../../core/test/support/structured-vectors.ts'
import { CLIENTS } from './clients.ts'

interface Key {
  readonly branchKeyId: string
  readonly encryptionContext: Readonly<Record<string, string>>
  /** In the order in which they were made. */
  readonly versions: readonly { readonly version: string; readonly sha256: string }[]
  readonly beacon: string
}

interface Case {
  readonly name: string
  readonly branchKeyId: string
  readonly config: Omit<StructuredItemEncryptorOptions, 'tableName' | 'keyring' | 'primitives'> & { readonly table: string }
  readonly plaintext: object
  readonly encrypted: object
}

interface Store {
  readonly name: string
  readonly logicalName: string
  /** As what each of them opens. */
  readonly kms: readonly BranchKeyKmsConfiguration[]
  readonly keys: readonly Key[]
  readonly items: readonly object[]
  readonly cases: readonly Case[]
}

const folder = new URL('../../../vectors/branch-keys/', import.meta.url)
const { stores } = JSON.parse(readFileSync(new URL('written-by-java.json', folder), 'utf8')) as { stores: Store[] }
const sha256 = (key: Uint8Array) => createHash('sha256').update(key).digest('hex')

let kms: LocalKms
let dynamoDb: DynamoDBClient
let close: () => Promise<unknown>
beforeAll(async () => {
  kms = await startLocalKms({ file: fileURLToPath(new URL('keys.json', folder)) })
  const server = await startLocalDynamoDb()
  dynamoDb = new DynamoDBClient({ endpoint: server.endpoint, region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  close = () => Promise.all([server.close(), kms.close()])
})
afterAll(async () => {
  dynamoDb.destroy()
  await close()
})

describe.each(stores)('a table that the Java client filled, under $name', ({ logicalName, kms: configurations, keys, items, cases }) => {
  const tableName = `keys-${stores.findIndex((store) => store.items === items)}`
  const storage = () => branchKeyTable({ tableName, client: sdkDynamoDbCalls(dynamoDb) })
  function open(configuration: BranchKeyKmsConfiguration, logicalKeyStoreName = logicalName): KmsBranchKeyStore {
    const client = regionalKmsClients({ create: (region) => CLIENTS.fetch!(kms, region) })
    return kmsBranchKeyStore({ storage: storage(), logicalKeyStoreName, kms: configuration, client })
  }
  function encryptorOf({ branchKeyId, config: { table, ...config } }: Case, keyStore: KmsBranchKeyStore, primitives = nodeCrypto) {
    const keyring = hierarchicalKeyring({ keyStore, branchKeyId, ttlSeconds: 600 })
    return structuredItemEncryptor({ ...config, tableName: table, keyring, primitives })
  }
  beforeAll(async () => {
    await storage().createTable()
    for (const item of items) await dynamoDb.send(new PutItemCommand({ TableName: tableName, Item: itemFromJson(item) as never }))
  })

  test.each(configurations)(
    'opens as %j: every version, the active one and the beacon key are what that client says',
    async (configuration) => {
      const store = open(configuration)
      for (const { branchKeyId, encryptionContext, versions, beacon } of keys) {
        for (const { version, sha256: digest } of versions) {
          const key = await store.getBranchKeyVersion(branchKeyId, version)
          expect({ ...key, branchKey: sha256(key.branchKey) }).toEqual({ branchKeyId, version, encryptionContext, branchKey: digest })
        }
        const newest = versions.at(-1)!.version
        expect(await store.getActiveBranchKey(branchKeyId)).toEqual(await store.getBranchKeyVersion(branchKeyId, newest))
        expect(sha256(await store.getBeaconKey(branchKeyId))).toBe(beacon)
      }
    },
  )

  test.each(cases.map((it, i) => [it.name, it, i] as const))('gives the key of an item: %s', async (_, it, i) => {
    const store = open(configurations[i % configurations.length]!)
    const encryptor = encryptorOf(it, store, i % 2 === 0 ? nodeCrypto : webCrypto)
    const encrypted = itemFromJson(it.encrypted)
    expect(normal(await encryptor.decryptItem(encrypted))).toEqual(normal(itemFromJson(it.plaintext)))
    const moved: Item = { ...encrypted, [it.config.partitionKey]: { S: 'of another item' } }
    await expect(encryptor.decryptItem(moved)).rejects.toMatchObject({ code: expect.stringMatching(/^(NO_MATERIALS|NOT_AUTHENTIC)$/) })
  })

  test('gives no key under another logical name, nor to an item of another branch key', async () => {
    const [it] = cases as [Case]
    const encrypted = itemFromJson(it.encrypted)
    const elsewhere = open(configurations[0]!, 'another')
    await expect(elsewhere.getActiveBranchKey(it.branchKeyId)).rejects.toMatchObject({ code: 'NO_MATERIALS' })
    await expect(encryptorOf(it, elsewhere).decryptItem(encrypted)).rejects.toMatchObject({ code: 'NO_MATERIALS' })
    const { branchKeyId } = keys.find((key) => key.branchKeyId !== it.branchKeyId)!
    const other = encryptorOf({ ...it, branchKeyId }, open(configurations[0]!))
    await expect(other.decryptItem(encrypted)).rejects.toMatchObject({ code: 'NO_MATERIALS' })
  })

  test('is renewed: the items of that client are still read, and the table holds one version more', async () => {
    const [it] = cases as [Case]
    const store = open(configurations[0]!)
    const before = await store.getActiveBranchKey(it.branchKeyId)
    const beacon = await store.getBeaconKey(it.branchKeyId)
    const version = await store.versionKey({ branchKeyIdentifier: it.branchKeyId })
    expect(await store.getActiveBranchKey(it.branchKeyId)).toMatchObject({ version, encryptionContext: before.encryptionContext })
    expect(await store.getBranchKeyVersion(it.branchKeyId, before.version)).toEqual(before)
    expect(await store.getBeaconKey(it.branchKeyId)).toEqual(beacon)
    expect((await dynamoDb.send(new ScanCommand({ TableName: tableName }))).Count).toBe(items.length + 1)
    const read = await encryptorOf(it, store).decryptItem(itemFromJson(it.encrypted))
    expect(normal(read)).toEqual(normal(itemFromJson(it.plaintext)))
  })
})
