import { type Item, type Primitives, webCrypto } from '@itemseal/core'
import {
  cachingMaterialsManager,
  type DecryptionMaterials,
  defaultMaterialsManager,
  directWrapping,
  type EncryptedDataKey,
  type EncryptionMaterials,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
  SUITES,
} from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import {
  fetchKmsClient,
  type KmsClient,
  kmsDiscoveryKeyring,
  kmsDiscoveryMultiKeyring,
  kmsKeyring,
  kmsMrkDiscoveryKeyring,
  kmsMrkDiscoveryMultiKeyring,
  kmsMrkKeyring,
  kmsMrkMultiKeyring,
  kmsMultiKeyring,
  regionalKmsClients,
} from '@itemseal/kms'
import { type LocalKey, type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { nodeCrypto } from '@itemseal/node'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'

const p: Primitives = webCrypto
const [EAST, WEST] = ['us-east-1', 'eu-west-1']
const CONTEXT = { 'aws-crypto-table-name': 'T', 'aws-crypto-attr.pk': 'größe' }
const DIRECT = { id: 'direct', dataKeyLength: 16, wrapping: directWrapping } as const
const RAW = rawAesKeyring({ namespace: 'tests', name: 'raw', wrappingKey: new Uint8Array(32) })

let kms: LocalKms
let client: (region: string) => KmsClient | undefined
let east: LocalKey
let foreign: LocalKey
let mrk: LocalKey

beforeAll(async () => {
  kms = await startLocalKms()
  client = regionalKmsClients({ create: (region) => CLIENTS.fetch!(kms, region), regions: [EAST, WEST], defaultRegion: EAST })
  east = await kms.createKey({ aliases: ['alias/east'] })
  foreign = await kms.createKey({ account: '999900001111' })
  mrk = await kms.createKey({ regions: [EAST, WEST] })
})
afterAll(() => kms.close())
beforeEach(() => {
  kms.onRequest(undefined)
  kms.resetCalls()
})

type Suite = EncryptionMaterials['suite']
const write = async (keyring: Keyring, suite: Suite = SUITES['0x6700'], plaintextDataKey?: Uint8Array) =>
  keyring.onEncrypt(
    {
      suite,
      encryptionContext: CONTEXT,
      requiredContextKeys: [],
      encryptedDataKeys: [],
      symmetricSigningKeys: [],
      ...(plaintextDataKey && { plaintextDataKey }),
    },
    p,
  )
const read = async (keyring: Keyring, keys: readonly EncryptedDataKey[], change: Partial<DecryptionMaterials> = {}) =>
  keyring.onDecrypt({ suite: SUITES['0x6700'], encryptionContext: CONTEXT, requiredContextKeys: [], ...change }, keys, p)
const refused = (code: string) => expect.objectContaining({ code })
const infoOf = ({ encryptedDataKeys }: EncryptionMaterials) => encryptedDataKeys.map((key) => Buffer.from(key.keyProviderInfo).toString())

/** What one wrote, another reads. */
async function passOn(from: Keyring, to: Keyring): Promise<EncryptionMaterials> {
  const made = await write(from)
  const opened = await read(to, made.encryptedDataKeys)
  expect(opened.plaintextDataKey).toEqual(made.plaintextDataKey)
  expect(made.symmetricSigningKeys).toContainEqual(opened.symmetricSigningKey)
  return made
}

describe('strict', () => {
  test.each(Object.entries(CLIENTS))('writes with one call and reads with one, through the %s client', async (_, connect) => {
    const keyring = kmsKeyring({ keyId: east.arn, client: connect(kms) })
    const made = await passOn(keyring, keyring)
    expect(infoOf(made)).toEqual([east.arn])
    expect(made.encryptedDataKeys[0]!.keyProviderId).toBe('aws-kms')
    expect([kms.calls('GenerateDataKey'), kms.calls('Decrypt'), kms.calls()]).toEqual([1, 1, 2])
  })

  test('sends what the peers send', async () => {
    const seen: unknown[] = []
    kms.onRequest(({ operation, body }) => void seen.push([operation, Object.keys(body).sort(), body.KeyId, body.EncryptionContext]))
    const keyring = kmsKeyring({ keyId: east.arn, client })
    await passOn(keyring, keyring)
    expect(seen).toEqual([
      ['GenerateDataKey', ['EncryptionContext', 'KeyId', 'NumberOfBytes'], east.arn, CONTEXT],
      ['Decrypt', ['CiphertextBlob', 'EncryptionContext', 'KeyId'], east.arn, CONTEXT],
    ])
  })

  test('an alias or an id writes the ARN; reading is for ARNs', async () => {
    for (const keyId of ['alias/east', east.keyId]) {
      const keyring = kmsKeyring({ keyId, client })
      const made = await passOn(keyring, kmsKeyring({ keyId: east.arn, client }))
      expect(infoOf(made)).toEqual([east.arn])
      await expect(read(keyring, made.encryptedDataKeys)).rejects.toEqual(refused('CONFIGURATION'))
    }
  })

  test('what others wrapped is passed over without a call', async () => {
    const keys = (await write(multiKeyring({ generator: RAW, children: [kmsKeyring({ keyId: foreign.arn, client })] }))).encryptedDataKeys
    kms.resetCalls()
    await expect(read(kmsKeyring({ keyId: east.arn, client }), keys)).rejects.toEqual(refused('NO_MATERIALS'))
    expect(kms.calls()).toBe(0)
    await read(kmsKeyring({ keyId: foreign.arn, client }), keys)
  })

  test('another context, an altered or a shortened blob is refused', async () => {
    const keyring = kmsKeyring({ keyId: east.arn, client })
    const [key] = (await write(keyring)).encryptedDataKeys
    await expect(read(keyring, [key!], { encryptionContext: { ...CONTEXT, a: 'b' } })).rejects.toEqual(refused('NO_MATERIALS'))
    for (const i of [0, 47, 48, 60, key!.ciphertext.length - 1]) {
      const ciphertext = new Uint8Array(key!.ciphertext)
      ciphertext[i]! ^= 1
      await expect(read(keyring, [{ ...key!, ciphertext }])).rejects.toEqual(refused('NO_MATERIALS'))
      await expect(read(keyring, [{ ...key!, ciphertext: ciphertext.subarray(0, i) }])).rejects.toEqual(refused('NO_MATERIALS'))
    }
  })

  test('one encrypted data key that fails does not hide the next', async () => {
    const keyring = kmsKeyring({ keyId: east.arn, client })
    const made = await write(keyring)
    const [key] = made.encryptedDataKeys
    const broken = { ...key!, ciphertext: new Uint8Array(key!.ciphertext.length) }
    const opened = await read(keyring, [broken, key!])
    expect(opened.plaintextDataKey).toEqual(made.plaintextDataKey)
  })

  test.each([
    ['another key', (body: object) => ({ ...body, KeyId: foreign.arn })],
    ['no key', ({ KeyId, ...body }: { KeyId?: unknown }) => body],
    ['a plaintext too short', (body: object) => ({ ...body, Plaintext: 'AAAA' })],
    ['no plaintext', ({ Plaintext, ...body }: { Plaintext?: unknown }) => body],
  ])('an answer with %s is not believed', async (what, transformResponse) => {
    const keyring = kmsKeyring({ keyId: east.arn, client })
    const { encryptedDataKeys } = await write(keyring)
    kms.onRequest(() => ({ transformResponse }))
    await expect(read(keyring, encryptedDataKeys)).rejects.toEqual(refused('NO_MATERIALS'))
    if (what !== 'another key') await expect(write(keyring)).rejects.toEqual(refused('NO_MATERIALS'))
  })

  test.each([
    ['', 'no ciphertext'],
    ['A'.repeat(8196), 'too long a ciphertext'],
  ])('an answer with %.4s: %s is not believed', async (CiphertextBlob) => {
    kms.onRequest(() => ({ transformResponse: (body) => ({ ...body, CiphertextBlob }) }))
    await expect(write(kmsKeyring({ keyId: east.arn, client }))).rejects.toEqual(refused('NO_MATERIALS'))
  })

  test('grant tokens are shown, both ways', async () => {
    const guarded = await kms.createKey({ grantToken: 'granted' })
    const keyring = kmsKeyring({ keyId: guarded.arn, client, grantTokens: ['other', 'granted'] })
    const { encryptedDataKeys } = await passOn(keyring, keyring)
    await passOn(keyring, kmsDiscoveryKeyring({ client, grantTokens: ['granted'] }))
    const without = kmsKeyring({ keyId: guarded.arn, client })
    await expect(write(without)).rejects.toMatchObject({ code: 'NO_MATERIALS', cause: { name: 'AccessDeniedException' } })
    await expect(read(without, encryptedDataKeys)).rejects.toMatchObject({
      cause: { errors: [{ code: 'NO_MATERIALS', cause: { name: 'AccessDeniedException' } }] },
    })
  })

  test('a suite of direct wrapping has its data key generated, or encrypted if there is one', async () => {
    const keyring = kmsKeyring({ keyId: east.arn, client })
    for (const given of [undefined, new Uint8Array(16).fill(7)]) {
      const made = await write(keyring, DIRECT, given)
      if (given) expect(made.plaintextDataKey).toEqual(given)
      const opened = await read(keyring, made.encryptedDataKeys, { suite: DIRECT })
      expect(opened.plaintextDataKey).toEqual(made.plaintextDataKey)
    }
    expect([kms.calls('GenerateDataKey'), kms.calls('Encrypt'), kms.calls('Decrypt')]).toEqual([1, 1, 2])
  })

  test.each([
    ['a key that is none', () => kmsKeyring({ keyId: 'key/a', client })],
    ['a Region without client', () => kmsKeyring({ keyId: east.arn.replace(EAST, 'ap-south-1'), client })],
    ['eleven grant tokens', () => kmsKeyring({ keyId: east.arn, client, grantTokens: Array(11).fill('a') })],
    ['an empty grant token', () => kmsDiscoveryKeyring({ client, grantTokens: [''] })],
    ['a filter without accounts', () => kmsDiscoveryKeyring({ client, discoveryFilter: { partition: 'aws', accountIds: [] } })],
    ['a filter with an empty account', () => kmsDiscoveryKeyring({ client, discoveryFilter: { partition: 'aws', accountIds: ['1', ''] } })],
    ['a filter without partition', () => kmsDiscoveryKeyring({ client, discoveryFilter: { partition: '', accountIds: ['1'] } })],
    ['MRK discovery without Region', () => kmsMrkDiscoveryKeyring({ client, region: '' })],
    ['MRK discovery with a client of elsewhere', () => kmsMrkDiscoveryKeyring({ client: client(EAST)!, region: WEST })],
    ['a multi-Region key named twice', () => kmsMrkMultiKeyring({ generator: mrk.arns[EAST]!, keyIds: [mrk.arns[WEST]!], client })],
    ['no key', () => kmsMultiKeyring({ client })],
    ['no Region', () => kmsDiscoveryMultiKeyring({ client, regions: [] })],
    ['an empty Region', () => kmsMrkDiscoveryMultiKeyring({ client, regions: [EAST, ''] })],
  ])('%s is refused when the keyring is made', (_, make) => {
    expect(make).toThrow(refused('CONFIGURATION'))
  })
})

describe('discovery', () => {
  const filter = (...accountIds: string[]) => ({ partition: 'aws', accountIds })

  test('reads with the key that is named, of each of several accounts, and of no other', async () => {
    const own = '111122223333'
    for (const key of [east, foreign]) {
      const strict = kmsKeyring({ keyId: key.arn, client })
      await passOn(strict, kmsDiscoveryKeyring({ client }))
      await passOn(strict, kmsDiscoveryKeyring({ client, discoveryFilter: filter('1', own, '999900001111') }))
      await passOn(strict, kmsMrkDiscoveryKeyring({ client, region: EAST, discoveryFilter: filter(own, '999900001111') }))
    }
    const { encryptedDataKeys } = await write(kmsKeyring({ keyId: foreign.arn, client }))
    kms.resetCalls()
    for (const discoveryFilter of [filter(own), filter('99990000111'), { ...filter('999900001111'), partition: 'aws-cn' }]) {
      await expect(read(kmsDiscoveryKeyring({ client, discoveryFilter }), encryptedDataKeys)).rejects.toEqual(refused('NO_MATERIALS'))
      const mrkAware = kmsMrkDiscoveryKeyring({ client, region: EAST, discoveryFilter })
      await expect(read(mrkAware, encryptedDataKeys)).rejects.toEqual(refused('NO_MATERIALS'))
    }
    expect(kms.calls()).toBe(0)
  })

  test('encrypted data keys of other kinds are passed over', async () => {
    const writer = multiKeyring({ generator: RAW, children: [kmsKeyring({ keyId: east.arn, client })] })
    for (const reader of [kmsDiscoveryKeyring({ client }), kmsMrkDiscoveryKeyring({ client, region: EAST })]) await passOn(writer, reader)
  })

  test('one of KMS that names no key by its ARN is malformed', async () => {
    const [key] = (await write(kmsKeyring({ keyId: east.arn, client }))).encryptedDataKeys
    for (const info of ['alias/east', east.keyId, east.arn.replace('key/', 'alias/'), `${east.arn}ü`]) {
      const keys = [{ ...key!, keyProviderInfo: new TextEncoder().encode(info) }, key!]
      await expect(read(kmsDiscoveryKeyring({ client }), keys)).rejects.toEqual(refused('MALFORMED'))
    }
  })

  test('writes nothing', async () => {
    await expect(write(kmsDiscoveryKeyring({ client }))).rejects.toEqual(refused('CONFIGURATION'))
    await expect(write(kmsMrkDiscoveryMultiKeyring({ client, regions: [EAST] }))).rejects.toEqual(refused('CONFIGURATION'))
  })

  test('over Regions, asks only that of the key', async () => {
    const west = await kms.createKey({ regions: [WEST] })
    await passOn(kmsKeyring({ keyId: west.arn, client }), kmsDiscoveryMultiKeyring({ client, regions: [EAST, WEST] }))
    await passOn(kmsKeyring({ keyId: west.arn, client }), kmsMrkDiscoveryMultiKeyring({ client, regions: [EAST, WEST] }))
    expect(kms.calls('Decrypt')).toBe(2)
  })
})

describe('multi-Region keys', () => {
  test('what one Region wrote, another reads without going there', async () => {
    const regions: string[] = []
    kms.onRequest(({ region }) => void regions.push(region))
    const writer = kmsKeyring({ keyId: mrk.arns[EAST]!, client })
    await passOn(writer, kmsMrkKeyring({ keyId: mrk.arns[WEST]!, client }))
    await passOn(writer, kmsMrkDiscoveryKeyring({ client, region: WEST }))
    expect(regions).toEqual([EAST, WEST, EAST, WEST])
  })

  test('a strict keyring, which knows no replicas, passes over that of another Region', async () => {
    const { encryptedDataKeys } = await write(kmsMrkKeyring({ keyId: mrk.arns[EAST]!, client }))
    await expect(read(kmsKeyring({ keyId: mrk.arns[WEST]!, client }), encryptedDataKeys)).rejects.toEqual(refused('NO_MATERIALS'))
  })

  test('a key of one Region is passed over in another', async () => {
    const { encryptedDataKeys } = await write(kmsKeyring({ keyId: east.arn, client }))
    kms.resetCalls()
    await expect(read(kmsMrkDiscoveryKeyring({ client, region: WEST }), encryptedDataKeys)).rejects.toEqual(refused('NO_MATERIALS'))
    expect(kms.calls()).toBe(0)
  })
})

describe('several keys', () => {
  test.each([
    ['kmsMultiKeyring', kmsMultiKeyring],
    ['kmsMrkMultiKeyring', kmsMrkMultiKeyring],
  ])('%s wraps under all, and each of them reads', async (_, make) => {
    const keyring = make({ generator: east.arn, keyIds: [foreign.arn, mrk.arns[WEST]!], client })
    const made = await write(keyring)
    expect(infoOf(made)).toEqual([east.arn, foreign.arn, mrk.arns[WEST]])
    expect(kms.calls('GenerateDataKey')).toBe(3)
    for (const keyId of [east.arn, foreign.arn, mrk.arns[WEST]!]) await read(kmsKeyring({ keyId, client }), made.encryptedDataKeys)
    await read(make({ keyIds: [foreign.arn], client }), made.encryptedDataKeys)
    east.disable()
    expect((await read(keyring, made.encryptedDataKeys)).plaintextDataKey).toEqual(made.plaintextDataKey)
    east.enable()
  })
})

describe('items', () => {
  const item = (pk: number): Item => ({ pk: { N: `${pk}` }, secret: { S: 'x' } })
  const table = { tableName: 'people', partitionKey: 'pk', actions: { default: 'ENCRYPT_AND_SIGN' } } as const

  test.each(['0x6700', '0x6701'] as const)('are written and read under suite %s', async (algorithmSuite) => {
    const contexts: unknown[] = []
    kms.onRequest(({ body }) => void contexts.push(body.EncryptionContext))
    const encryptor = structuredItemEncryptor({ ...table, algorithmSuite, keyring: kmsKeyring({ keyId: east.arn, client }) })
    expect(await encryptor.decryptItem(await encryptor.encryptItem(item(1)))).toEqual(item(1))
    expect(contexts[1]).toEqual(contexts[0])
    expect(Object.hasOwn(contexts[0] as object, 'aws-crypto-public-key')).toBe(algorithmSuite === '0x6701')
  })

  test('a cached item costs one call, however often and however many at once read it', async () => {
    const keyring = kmsKeyring({ keyId: east.arn, client })
    const common = { ...table, algorithmSuite: '0x6700', primitives: nodeCrypto } as const
    const encrypted = await structuredItemEncryptor({ ...common, keyring }).encryptItem(item(1))
    kms.resetCalls()
    const materialsManager = cachingMaterialsManager({ manager: defaultMaterialsManager(keyring), maxAge: 60_000 })
    const reader = structuredItemEncryptor({ ...common, materialsManager })
    for (let i = 0; i < 100; i++) await reader.decryptItem(encrypted)
    await Promise.all(Array.from({ length: 3000 }, () => reader.decryptItem(encrypted)))
    expect(kms.calls()).toBe(1)
  })

  test('3,000 concurrent readers of an item that is not yet cached cost one call', async () => {
    const keyring = kmsKeyring({ keyId: east.arn, client })
    const common = { ...table, algorithmSuite: '0x6700', primitives: nodeCrypto } as const
    const encrypted = await structuredItemEncryptor({ ...common, keyring }).encryptItem(item(1))
    kms.resetCalls()
    const materialsManager = cachingMaterialsManager({ manager: defaultMaterialsManager(keyring), maxAge: 60_000 })
    const reader = structuredItemEncryptor({ ...common, materialsManager })
    await Promise.all(Array.from({ length: 3000 }, () => reader.decryptItem(encrypted)))
    expect(kms.calls()).toBe(1)
  })
})

test('a regional supplier makes each client once', () => {
  const made: string[] = []
  const supplier = regionalKmsClients({
    create: (region) => {
      made.push(region)
      return fetchKmsClient({ region, credentials: kms.credentials })
    },
    regions: [EAST, WEST],
  })
  expect(supplier(EAST)).toBe(supplier(EAST))
  expect([supplier('ap-south-1'), supplier('')]).toEqual([undefined, undefined])
  expect(made).toEqual([EAST])
})
