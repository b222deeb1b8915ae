import { DeleteTableCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { webCrypto } from '@itemseal/core'
import { type BranchKeyStorage, hierarchicalKeyring } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { branchKeyTable } from '@itemseal/dynamodb/branch-key-table'
import { sdkDynamoDbCalls } from '@itemseal/dynamodb/sdk'
import { type KmsBranchKeyStoreOptions, kmsBranchKeyStore } from '@itemseal/kms'
import { describe, expect, test } from 'vitest'
import { useBranchKeyTables } from './branch-key-tables.ts'
import { CLIENTS } from './clients.ts'

const tables = useBranchKeyTables()
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const CUSTOM = { department: 'größe' }
const withCode = (code: string, words = '') => expect.objectContaining({ code, message: expect.stringContaining(words) })
const causedBy = (name: string) => expect.objectContaining({ code: 'NO_MATERIALS', cause: expect.objectContaining({ name }) })
const scan = async (TableName: string) => (await tables.raw.send(new ScanCommand({ TableName }))).Items ?? []
/** As the plugin's users change the table behind our back. */
const overwrite = (TableName: string, Item: object) => tables.raw.send(new PutItemCommand({ TableName, Item: Item as never }))

describe('a new branch key', () => {
  test('has an active item, a version and a beacon key, as the peers lay them out', async () => {
    const { tableName, storage } = await tables.newTable()
    const store = await tables.newStore({ storage, now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) })
    const id = await store.createKey({ branchKeyIdentifier: 'tenant 1', encryptionContext: CUSTOM })
    expect(id).toBe('tenant 1')
    const items = Object.fromEntries((await scan(tableName)).map((item) => [item.type!.S!.slice(0, 14), item]))
    const version = items['branch:version']!.type!.S!
    expect(version.slice('branch:version:'.length)).toMatch(UUID)
    const common = {
      'branch-key-id': { S: 'tenant 1' },
      'create-time': { S: '2026-01-02T03:04:05.678000Z' },
      'hierarchy-version': { N: '1' },
      'kms-arn': { S: tables.key.arn },
      'aws-crypto-ec:department': { S: 'größe' },
      enc: { B: expect.any(Uint8Array) },
    }
    expect(items).toEqual({
      'branch:ACTIVE': { ...common, type: { S: 'branch:ACTIVE' }, version: { S: version } },
      'branch:version': { ...common, type: { S: version } },
      'beacon:ACTIVE': { ...common, type: { S: 'beacon:ACTIVE' } },
    })
  })

  test('is made by two new keys of KMS and one bound anew, and one transaction with conditions in the order of the peers', async () => {
    const { tableName, storage } = await tables.newTable()
    const store = await tables.newStore({ storage })
    const contexts: unknown[] = []
    tables.kms.onRequest(({ operation, body }) => {
      contexts.push([operation, body.EncryptionContext ?? [body.SourceEncryptionContext, body.DestinationEncryptionContext]])
    })
    let sent: Record<string, unknown> = {}
    tables.onRequest = (_, body) => {
      sent = body
      return undefined
    }
    const id = await store.createKey()
    expect(id).toMatch(UUID)
    expect(tables.operations).toEqual(['TransactWriteItems'])
    const puts = (sent.TransactItems as { Put: Record<string, unknown> & { Item: Record<string, { S: string }> } }[]).map(({ Put }) => Put)
    expect(puts.map(({ Item }) => Item.type!.S.slice(0, 14))).toEqual(['branch:version', 'branch:ACTIVE', 'beacon:ACTIVE'])
    for (const put of puts)
      expect(put).toMatchObject({
        TableName: tableName,
        ConditionExpression: 'attribute_not_exists(#BranchKeyIdentifierField)',
        ExpressionAttributeNames: { '#BranchKeyIdentifierField': 'branch-key-id' },
      })
    const versionContext = {
      'branch-key-id': id,
      type: puts[0]!.Item.type!.S,
      'create-time': puts[0]!.Item['create-time']!.S,
      'hierarchy-version': '1',
      'kms-arn': tables.key.arn,
      tablename: 'keys',
    }
    const activeContext = { ...versionContext, type: 'branch:ACTIVE', version: versionContext.type }
    expect(contexts).toEqual([
      ['GenerateDataKeyWithoutPlaintext', versionContext],
      ['ReEncrypt', [versionContext, activeContext]],
      ['GenerateDataKeyWithoutPlaintext', { ...versionContext, type: 'beacon:ACTIVE' }],
    ])
  })

  test('is read as what it is: active and version alike, with its custom context', async () => {
    const store = await tables.newStore()
    const id = await store.createKey({ branchKeyIdentifier: 'a', encryptionContext: CUSTOM })
    const active = await store.getActiveBranchKey(id)
    expect(active).toEqual({
      branchKeyId: id,
      version: expect.stringMatching(UUID),
      branchKey: expect.any(Uint8Array),
      encryptionContext: CUSTOM,
    })
    expect(active.branchKey).toHaveLength(32)
    expect(await store.getBranchKeyVersion(id, active.version)).toEqual(active)
    const beacon = await store.getBeaconKey(id)
    expect(beacon).toHaveLength(32)
    expect(beacon).not.toEqual(active.branchKey)
  })

  test('may be bound to a context with empty names and values, and characters beyond U+FFFF, as by the peers', async () => {
    const store = await tables.newStore()
    const encryptionContext = { '': '', '\u{1F511}': '\u{1F5C3}' }
    expect((await store.getActiveBranchKey(await store.createKey({ encryptionContext }))).encryptionContext).toEqual(encryptionContext)
  })

  test('is refused where there is one of that name, and the old one stays', async () => {
    const store = await tables.newStore()
    const make = () => store.createKey({ branchKeyIdentifier: 'a', encryptionContext: CUSTOM })
    const old = await store.getActiveBranchKey(await make())
    await expect(make()).rejects.toEqual(withCode('CONFIGURATION', 'there is a branch key with this identifier already'))
    expect(await store.getActiveBranchKey('a')).toEqual(old)
  })

  test.each([
    ['an identifier without a context', { branchKeyIdentifier: 'a' }],
    ['an empty identifier', { branchKeyIdentifier: '', encryptionContext: CUSTOM }],
    ['an identifier that is no text', { branchKeyIdentifier: '\uD800', encryptionContext: CUSTOM }],
    ['a context that is not of texts', { encryptionContext: { a: 1 } as never }],
    ['half a character in the name of a context', { encryptionContext: { '\uDC00': 'a' } }],
    ['half a character in the value of a context', { encryptionContext: { a: 'a\uD800' } }],
  ])('is refused with %s, and nothing is asked', async (_, options) => {
    const store = await tables.newStore()
    await expect(store.createKey(options)).rejects.toEqual(withCode('CONFIGURATION'))
    expect([tables.kms.calls(), tables.operations]).toEqual([0, []])
  })
})

describe('a new version', () => {
  test('is written with from then on, the old one is still read, and the beacon key is the same', async () => {
    const store = await tables.newStore()
    const id = await store.createKey({ branchKeyIdentifier: 'a', encryptionContext: CUSTOM })
    const [old, beacon] = [await store.getActiveBranchKey(id), await store.getBeaconKey(id)]
    const version = await store.versionKey({ branchKeyIdentifier: id })
    const active = await store.getActiveBranchKey(id)
    expect(active).toEqual({ ...old, version, branchKey: expect.any(Uint8Array) })
    expect(active.branchKey).not.toEqual(old.branchKey)
    expect(await store.getBranchKeyVersion(id, version)).toEqual(active)
    expect(await store.getBranchKeyVersion(id, old.version)).toEqual(old)
    expect(await store.getBeaconKey(id)).toEqual(beacon)
  })

  test('is made only of a key that is there and that KMS knows', async () => {
    const { tableName, storage } = await tables.newTable()
    const store = await tables.newStore({ storage })
    await expect(store.versionKey({ branchKeyIdentifier: 'a' })).rejects.toEqual(withCode('NO_MATERIALS', 'branch:ACTIVE'))
    const id = await store.createKey()
    const active = (await scan(tableName)).find(({ type }) => type!.S === 'branch:ACTIVE')!
    await overwrite(tableName, { ...active, 'aws-crypto-ec:department': { S: 'another' } })
    await expect(store.versionKey({ branchKeyIdentifier: id })).rejects.toEqual(causedBy('InvalidCiphertextException'))
    expect(await scan(tableName)).toHaveLength(3)
  })
})

test('100 creators and versioners at the same time leave one consistent state', async () => {
  const { tableName, storage } = await tables.newTable()
  const store = await tables.newStore({ storage })
  const creators = await Promise.allSettled(
    Array.from({ length: 50 }, () => store.createKey({ branchKeyIdentifier: 'a', encryptionContext: CUSTOM })),
  )
  expect(creators.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  for (const creator of creators) if (creator.status === 'rejected') expect(creator.reason).toEqual(withCode('CONFIGURATION', 'already'))
  const [first, beacon] = [await store.getActiveBranchKey('a'), await store.getBeaconKey('a')]
  const made = await Promise.all([
    ...Array.from({ length: 50 }, () => store.versionKey({ branchKeyIdentifier: 'a' })),
    ...Array.from({ length: 50 }, () =>
      store.createKey({ branchKeyIdentifier: 'a', encryptionContext: CUSTOM }).then(
        () => 'made twice',
        () => '',
      ),
    ),
  ])
  const versions = [first.version, ...made.filter(Boolean)]
  const items = await scan(tableName)
  const stored = items.map(({ type }) => type!.S!.replace('branch:version:', ''))
  expect(stored.sort()).toEqual([...versions, 'branch:ACTIVE', 'beacon:ACTIVE'].sort())
  const opened = await Promise.all(versions.map((version) => store.getBranchKeyVersion('a', version)))
  expect(new Set(opened.map(({ branchKey }) => branchKey.join())).size).toBe(51)
  expect(opened).toContainEqual(await store.getActiveBranchKey('a'))
  expect(await store.getBeaconKey('a')).toEqual(beacon)
})

describe('what is read', () => {
  const changes: [string, (item: Record<string, object>) => object, string][] = [
    ['an attribute of another type', (item) => ({ ...item, 'create-time': { N: '1' } }), 'create-time'],
    ['a version number that is a text', (item) => ({ ...item, 'hierarchy-version': { S: '1' } }), 'hierarchy-version'],
    ['no ARN', ({ 'kms-arn': _, ...item }) => item, 'kms-arn'],
    ['no ciphertext', ({ enc: _, ...item }) => item, 'enc'],
    ['a text as ciphertext', (item) => ({ ...item, enc: { S: 'AAAA' } }), 'enc'],
    ['an attribute that would hide the name of the store', (item) => ({ ...item, tablename: { S: 'keys' } }), 'tablename'],
    ['no version', ({ version: _, ...item }) => item, 'version'],
    ['an empty version', (item) => ({ ...item, version: { S: 'branch:version:' } }), 'version'],
    ['a number beside', (item) => ({ ...item, 'aws-crypto-ec:n': { N: '1' } }), 'aws-crypto-ec:n'],
  ]
  test.each(changes)('is refused with %s, which is named, and KMS is not asked', async (_, change, named) => {
    const { tableName, storage } = await tables.newTable()
    const store = await tables.newStore({ storage })
    const id = await store.createKey()
    const active = (await scan(tableName)).find(({ type }) => type!.S === 'branch:ACTIVE')!
    await overwrite(tableName, change(active))
    tables.kms.resetCalls()
    await expect(store.getActiveBranchKey(id)).rejects.toEqual(withCode('MALFORMED', JSON.stringify(named)))
    expect(tables.kms.calls()).toBe(0)
  })

  test('of another hierarchy version is refused as that, and KMS is not asked', async () => {
    const { tableName, storage } = await tables.newTable()
    const store = await tables.newStore({ storage })
    const id = await store.createKey()
    const active = (await scan(tableName)).find(({ type }) => type!.S === 'branch:ACTIVE')!
    await overwrite(tableName, { ...active, 'hierarchy-version': { N: '2' } })
    tables.kms.resetCalls()
    const refusal = withCode('UNSUPPORTED', 'hierarchy-version')
    await expect(store.getActiveBranchKey(id)).rejects.toEqual(refusal)
    await expect(store.versionKey({ branchKeyIdentifier: id })).rejects.toEqual(refusal)
    expect(tables.kms.calls()).toBe(0)
  })

  test('is not believed under another store name, with another text, or another ciphertext', async () => {
    const { tableName, storage } = await tables.newTable()
    const store = await tables.newStore({ storage })
    const id = await store.createKey({ branchKeyIdentifier: 'a', encryptionContext: CUSTOM })
    const other = await tables.newStore({ storage, logicalKeyStoreName: 'other' })
    await expect(other.getActiveBranchKey(id)).rejects.toEqual(causedBy('InvalidCiphertextException'))
    const items = await scan(tableName)
    const active = items.find(({ type }) => type!.S === 'branch:ACTIVE')!
    for (const item of [
      { ...active, 'create-time': { S: '2020' } },
      { ...active, 'aws-crypto-ec:more': { S: '' } },
      { ...active, enc: items.find(({ type }) => type!.S === 'beacon:ACTIVE')!.enc },
    ]) {
      await overwrite(tableName, item)
      await expect(store.getActiveBranchKey(id)).rejects.toEqual(causedBy('InvalidCiphertextException'))
    }
    await overwrite(tableName, active)
    expect((await store.getActiveBranchKey(id)).encryptionContext).toEqual(CUSTOM)
  })

  test('is not there: no key, no version, no table, each with its error', async () => {
    const { tableName, storage } = await tables.newTable()
    const store = await tables.newStore({ storage })
    const id = await store.createKey()
    await expect(store.getActiveBranchKey('b')).rejects.toEqual(withCode('NO_MATERIALS', 'branch:ACTIVE'))
    await expect(store.getBranchKeyVersion(id, '00000000-0000-4000-8000-000000000000')).rejects.toEqual(withCode('NO_MATERIALS'))
    await tables.raw.send(new DeleteTableCommand({ TableName: tableName }))
    await expect(store.getActiveBranchKey(id)).rejects.toEqual(causedBy('ResourceNotFoundException'))
  })

  test('is asked for with a signal that calls it off', async () => {
    const store = await tables.newStore()
    const id = await store.createKey()
    const controller = new AbortController()
    tables.kms.onRequest(() => {
      setTimeout(() => controller.abort(), 5)
      return { delayMs: 5000 }
    })
    await expect(store.getActiveBranchKey(id, controller)).rejects.toEqual(causedBy('AbortError'))
  })
})

describe('which keys of KMS are believed in', () => {
  const [EAST, WEST] = ['us-east-1', 'eu-west-1']

  async function madeWith(kms: KmsBranchKeyStoreOptions['kms']): Promise<{ storage: BranchKeyStorage; id: string }> {
    const { storage } = await tables.newTable()
    const store = await tables.newStore({ storage, kms })
    return { storage, id: await store.createKey() }
  }
  const opensWith = async (storage: BranchKeyStorage, id: string, kms: KmsBranchKeyStoreOptions['kms']) => {
    const store = await tables.newStore({ storage, kms })
    return store.getActiveBranchKey(id)
  }

  test('one key: itself, and no other', async () => {
    const { storage, id } = await madeWith({ kmsKeyArn: tables.key.arn })
    const other = await tables.kms.createKey()
    await expect(opensWith(storage, id, { kmsKeyArn: other.arn })).rejects.toEqual(withCode('NO_MATERIALS', 'another key of KMS'))
    expect((await opensWith(storage, id, { discovery: true })).branchKey).toHaveLength(32)
    expect((await opensWith(storage, id, { mrDiscovery: WEST })).branchKey).toHaveLength(32)
  })

  test('one way, and not two of which the other would not count', async () => {
    for (const two of [
      { kmsKeyArn: tables.key.arn, discovery: true },
      { kmsMRKeyArn: tables.key.arn, mrDiscovery: EAST },
    ])
      await expect(tables.newStore({ kms: two as never })).rejects.toEqual(withCode('CONFIGURATION', 'one way'))
    await tables.newStore({ kms: { kmsKeyArn: tables.key.arn, discovery: false, mrDiscovery: '' } as never }) // is one
  })

  test('a multi-Region key: in its own Region what was made in another; strictly, not', async () => {
    const mrk = await tables.kms.createKey({ regions: [EAST, WEST] })
    const { storage, id } = await madeWith({ kmsMRKeyArn: mrk.arns[EAST]! })
    const regions: string[] = []
    tables.kms.onRequest(({ region }) => {
      regions.push(region)
    })
    const key = await opensWith(storage, id, { kmsMRKeyArn: mrk.arns[WEST]! })
    expect(await opensWith(storage, id, { mrDiscovery: WEST })).toEqual(key)
    expect(await opensWith(storage, id, { discovery: true })).toEqual(key)
    expect(regions).toEqual([WEST, WEST, EAST])
    await expect(opensWith(storage, id, { kmsKeyArn: mrk.arns[WEST]! })).rejects.toEqual(withCode('NO_MATERIALS', 'another key of KMS'))
  })

  test('a multi-Region key renews what was made in another Region, whose ARN stays in the items', async () => {
    const mrk = await tables.kms.createKey({ regions: [EAST, WEST] })
    const { storage, id } = await madeWith({ kmsMRKeyArn: mrk.arns[EAST]! })
    const west = await tables.newStore({ storage, kms: { kmsMRKeyArn: mrk.arns[WEST]! } })
    const version = await west.versionKey({ branchKeyIdentifier: id })
    expect(await storage.get(id, `branch:version:${version}`)).toMatchObject({ 'kms-arn': { S: mrk.arns[EAST] } })
    expect((await opensWith(storage, id, { kmsMRKeyArn: mrk.arns[EAST]! })).version).toBe(version)
  })

  test('discovery makes and renews nothing', async () => {
    const { storage, id } = await madeWith({ kmsKeyArn: tables.key.arn })
    for (const kms of [{ discovery: true }, { mrDiscovery: EAST }] as const) {
      const store = await tables.newStore({ storage, kms })
      await expect(store.createKey()).rejects.toEqual(withCode('CONFIGURATION'))
      await expect(store.versionKey({ branchKeyIdentifier: id })).rejects.toEqual(withCode('CONFIGURATION'))
    }
  })

  test.each([
    ['an alias', { kmsKeyArn: 'arn:aws:kms:us-east-1:111122223333:alias/a' }],
    ['an id', { kmsMRKeyArn: 'mrk-1' }],
    ['nothing', {} as never],
  ])('%s is refused when the store is opened', async (_, kms) => {
    await expect(tables.newStore({ kms })).rejects.toEqual(withCode('CONFIGURATION'))
  })
})

describe('when things go wrong', () => {
  test('an answer that is lost after the key was stored loses nothing: the SDK sends the same transaction again', async () => {
    const { tableName, storage } = await tables.newTable()
    const store = await tables.newStore({ storage })
    let lost = 0
    tables.onRequest = (operation) => (operation === 'TransactWriteItems' && lost++ === 0 ? { drop: 'after' } : undefined)
    const id = await store.createKey({ branchKeyIdentifier: 'a', encryptionContext: CUSTOM })
    expect(tables.operations).toEqual(['TransactWriteItems', 'TransactWriteItems'])
    expect(await scan(tableName)).toHaveLength(3)
    expect((await store.getActiveBranchKey(id)).branchKey).toHaveLength(32)
  })

  test('another transaction in the way is waited for, up to a limit', async () => {
    const store = await tables.newStore()
    const body = {
      __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
      message: 'conflict',
      CancellationReasons: [{ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'None' }],
    }
    let conflicts = 0
    tables.onRequest = (operation) =>
      operation === 'TransactWriteItems' && conflicts++ < 2 ? { respond: { status: 400, body } } : undefined
    await store.createKey()
    expect(tables.operations).toHaveLength(3)
    conflicts = -1000
    await expect(store.createKey()).rejects.toEqual(causedBy('TransactionCanceledException'))
  })

  test('KMS refuses: nothing is stored', async () => {
    const store = await tables.newStore()
    for (const refused of ['GenerateDataKeyWithoutPlaintext', 'ReEncrypt']) {
      tables.kms.onRequest(({ operation }) => (operation === refused ? { fail: { type: 'AccessDeniedException' } } : undefined))
      await expect(store.createKey()).rejects.toEqual(causedBy('AccessDeniedException'))
    }
    expect(tables.operations).toEqual([])
  })

  test.each([
    ['another key made it', 'GenerateDataKeyWithoutPlaintext', { KeyId: 'arn:aws:kms:us-east-1:1:key/2' }],
    ['another key took part', 'ReEncrypt', { SourceKeyId: 'arn:aws:kms:us-east-1:1:key/2' }],
    ['it was bound under another key', 'ReEncrypt', { KeyId: 'arn:aws:kms:us-east-1:1:key/2' }],
    ['it has no ciphertext', 'GenerateDataKeyWithoutPlaintext', { CiphertextBlob: '' }],
  ])('an answer of KMS is not believed if %s', async (_, operation, change) => {
    const store = await tables.newStore()
    tables.kms.onRequest((request) =>
      request.operation === operation ? { transformResponse: (body) => ({ ...body, ...change }) } : undefined,
    )
    await expect(store.createKey()).rejects.toEqual(withCode('NO_MATERIALS', 'answer of KMS'))
    expect(tables.operations).toEqual([])
  })

  test.each([
    ['another key opened it', { KeyId: 'arn:aws:kms:us-east-1:1:key/2' }],
    ['the key is short', { Plaintext: 'AAAA' }],
  ])('a key is not believed if %s', async (_, change) => {
    const store = await tables.newStore()
    const id = await store.createKey()
    tables.kms.onRequest(({ operation }) =>
      operation === 'Decrypt' ? { transformResponse: (body) => ({ ...body, ...change }) } : undefined,
    )
    await expect(store.getActiveBranchKey(id)).rejects.toEqual(withCode('NO_MATERIALS', 'answer of KMS'))
  })

  test('grant tokens go with every call', async () => {
    const key = await tables.kms.createKey({ grantToken: 'granted' })
    const store = await tables.newStore({ kms: { kmsKeyArn: key.arn }, grantTokens: ['granted'] })
    const id = await store.createKey()
    await store.versionKey({ branchKeyIdentifier: id })
    expect((await store.getActiveBranchKey(id)).branchKey).toHaveLength(32)
  })

  test('a client that only reads reads', async () => {
    const { storage } = await tables.newTable()
    const id = await (await tables.newStore({ storage })).createKey()
    const { decrypt } = CLIENTS.fetch!(tables.kms)
    const store = await tables.newStore({ storage, client: { decrypt } })
    expect((await store.getActiveBranchKey(id)).branchKey).toHaveLength(32)
    await expect(store.createKey()).rejects.toEqual(withCode('CONFIGURATION', 'makes no keys'))
  })
})

describe('the table', () => {
  test('is made once, found again, and refused if it is another', async () => {
    const { tableName, storage } = await tables.newTable()
    const again = branchKeyTable({ tableName, client: sdkDynamoDbCalls(tables.raw) })
    await Promise.all([again.createTable(), again.createTable()])
    expect(tables.operations).not.toContain('CreateTable')
    const both = branchKeyTable({ tableName: `${tableName}-new`, client: sdkDynamoDbCalls(tables.raw) })
    await Promise.all([both.createTable(), both.createTable()])
    expect(await both.get('a', 'branch:ACTIVE')).toBeUndefined()
    expect(await storage.get('a', 'branch:ACTIVE')).toBeUndefined()
    const calls = sdkDynamoDbCalls(tables.raw)
    const other = branchKeyTable({
      tableName: `${tableName}-other`,
      client: {
        ...calls,
        createTable: (input) =>
          calls.createTable({ ...input, KeySchema: [input.KeySchema[0]!], AttributeDefinitions: [input.AttributeDefinitions[0]!] }),
      },
    })
    await expect(other.createTable()).rejects.toEqual(withCode('CONFIGURATION', 'other keys'))
  })

  test('may be any storage that does as much', async () => {
    const items = new Map<string, object>()
    const keyOf = (item: Record<string, { S?: string }>) => `${item['branch-key-id']!.S} ${item.type!.S}`
    const storage: BranchKeyStorage = {
      get: async (id, type) => items.get(`${id} ${type}`) as never,
      async put(puts) {
        if (puts.some(({ item, mustExist }) => items.has(keyOf(item as never)) !== mustExist)) return false
        for (const { item } of puts) items.set(keyOf(item as never), item)
        return true
      },
    }
    const keyStore = kmsBranchKeyStore({
      storage,
      logicalKeyStoreName: 'memory',
      kms: { kmsKeyArn: tables.key.arn },
      client: CLIENTS.fetch!(tables.kms),
    })
    const branchKeyId = await keyStore.createKey()
    const keyring = hierarchicalKeyring({ keyStore, branchKeyId, ttlSeconds: 60 })
    const encryptor = structuredItemEncryptor({
      tableName: 'people',
      partitionKey: 'id',
      actions: { default: 'ENCRYPT_AND_SIGN' },
      keyring,
      primitives: webCrypto,
    })
    const item = { id: { S: '1' }, name: { S: 'Ada' } }
    expect(await encryptor.decryptItem(await encryptor.encryptItem(item))).toEqual(item)
  })
})
