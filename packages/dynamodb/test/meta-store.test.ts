import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { hmacSigner, type Item } from '@itemseal/core'
import { classicItemEncryptor, type ItemEncryptor, type MaterialsProvider, staticProvider } from '@itemseal/core/classic'
import { cachingMostRecentProvider, META_STORE } from '@itemseal/core/classic/most-recent'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { classicTable } from '../src/classic.ts'
import { type MetaStore, type MetaStoreOptions, metaStore } from '../src/meta-store.ts'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { ATTRIBUTES, PROVIDER, SCHEMA } from './formats.ts'
import { clientAt, KINDS } from './kinds.ts'
import { ADA, ADA_KEY, SECRETS, usePeople } from './people.ts'
import { type ObservedServer, startServer } from './server.ts'

const otherProvider = staticProvider({
  encryptionKey: new Uint8Array(32).fill(8),
  signer: hmacSigner('HmacSHA256', new Uint8Array(32).fill(9)),
})
const withCode = (code: string, words = '') =>
  expect.objectContaining({ name: 'ItemCryptoError', code, message: expect.stringContaining(words) })
const causedBy = (name: string) => expect.objectContaining({ code: 'NO_MATERIALS', cause: expect.objectContaining({ name }) })
const denied = { respond: { status: 400, body: { __type: 'com.amazon.coral#AccessDeniedException', message: 'no' } } }
const item: Item = { id: { S: '1' }, name: { S: 'Ada Lovelace' } }
const encryptorWith = (provider: MaterialsProvider): ItemEncryptor =>
  classicItemEncryptor({ tableName: 'orders', partitionKey: 'id', provider })

let server: ObservedServer
let count = 0
beforeAll(async () => {
  server = await startServer()
})
beforeEach(() => server.reset())
afterAll(() => server.close())

const callsWith = (options: object = {}) => sdkDynamoDbCalls(clientAt(server.endpoint, options))
const namesOf = () => server.requests.map(({ operation }) => operation)

/** A store over a table of its own, empty unless it is said how many versions it has. */
async function newStore(
  options: Partial<MetaStoreOptions> = {},
  versions = 0,
): Promise<MetaStore & { tableName: string; stored(): Promise<Item[]> }> {
  const tableName = `metastore-${++count}`
  const store = metaStore({ tableName, client: callsWith(), provider: PROVIDER, ...options })
  await store.createTable()
  for (let i = 0; i < versions; i++) await store.newProvider('orders')
  server.reset()
  const stored = async () => ((await clientAt(server.endpoint).send(new ScanCommand({ TableName: tableName }))).Items ?? []) as Item[]
  return { ...store, tableName, stored }
}

/** Whether what one wrote the other reads. */
async function expectSameKeys(...providers: MaterialsProvider[]): Promise<void> {
  const encrypted = await encryptorWith(providers[0]!).encryptItem(item)
  for (const provider of providers) expect(await encryptorWith(provider).decryptItem(encrypted)).toEqual(item)
}

describe('versions in a MetaStore', () => {
  test('begin with 0, go up by one, and are found again with the keys that they had', async () => {
    const store = await newStore()
    expect(await store.maxVersion('orders')).toBeUndefined()
    for (const wanted of [0, 1, 2]) {
      const { version, provider } = await store.newProvider('orders')
      expect(version).toBe(wanted)
      await expectSameKeys(provider, await store.provider('orders', wanted), await store.createProvider('orders', wanted))
    }
    expect(await store.maxVersion('orders')).toBe(2)
    expect(await store.maxVersion('invoices')).toBeUndefined()
    const [old, recent] = await Promise.all([store.provider('orders', 0), store.provider('orders', 2)])
    const encrypted = await encryptorWith(old).encryptItem(item)
    await expect(encryptorWith(recent).decryptItem(encrypted)).rejects.toThrow(withCode('NO_MATERIALS', 'content key: not of this key'))
  })

  test('the tenth and later ones are newer than the ninth', async () => {
    const store = await newStore({}, 11)
    expect(await store.maxVersion('orders')).toBe(10)
  })

  test('lie in the table as the peers have it: name and number readable, all else not', async () => {
    const store = await newStore({}, 1)
    const [stored] = await store.stored()
    expect(stored).toMatchObject({ N: { S: 'orders' }, V: { N: '0' } })
    const { N: _, V: __, ...rest } = stored!
    expect(Object.keys(rest).sort()).toEqual(['*amzn-ddb-map-desc*', '*amzn-ddb-map-sig*', 'enc', 'encAlg', 'int', 'intAlg', 't'])
    expect(Object.values(rest).every((value) => 'B' in value)).toBe(true)
    const encryptor = classicItemEncryptor({ tableName: store.tableName, ...META_STORE, provider: PROVIDER })
    const plain = await encryptor.decryptItem(stored!)
    expect(plain).toMatchObject({ t: { S: '0' }, encAlg: { S: 'AES' }, intAlg: { S: 'HmacSHA256' } })
    const [enc, int] = [plain.enc, plain.int].map((value) => (value as { B: Uint8Array }).B)
    expect([enc!.length, int!.length]).toEqual([32, 32])
    expect(enc).not.toEqual(int)
  })

  test('are read consistently, and of the newest only its number', async () => {
    const store = await newStore({}, 1)
    await store.maxVersion('orders')
    await store.provider('orders', 0)
    expect(server.requests).toMatchObject([
      { operation: 'Query', body: { ConsistentRead: true, ScanIndexForward: false, Limit: 1, ProjectionExpression: '#V' } },
      { operation: 'GetItem', body: { ConsistentRead: true } },
    ])
  })

  test('a missing one is not made again', async () => {
    const store = await newStore({}, 2)
    await expect(store.provider('orders', 5)).rejects.toThrow(withCode('NO_MATERIALS', 'there is no version 5'))
    expect(namesOf()).toEqual(['GetItem'])
  })

  test.each(['', 'a#b'])('are not made or asked for under a name that no reader could take apart: %j', async (name) => {
    const store = await newStore()
    for (const call of [
      () => store.maxVersion(name),
      () => store.provider(name, 0),
      () => store.createProvider(name, 0),
      () => store.newProvider(name),
      () => store.replicate(name, 0, store),
    ])
      await expect(call()).rejects.toThrow(withCode('CONFIGURATION', 'materialName'))
    expect(namesOf()).toEqual([])
  })

  test.each([-1, 0.5, Number.NaN, 2 ** 53])('have whole numbers: not %d', async (version) => {
    const store = await newStore()
    await expect(store.createProvider('orders', version)).rejects.toThrow(withCode('CONFIGURATION', 'version'))
    await expect(store.provider('orders', version)).rejects.toThrow(withCode('CONFIGURATION', 'version'))
  })
})

describe('the table of a MetaStore', () => {
  test('is made once, and one with the right keys is as good', async () => {
    const store = await newStore({}, 1)
    await store.createTable()
    expect(await store.maxVersion('orders')).toBe(0)
  })

  test('is refused if it has other keys', async () => {
    const { tableName } = await newStore()
    server.onRequest = (operation) =>
      operation === 'DescribeTable'
        ? { transformResponse: () => ({ Table: { KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }] } }) }
        : undefined
    const store = metaStore({ tableName, client: callsWith(), provider: PROVIDER })
    await expect(store.createTable()).rejects.toThrow(withCode('CONFIGURATION', 'other keys'))
  })

  test('that is not there is told of', async () => {
    const store = metaStore({ tableName: 'nowhere', client: callsWith(), provider: PROVIDER })
    for (const call of [() => store.maxVersion('orders'), () => store.provider('orders', 0), () => store.newProvider('orders')])
      await expect(call()).rejects.toThrow(causedBy('ResourceNotFoundException'))
  })
})

describe('no key is lost', () => {
  test('a put that is denied is thrown, and nobody gets the keys', async () => {
    const store = await newStore()
    server.onRequest = (operation) => (operation === 'PutItem' ? denied : undefined)
    await expect(store.createProvider('orders', 0)).rejects.toThrow(causedBy('AccessDeniedException'))
    await expect(store.newProvider('orders')).rejects.toThrow(causedBy('AccessDeniedException'))
    const encryptor = encryptorWith(cachingMostRecentProvider({ store, materialName: 'orders', ttl: 1000 }))
    await expect(encryptor.encryptItem(item)).rejects.toThrow(causedBy('AccessDeniedException'))
    expect(await store.stored()).toEqual([])
  })

  test.each(['ValidationException', 'ItemCollectionSizeLimitExceededException', 'ResourceNotFoundException', 'SomethingNew'])(
    'a put that fails with %s is thrown',
    async (name) => {
      const store = await newStore()
      server.onRequest = (operation) =>
        operation === 'PutItem' ? { respond: { status: 400, body: { __type: name, message: '' } } } : undefined
      await expect(store.createProvider('orders', 0)).rejects.toThrow(causedBy(name))
    },
  )

  test('a put whose answer is lost is repeated by the client, and gives the keys that are stored', async () => {
    const store = await newStore()
    let puts = 0
    server.onRequest = (operation) => (operation === 'PutItem' && puts++ === 0 ? { drop: 'after' } : undefined)
    const { version, provider } = await store.newProvider('orders')
    expect([version, puts, (await store.stored()).length]).toEqual([0, 2, 1])
    await expectSameKeys(provider, await store.provider('orders', 0))
  })

  test('a put whose answer is lost for good is thrown, and the next caller finds what is stored', async () => {
    const store = await newStore({ client: callsWith({ maxAttempts: 1 }) })
    server.onRequest = (operation) => (operation === 'PutItem' ? { drop: 'after' } : undefined)
    await expect(store.createProvider('orders', 0)).rejects.toThrow(withCode('NO_MATERIALS', 'PutItem failed'))
    server.reset()
    await expectSameKeys(await store.createProvider('orders', 0), await store.provider('orders', 0))
    expect(await store.stored()).toHaveLength(1)
  })

  test('a version that was there when it was to be made, and is gone when it is read, is an error', async () => {
    const store = await newStore({}, 1)
    server.onRequest = (operation) => (operation === 'GetItem' ? { transformResponse: () => ({}) } : undefined)
    await expect(store.createProvider('orders', 0)).rejects.toThrow(withCode('NO_MATERIALS', 'no version 0'))
  })

  test('a hundred who make the first version at the same time have one key', async () => {
    const store = await newStore()
    const stores = Array.from({ length: 4 }, () => metaStore({ tableName: store.tableName, client: callsWith(), provider: PROVIDER }))
    const providers = await Promise.all(Array.from({ length: 100 }, (_, i) => stores[i % 4]!.createProvider('orders', 0)))
    await expectSameKeys(...providers)
    expect(await store.stored()).toHaveLength(1)
  })

  test('a hundred who make a new version at the same time have what is stored under the number they get', async () => {
    const store = await newStore({}, 1)
    const made = await Promise.all(Array.from({ length: 100 }, () => store.newProvider('orders')))
    const versions = [...new Set(made.map(({ version }) => version))].sort((a, b) => a - b)
    expect((await store.stored()).map(({ V }) => Number((V as { N: string }).N)).sort((a, b) => a - b)).toEqual([0, ...versions])
    for (const version of versions) {
      const providers = made.filter((one) => one.version === version).map(({ provider }) => provider)
      await expectSameKeys(await store.provider('orders', version), ...providers)
    }
  })
})

describe('an item of the store that is not what it should be is refused:', () => {
  test('one that was changed', async () => {
    const store = await newStore({}, 1)
    server.onRequest = (operation) =>
      operation === 'GetItem' ? { transformResponse: ({ Item }) => ({ Item: { ...(Item as object), int: { B: 'AAAA' } } }) } : undefined
    await expect(store.provider('orders', 0)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('another version than the one asked for, however well it is signed', async () => {
    const store = await newStore({}, 2)
    server.onRequest = (operation) =>
      operation === 'GetItem' ? { transformRequest: (body) => ({ ...body, Key: { N: { S: 'orders' }, V: { N: '0' } } }) } : undefined
    await expect(store.provider('orders', 1)).rejects.toThrow(withCode('NOT_AUTHENTIC', 'another one'))
  })

  test('one of another store, or under another provider', async () => {
    const store = await newStore({}, 1)
    const other = await newStore({}, 1)
    server.onRequest = (operation) =>
      operation === 'GetItem' ? { transformRequest: (body) => ({ ...body, TableName: other.tableName }) } : undefined
    await expect(store.provider('orders', 0)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
    server.reset()
    const stranger = metaStore({ tableName: store.tableName, client: callsWith(), provider: otherProvider })
    await expect(stranger.provider('orders', 0)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('a newest version that is no number', async () => {
    const store = await newStore({}, 1)
    server.onRequest = () => ({ transformResponse: () => ({ Items: [{ V: { N: '-1' } }] }) })
    await expect(store.maxVersion('orders')).rejects.toThrow(withCode('MALFORMED', '"V"'))
  })
})

describe('replicate', () => {
  test('copies a version under the provider and the name of the target, once', async () => {
    const store = await newStore({}, 2)
    const target = await newStore({ provider: otherProvider })
    expect(await store.replicate('orders', 1, target)).toBe(true)
    expect(await store.replicate('orders', 1, target)).toBe(false)
    await expectSameKeys(await store.provider('orders', 1), await target.provider('orders', 1))
    expect(await target.maxVersion('orders')).toBe(1)
    await expect(target.provider('orders', 0)).rejects.toThrow(withCode('NO_MATERIALS'))
  })

  test('says so if the target has other keys under that version', async () => {
    const [store, target] = [await newStore({}, 1), await newStore({}, 1)]
    await expect(store.replicate('orders', 0, target)).rejects.toThrow(withCode('CONFIGURATION', 'other keys'))
  })

  test('copies nothing that is not there, and not into what is no store', async () => {
    const store = await newStore()
    await expect(store.replicate('orders', 0, store)).rejects.toThrow(withCode('NO_MATERIALS'))
    await expect(store.replicate('orders', 0, {} as MetaStore)).rejects.toThrow(withCode('CONFIGURATION', 'target'))
  })
})

describe('extra data', () => {
  const extraData = {
    attributes: (materialName: string, version: number): Item => ({
      owner: { S: `${materialName} ${version}` },
      secret: { S: 'Bernoulli' },
    }),
    signedOnlyFields: ['owner'],
  }

  test('is put beside the material, encrypted unless it is named', async () => {
    const store = await newStore({ extraData })
    const { provider } = await store.newProvider('orders')
    expect(JSON.stringify(server.requests)).not.toContain('Bernoulli')
    expect(await store.stored()).toMatchObject([{ owner: { S: 'orders 0' }, secret: { B: expect.anything() } }])
    await expectSameKeys(provider, await store.provider('orders', 0))
    const unaware = metaStore({ tableName: store.tableName, client: callsWith(), provider: PROVIDER })
    await expect(unaware.provider('orders', 0)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('goes along when a version is replicated', async () => {
    const [store, target] = [await newStore({ extraData }, 1), await newStore({ extraData, provider: otherProvider })]
    expect(await store.replicate('orders', 0, target)).toBe(true)
    expect(await target.stored()).toMatchObject([{ owner: { S: 'orders 0' } }])
  })

  test.each(['t', 'enc', 'encAlg', 'int', 'intAlg'])('cannot make %s readable, nor replace it', async (name) => {
    const options = { tableName: 'metastore', client: callsWith(), provider: PROVIDER }
    const attributes = () => ({ [name]: { S: '' } })
    expect(() => metaStore({ ...options, extraData: { attributes, signedOnlyFields: [name] } })).toThrow(
      withCode('CONFIGURATION', `"${name}" must be encrypted`),
    )
    const store = metaStore({ ...options, extraData: { attributes } })
    await expect(store.createProvider('orders', 0)).rejects.toThrow(withCode('CONFIGURATION', `"${name}"`))
    expect(namesOf()).toEqual([])
  })
})

describe('calls', () => {
  test('are called off by a signal', async () => {
    const store = await newStore({}, 1)
    server.onRequest = () => ({ delayMs: 60_000 })
    const controller = new AbortController()
    const options = { signal: controller.signal }
    const asked = [
      store.maxVersion('orders', options),
      store.provider('orders', 0, options),
      store.createProvider('orders', 0, options),
      store.newProvider('orders', options),
    ]
    setTimeout(() => controller.abort(), 50)
    for (const call of asked) await expect(call).rejects.toThrow(causedBy('AbortError'))
  })

  test('a client that can only read serves a reader, and a writer under what is there', async () => {
    const { tableName } = await newStore({}, 1)
    const { getItem, query } = callsWith()
    const store = metaStore({ tableName, client: { getItem, query }, provider: PROVIDER })
    const encryptor = encryptorWith(cachingMostRecentProvider({ store, materialName: 'orders', ttl: 1000 }))
    expect(await encryptor.decryptItem(await encryptor.encryptItem(item))).toEqual(item)
    await expect(store.newProvider('orders')).rejects.toThrow(withCode('CONFIGURATION', 'putItem'))
    const reader = metaStore({ tableName, client: { getItem }, provider: PROVIDER })
    await expect(reader.maxVersion('orders')).rejects.toThrow(withCode('CONFIGURATION', 'query'))
    await expect(reader.createTable()).rejects.toThrow(withCode('CONFIGURATION', 'createTable'))
  })
})

describe('a table whose keys are in a MetaStore, under the plugin', () => {
  const people = usePeople()

  test.each(KINDS)('is written under the newest version and read under all, by a $kind client', async ({ send, item: of }) => {
    const store = await newStore()
    const provider = cachingMostRecentProvider({ store, materialName: 'people', ttl: 60_000 })
    const table = classicTable({ ...SCHEMA, provider, actions: { attributes: ATTRIBUTES } })
    const client = people.clientWith({ tables: { [people.table]: table } })
    const put = (at: number) => send(client, 'PutItem', { TableName: people.table, Item: of({ ...ADA, at }) })
    await put(1)
    await store.newProvider('people')
    await put(2)
    provider.refresh()
    await put(3)
    for (const secret of SECRETS) expect(JSON.stringify([people.server.requests, server.requests])).not.toContain(secret)
    server.reset()
    const found = await send(client, 'Query', {
      TableName: people.table,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: of({ ':id': ADA_KEY.id }),
    })
    expect(found.Items).toMatchObject([1, 2, 3].map((at) => of({ name: ADA.name, at })))
    expect(namesOf()).toEqual(['GetItem']) // version 0: the newest is known
  })
})
