import { generateKeyPairSync } from 'node:crypto'
import { webCrypto } from '@itemseal/core'
import { type EncryptedDataKey, type Keyring, multiKeyring, SUITES } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { type KmsClient, type KmsEcdhKeyringOptions, kmsEcdhKeyring } from '@itemseal/kms'
import { type LocalKey, type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'

const TOKEN = 'a token'
const curve = 'P-256'

let kms: LocalKms
let mine: LocalKey
let theirs: LocalKey
let granted: LocalKey
let client: KmsClient
beforeAll(async () => {
  kms = await startLocalKms()
  const spec = 'ECC_NIST_P256'
  mine = await kms.createKey({ spec })
  theirs = await kms.createKey({ spec })
  granted = await kms.createKey({ spec, grantToken: TOKEN })
  client = CLIENTS.fetch!(kms)
})
afterAll(() => kms.close())
beforeEach(() => {
  kms.onRequest(undefined)
  kms.resetCalls()
})

const common = { encryptionContext: { 'aws-crypto-table-name': 'T' }, requiredContextKeys: [], suite: SUITES['0x6700'] }
const write = async (keyring: Keyring) => keyring.onEncrypt({ ...common, encryptedDataKeys: [], symmetricSigningKeys: [] }, webCrypto)
const read = async (keyring: Keyring, keys: readonly EncryptedDataKey[]) => keyring.onDecrypt(common, keys, webCrypto)
const keyringOf = (change: Partial<KmsEcdhKeyringOptions> = {}) =>
  kmsEcdhKeyring({ curve, schema: 'static', keyId: mine.arn, publicKey: theirs.publicKey!, client, ...change } as KmsEcdhKeyringOptions)
const discovery = (change: object = {}) => keyringOf({ schema: 'discovery', publicKey: undefined, keyId: theirs.arn, ...change })
const p384 = new Uint8Array(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ type: 'spki', format: 'der' }))
const refused = (code: string) => expect.objectContaining({ code })

test.each(Object.entries(CLIENTS))(
  'asks for its public key once, however many write at once, through the %s client',
  async (_, connect) => {
    const keyring = keyringOf({ client: connect(kms) })
    const made = await Promise.all(Array.from({ length: 20 }, () => write(keyring)))
    expect([kms.calls('GetPublicKey'), kms.calls('DeriveSharedSecret'), kms.calls()]).toEqual([1, 20, 21])
    const reader = discovery({ client: connect(kms) })
    for (const { encryptedDataKeys, plaintextDataKey } of made)
      expect((await read(reader, encryptedDataKeys)).plaintextDataKey).toEqual(plaintextDataKey)
    expect([kms.calls('GetPublicKey'), kms.calls('DeriveSharedSecret'), kms.calls()]).toEqual([2, 40, 42])
  },
)

test('does not believe a shared secret that is text', async () => {
  const keyring = keyringOf({
    client: {
      ...client,
      deriveSharedSecret: async (input) => ({ ...(await client.deriveSharedSecret(input)), SharedSecret: 'x'.repeat(32) as never }),
    },
  })
  await expect(write(keyring)).rejects.toEqual(refused('NO_MATERIALS'))
})

test('does not ask for a public key that it was given', async () => {
  const keyring = keyringOf({ ownPublicKey: mine.publicKey! })
  await read(keyring, (await write(keyring)).encryptedDataKeys)
  expect([kms.calls('GetPublicKey'), kms.calls()]).toEqual([0, 2])
})

test('sends what the peers send, and names the provider as they do', async () => {
  const seen: unknown[] = []
  kms.onRequest(({ operation, body }) => void seen.push([operation, body]))
  const keyring = keyringOf({ grantTokens: [TOKEN] })
  const made = await write(keyring)
  expect(made.encryptedDataKeys[0]).toMatchObject({ keyProviderId: 'aws-kms-ecdh' })
  expect(made.encryptedDataKeys[0]!.keyProviderInfo).toHaveLength(75)
  const PublicKey = Buffer.from(theirs.publicKey!).toString('base64')
  expect(seen).toEqual([
    ['GetPublicKey', { KeyId: mine.arn }],
    ['DeriveSharedSecret', { KeyId: mine.arn, GrantTokens: [TOKEN], KeyAgreementAlgorithm: 'ECDH', PublicKey }],
  ])
})

test('a key that wants a grant is used with its token', async () => {
  const own = { keyId: granted.arn, ownPublicKey: granted.publicKey! }
  await write(keyringOf({ ...own, grantTokens: [TOKEN] }))
  await expect(write(keyringOf(own))).rejects.toMatchObject({ code: 'NO_MATERIALS', cause: { name: 'AccessDeniedException' } })
})

test('a public key that could not be had is asked for again', async () => {
  const keyring = keyringOf()
  mine.disable()
  await expect(write(keyring)).rejects.toMatchObject({ code: 'NO_MATERIALS', cause: { name: 'DisabledException' } })
  mine.enable()
  await write(keyring)
})

test('what it would not get from KMS itself is not believed', async () => {
  const [made, other] = [await write(keyringOf()), { KeyId: theirs.arn }]
  const changes: [string, object][] = [
    ['GetPublicKey', other],
    ['GetPublicKey', { KeyUsage: 'SIGN_VERIFY' }],
    ['GetPublicKey', { PublicKey: 'AAAA' }],
    ['GetPublicKey', { PublicKey: undefined }],
    ['DeriveSharedSecret', other],
    ['DeriveSharedSecret', { KeyAgreementAlgorithm: 'OTHER' }],
    ['DeriveSharedSecret', { SharedSecret: 'AAAA' }],
    ['DeriveSharedSecret', { SharedSecret: undefined }],
  ]
  for (const [at, change] of changes) {
    kms.onRequest(({ operation }) => (operation === at ? { transformResponse: (body) => ({ ...body, ...change }) } : {}))
    await expect(write(keyringOf()), JSON.stringify([at, change])).rejects.toEqual(refused('NO_MATERIALS'))
    await expect(read(keyringOf(), made.encryptedDataKeys), JSON.stringify([at, change])).rejects.toEqual(refused('NO_MATERIALS'))
  }
})

test('data keys of strangers and of other kinds cost no call', async () => {
  const [edk] = (await write(keyringOf())).encryptedDataKeys
  const stranger = await kms.createKey({ spec: 'ECC_NIST_P256' })
  kms.resetCalls()
  await expect(read(keyringOf(), [{ ...edk!, keyProviderId: 'aws-kms' }])).rejects.toEqual(refused('NO_MATERIALS'))
  expect(kms.calls()).toBe(0)
  const reader = keyringOf({ keyId: stranger.arn, ownPublicKey: stranger.publicKey! })
  await expect(read(reader, [edk!])).rejects.toEqual(refused('NO_MATERIALS'))
  expect(kms.calls()).toBe(0)
})

test('stands beside a keyring of another curve in a multi-keyring', async () => {
  const key = await kms.createKey({ spec: 'ECC_NIST_P521' })
  const wide = keyringOf({ curve: 'P-521', keyId: key.arn, publicKey: key.publicKey! })
  const keyring = multiKeyring({ generator: wide, children: [keyringOf()] })
  const { encryptedDataKeys, plaintextDataKey } = await write(keyring)
  for (const reader of [wide, discovery(), keyring])
    expect((await read(reader, encryptedDataKeys)).plaintextDataKey).toEqual(plaintextDataKey)
})

test('discovery writes nothing', async () => {
  await expect(write(discovery())).rejects.toEqual(refused('CONFIGURATION'))
  expect(kms.calls()).toBe(0)
})

test.each<[string, () => Partial<KmsEcdhKeyringOptions>]>([
  ['an alias', () => ({ keyId: 'alias/a' })],
  ['the ARN of an alias', () => ({ keyId: mine.arn.replace(/key\/.*/, 'alias/a') })],
  ['an unknown curve', () => ({ curve: 'P-192' as 'P-256' })],
  ['an unknown schema', () => ({ schema: 'ephemeral' as 'static' })],
  ['no public key', () => ({ publicKey: undefined as never })],
  ['an empty grant token', () => ({ grantTokens: [''] })],
  ['a Region without client', () => ({ client: () => undefined })],
])('%s is refused when the keyring is made', (_, change) => {
  expect(() => keyringOf(change())).toThrow(refused('CONFIGURATION'))
})

test.each<[string, () => Partial<KmsEcdhKeyringOptions>]>([
  ['a public key of another curve', () => ({ curve: 'P-384', ownPublicKey: p384 })],
  ['an own public key that is none', () => ({ ownPublicKey: new Uint8Array(91) })],
])('%s is refused at first use, before anything is asked of KMS', async (_, change) => {
  const { encryptedDataKeys } = await write(keyringOf())
  kms.resetCalls()
  await expect(write(keyringOf(change()))).rejects.toEqual(refused('CONFIGURATION'))
  await expect(read(keyringOf(change()), encryptedDataKeys)).rejects.toEqual(refused('CONFIGURATION'))
  expect(kms.calls()).toBe(0)
})

test.each(['0x6700', '0x6701'] as const)('items are written and read under suite %s', async (algorithmSuite) => {
  const table = { tableName: 'people', partitionKey: 'pk', actions: { default: 'ENCRYPT_AND_SIGN' }, algorithmSuite } as const
  const item = { pk: { S: 'a' }, secret: { S: 'x' } }
  const encrypted = await structuredItemEncryptor({ ...table, keyring: keyringOf() }).encryptItem(item)
  expect(await structuredItemEncryptor({ ...table, keyring: discovery() }).decryptItem(encrypted)).toEqual(item)
  await expect(
    structuredItemEncryptor({ ...table, keyring: discovery() }).decryptItem({ ...encrypted, pk: { S: 'b' } }),
  ).rejects.toMatchObject({ code: 'NO_MATERIALS' })
})
