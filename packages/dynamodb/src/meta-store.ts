/**
 * The MetaStore of the classic format's clients: keys in versions, kept in a table whose items are encrypted in this format
 * under a provider of its own (Java and Python: `MetaStore`; classic-item-format, 8.6).
 *
 *     N (S, partition key)   material name        V (N, sort key)   version
 *
 * All reads are consistent. A version is never changed, and one that is missing is never made again: what was written
 * under it could not be read any more.
 *
 * @module
 */
import { type Item, ItemCryptoError, type MaybePromise, webCrypto } from '@itemseal/core'
import { type ClassicItemEncryptorOptions, classicItemEncryptor, type MaterialsProvider } from '@itemseal/core/classic'
import {
  checkMaterialName,
  META_STORE,
  metaStoreActions,
  metaStoreProvider,
  newMetaStoreItem,
  type ProviderStore,
} from '@itemseal/core/classic/most-recent'
import type { DynamoDbCallOptions, DynamoDbGet, DynamoDbPut, DynamoDbQuery, DynamoDbTableAdmin, PutItemInput } from './client.ts'
import { type CreateTableOptions, createKeyTable } from './key-table.ts'

export type { CreateTableOptions } from './key-table.ts'

/** The calls that a store makes. One that is only read needs the first, one that is written by too the second. */
export type MetaStoreClient = DynamoDbGet & Partial<DynamoDbQuery & DynamoDbPut & DynamoDbTableAdmin>

/** Attributes of your own in every new item of the store (Java: `ExtraDataSupplier`). */
export interface ExtraData {
  attributes(materialName: string, version: number): MaybePromise<Item>
  /** Those that stay readable; the others are encrypted. Every reader of the store must know them. */
  readonly signedOnlyFields?: readonly string[]
}

/** For `metaStore`: the table, and the keys of its own items. */
export interface MetaStoreOptions
  extends Pick<ClassicItemEncryptorOptions, 'tableName' | 'provider' | 'dialect' | 'overrideEncryptionContext' | 'primitives'> {
  /** Such as `sdkDynamoDbCalls(new DynamoDBClient({}))`: one without a plugin for this table. */
  readonly client: MetaStoreClient
  readonly extraData?: ExtraData
}

/** One version of named materials, for `classicItemEncryptor`. */
export interface VersionedProvider {
  readonly version: number
  readonly provider: MaterialsProvider
}

/** For `cachingMostRecentProvider`, and for those who make versions. */
export interface MetaStore extends ProviderStore {
  /**
   * Makes the table, or finds that there is one with the right keys, and waits until it can be used.
   *
   * @throws `CONFIGURATION` if there is a table of this name with other keys; `NO_MATERIALS` if the wait is over before.
   */
  createTable(options?: CreateTableOptions): Promise<void>
  /** The newest version of a material; `undefined` if there is none yet. Needs no key. */
  maxVersion(materialName: string, options?: DynamoDbCallOptions): Promise<number | undefined>
  /** @throws `NO_MATERIALS` if there is no such version. */
  provider(materialName: string, version: number, options?: DynamoDbCallOptions): Promise<MaterialsProvider>
  /** The same, made if it is not there. Who comes second gets what the first one made. */
  createProvider(materialName: string, version: number, options?: DynamoDbCallOptions): Promise<MaterialsProvider>
  /** The version after the newest; of several callers at the same time some may get one version. The first is 0. */
  newProvider(materialName: string, options?: DynamoDbCallOptions): Promise<VersionedProvider>
  /**
   * Copies a version into another store, under that one's own provider and table name; resolves to `false` if it is there already.
   *
   * @throws `CONFIGURATION` if what is there has other keys.
   */
  replicate(materialName: string, version: number, target: MetaStore, options?: DynamoDbCallOptions): Promise<boolean>
}

const KEYS = [
  { name: 'N', type: 'S' },
  { name: 'V', type: 'N' },
] as const

/** What a store shows to another one that copies into it, and to nobody else. */
const ITEMS: unique symbol = Symbol('items')

interface Items {
  /** Decrypted; `undefined` if it is not there. */
  get(materialName: string, version: number, options?: DynamoDbCallOptions): Promise<Item | undefined>
  /** Whether it was put: `false` if there is one already. */
  put(item: Item, options?: DynamoDbCallOptions): Promise<boolean>
}

/**
 * Opens the store that lies in a table. Both peers read what it writes, and it reads what they write.
 *
 * Whatever a call ends with is thrown, as `NO_MATERIALS` with the client's error as `cause`; and no key is given to anyone that is
 * not known to be stored. A put whose answer was lost is safe to repeat: the condition fails, and what is stored is read.
 *
 * @throws `CONFIGURATION` for `signedOnlyFields` that name a part of the material.
 *
 * @example
 * const client = sdkDynamoDbCalls(new DynamoDBClient({}))
 * const store = metaStore({ tableName: 'metastore', client, provider: storeProvider })
 * const provider = cachingMostRecentProvider({ store, materialName: 'orders', ttl: 60_000 })
 * const orders = classicTable({ partitionKey: 'id', provider })
 */
export function metaStore({ client, extraData, ...options }: MetaStoreOptions): MetaStore {
  const { tableName, primitives = webCrypto } = options
  const encryptor = classicItemEncryptor({ ...options, ...META_STORE, actions: metaStoreActions(extraData?.signedOnlyFields) })

  const items: Items = {
    async get(materialName, version, callOptions) {
      const key = { N: { S: materialName }, V: { N: String(version) } }
      const { Item } = await called('GetItem', () => client.getItem({ TableName: tableName, Key: key, ConsistentRead: true }, callOptions))
      if (Item === undefined) return undefined
      const item = await encryptor.decryptItem(Item)
      const { N, V } = item as { N?: { S?: string }; V?: { N?: string } } // looked at next
      if (N?.S !== materialName || V?.N !== String(version)) throw failure('NOT_AUTHENTIC', 'the item that was given is another one')
      return item
    },
    async put(item, callOptions) {
      const put = needed(client.putItem, 'putItem')
      const input: PutItemInput = {
        TableName: tableName,
        Item: await encryptor.encryptItem(item),
        ConditionExpression: 'attribute_not_exists(#N) AND attribute_not_exists(#V)',
        ExpressionAttributeNames: { '#N': 'N', '#V': 'V' },
      }
      return called('PutItem', async () => {
        try {
          await put.call(client, input, callOptions)
          return true
        } catch (error) {
          if (nameOf(error) === 'ConditionalCheckFailedException') return false
          throw error
        }
      })
    },
  }

  async function newItem(materialName: string, version: number): Promise<Item> {
    const material = newMetaStoreItem(materialName, version, primitives)
    const extra = (await extraData?.attributes(materialName, version)) ?? {}
    const taken = Object.keys(extra).find((name) => Object.hasOwn(material, name))
    if (taken !== undefined) throw failure('CONFIGURATION', `extraData: attribute ${JSON.stringify(taken)} is the material's own`)
    return { ...extra, ...material }
  }

  const store: MetaStore & { readonly [ITEMS]: Items } = {
    [ITEMS]: items,

    async createTable(callOptions) {
      await createKeyTable({ tableName, keys: KEYS, client, called, failure }, callOptions)
    },

    async maxVersion(materialName, callOptions) {
      const query = needed(client.query, 'query')
      const input = {
        TableName: tableName,
        KeyConditionExpression: '#N = :name',
        ProjectionExpression: '#V',
        ExpressionAttributeNames: { '#N': 'N', '#V': 'V' },
        ExpressionAttributeValues: { ':name': { S: checkMaterialName(materialName) } },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: 1,
      }
      const { Items = [] } = await called('Query', () => query.call(client, input, callOptions))
      return Items[0] && versionIn(Items[0])
    },

    async provider(materialName, version, callOptions) {
      checkVersion(version)
      const item = await items.get(checkMaterialName(materialName), version, callOptions)
      if (item === undefined) throw failure('NO_MATERIALS', `there is no version ${version} of this material`)
      return metaStoreProvider(item)
    },

    async createProvider(materialName, version, callOptions) {
      checkVersion(version)
      const item = await newItem(materialName, version)
      if (await items.put(item, callOptions)) return metaStoreProvider(item)
      return store.provider(materialName, version, callOptions)
    },

    async newProvider(materialName, callOptions) {
      const newest = await store.maxVersion(materialName, callOptions)
      const version = newest === undefined ? 0 : newest + 1
      return { version, provider: await store.createProvider(materialName, version, callOptions) }
    },

    async replicate(materialName, version, target, callOptions) {
      if (!isStore(target)) throw failure('CONFIGURATION', 'replicate: a target made by metaStore is wanted')
      checkVersion(version)
      const item = await items.get(checkMaterialName(materialName), version, callOptions)
      if (item === undefined) throw failure('NO_MATERIALS', `there is no version ${version} of this material`)
      if (await target[ITEMS].put(item, callOptions)) return true
      const there = await target[ITEMS].get(materialName, version, callOptions)
      if (there === undefined || !haveSameKeys(item, there))
        throw failure('CONFIGURATION', `replicate: version ${version} in the target has other keys`)
      return false
    },
  }
  return store

  /** A failure of the client with our own code. */
  async function called<T>(operation: string, call: () => Promise<T>): Promise<T> {
    try {
      return await call()
    } catch (cause) {
      throw failure('NO_MATERIALS', `${operation} failed`, cause)
    }
  }

  function versionIn({ V }: Item): number {
    const version = V !== undefined && 'N' in V ? Number(V.N) : Number.NaN
    if (!isVersion(version)) throw failure('MALFORMED', 'attribute "V" is no version')
    return version
  }

  function failure(code: ItemCryptoError['code'], message: string, cause?: unknown): ItemCryptoError {
    return new ItemCryptoError(code, `metastore ${JSON.stringify(tableName)}: ${message}`, cause === undefined ? {} : { cause })
  }

  function needed<T>(call: T | undefined, name: string): T {
    if (call === undefined) throw failure('CONFIGURATION', `client without ${name}`)
    return call
  }

  function checkVersion(version: number): void {
    if (!isVersion(version)) throw failure('CONFIGURATION', 'version: a whole number from 0 on is wanted')
  }
}

function isStore(store: MetaStore): store is MetaStore & { readonly [ITEMS]: Items } {
  return ITEMS in store
}

function isVersion(version: number): boolean {
  return Number.isSafeInteger(version) && version >= 0
}

function haveSameKeys(one: Item, other: Item): boolean {
  return ['enc', 'int'].every((name) => {
    const [a, b] = [one, other].map((item) => (item[name] as { B?: Uint8Array }).B) // what was decrypted has both
    return a !== undefined && b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i])
  })
}

function nameOf(error: unknown): unknown {
  return error instanceof Error ? error.name : undefined
}
