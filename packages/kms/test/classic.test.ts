import { hkdfSync } from 'node:crypto'
import { type Item, type Primitives, webCrypto } from '@itemseal/core'
import { type ClassicItemEncryptorOptions, classicItemEncryptor } from '@itemseal/core/classic'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { type KmsClient, kmsKeyring } from '@itemseal/kms'
import { type DirectKmsProviderOptions, directKmsProvider } from '@itemseal/kms/classic'
import { type LocalKey, type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { nodeCrypto } from '@itemseal/node'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'

let kms: LocalKms
let key: LocalKey
beforeAll(async () => {
  kms = await startLocalKms()
  key = await kms.createKey({ aliases: ['alias/classic'] })
})
afterAll(() => kms.close())
beforeEach(() => {
  kms.onRequest(undefined)
  kms.resetCalls()
})

const encryptor = (
  options: Partial<DirectKmsProviderOptions> = {},
  dialect: 'java' | 'python' = 'java',
  more: Pick<ClassicItemEncryptorOptions, 'primitives'> = {},
) =>
  classicItemEncryptor({
    ...more,
    tableName: 'people',
    partitionKey: 'id',
    sortKey: 'at',
    dialect,
    provider: directKmsProvider({ keyId: key.arn, client: (region) => CLIENTS.fetch!(kms, region || undefined), ...options }),
  })
const STRUCTURED = { tableName: 'people', partitionKey: 'id', actions: { default: 'ENCRYPT_AND_SIGN' } } as const
const ITEM: Item = { id: { S: 'größe' }, at: { N: '10' }, secret: { S: 'x' } }
const refused = (code: string) => expect.objectContaining({ code })

test.each(['java', 'python'] as const)('items are written and read, each with one call, in the dialect of %s', async (dialect) => {
  const table = encryptor({}, dialect)
  const encrypted = await table.encryptItem(ITEM)
  expect(await table.decryptItem(encrypted)).toEqual(ITEM)
  expect([kms.calls('GenerateDataKey'), kms.calls('Decrypt'), kms.calls()]).toEqual([1, 1, 2])
  await expect(table.decryptItem({ ...encrypted, id: { S: 'other' } })).rejects.toEqual(refused('NO_MATERIALS'))
  await expect(table.decryptItem({ ...encrypted, secret: { B: new Uint8Array(32) } })).rejects.toEqual(refused('NOT_AUTHENTIC'))
})

test('asks as the peers do: the context as they build it, and no key for reading', async () => {
  const seen: unknown[] = []
  kms.onRequest(({ body: { CiphertextBlob, ...body } }) => void seen.push(body))
  const table = encryptor({ description: { 'amzn-ddb-sig-alg': 'HmacSHA256/256' } })
  await table.decryptItem(await table.encryptItem({ ...ITEM, id: { B: Uint8Array.of(0xfb, 0xff) } }))
  const EncryptionContext = {
    '*amzn-ddb-env-alg*': 'AES/256',
    '*amzn-ddb-sig-alg*': 'HmacSHA256/256',
    id: '+/8=',
    at: '10',
    '*aws-kms-table*': 'people',
  }
  expect(seen).toEqual([{ KeyId: key.arn, NumberOfBytes: 32, EncryptionContext }, { EncryptionContext }])
})

test('the keys are those of HKDF-SHA-256 without salt, as node:crypto has them', async () => {
  const secret = Buffer.alloc(32, 7)
  const client = {
    generateDataKey: async () => ({ KeyId: key.arn, Plaintext: new Uint8Array(secret), CiphertextBlob: Uint8Array.of(1) }),
    decrypt: async () => ({}),
  }
  const derived: Uint8Array[] = []
  const primitives: Primitives = {
    ...webCrypto,
    importKey(use, raw) {
      derived.push(raw.slice())
      return webCrypto.importKey(use, raw)
    },
  }
  const provider = directKmsProvider({ keyId: key.arn, client, description: { 'amzn-ddb-env-alg': 'AES/128' } })
  const table = classicItemEncryptor({ tableName: 'people', partitionKey: 'id', sortKey: 'at', provider, primitives })
  await table.encryptItem(ITEM)
  const expected = (info: string, length: number) => new Uint8Array(hkdfSync('sha256', secret, '', info, length))
  expect(derived).toEqual([new Uint8Array(secret), expected('Encryption', 16), expected('Signing', 32)])
})

test('primitives without key derivation, as the classic ones are by default, and those that have it read each other', async () => {
  const { hkdf: _, ...without } = nodeCrypto
  const tables = [encryptor(), encryptor({}, 'java', { primitives: nodeCrypto }), encryptor({}, 'java', { primitives: without })]
  for (const writer of tables) {
    const encrypted = await writer.encryptItem(ITEM)
    for (const reader of tables) expect(await reader.decryptItem(encrypted)).toEqual(ITEM)
  }
})

test('a number in a key is bound in the form in which DynamoDB gives it back', async () => {
  const table = encryptor()
  const encrypted = await table.encryptItem({ ...ITEM, at: { N: '1.0E1' } })
  expect(await table.decryptItem({ ...encrypted, at: { N: '10' } })).toEqual(ITEM)
})

test('the key that opened an item can be refused, and chosen for each when writing', async () => {
  const arns: string[] = []
  const table = encryptor({ keyId: () => 'alias/classic', validateKeyId: (arn) => void arns.push(arn) })
  const encrypted = await table.encryptItem(ITEM)
  await table.decryptItem(encrypted)
  expect(arns).toEqual([key.arn])
  const no = new Error('not this key')
  const throws = () => {
    throw no
  }
  for (const validateKeyId of [throws, async () => throws()])
    await expect(encryptor({ validateKeyId }).decryptItem(encrypted)).rejects.toMatchObject({ code: 'NO_MATERIALS', cause: no })
})

test('an answer with text in the place of bytes is not believed: of text, an array would be empty, and the key known to all', async () => {
  const client = CLIENTS.fetch!(kms)
  const text = (bytes?: Uint8Array) => Array.from(bytes!, (byte) => String.fromCharCode(byte)).join('') as never
  const plain: KmsClient = {
    ...client,
    generateDataKey: async (input) => {
      const answer = await client.generateDataKey(input)
      return { ...answer, Plaintext: text(answer.Plaintext) }
    },
    decrypt: async (input) => {
      const answer = await client.decrypt(input)
      return { ...answer, Plaintext: text(answer.Plaintext) }
    },
  }
  const blob: KmsClient = {
    ...client,
    generateDataKey: async (input) => ({ ...(await client.generateDataKey(input)), CiphertextBlob: 'x' as never }),
  }
  const encrypted = await encryptor().encryptItem(ITEM)
  for (const client of [plain, blob]) await expect(encryptor({ client }).encryptItem(ITEM)).rejects.toEqual(refused('NO_MATERIALS'))
  await expect(encryptor({ client: plain }).decryptItem(encrypted)).rejects.toEqual(refused('NO_MATERIALS'))
  for (const client of [plain, blob]) {
    const table = structuredItemEncryptor({ ...STRUCTURED, keyring: kmsKeyring({ keyId: key.arn, client }) })
    await expect(table.encryptItem(ITEM)).rejects.toEqual(refused('NO_MATERIALS'))
  }
})

test('an unknown algorithm and what names no key are refused', async () => {
  await expect(encryptor({ description: { 'amzn-ddb-env-alg': 'DES/64' } }).encryptItem(ITEM)).rejects.toEqual(refused('UNSUPPORTED'))
  expect(() => encryptor({ keyId: '' })).toThrow(refused('CONFIGURATION'))
})

test.each<[string, (base64: string) => string]>([
  ['broken into lines, as by old versions of the Java client', (base64) => base64.replace(/.{1,76}/g, '$&\r\n')],
  ['without its padding', (base64) => base64.replace(/=/g, '')],
])('the wrapped key may be %s', async (_, change) => {
  const table = encryptor()
  const encrypted = await table.encryptItem(ITEM)
  const description = Buffer.from((encrypted['*amzn-ddb-map-desc*'] as { B: Uint8Array }).B)
  const at = description.indexOf('amzn-ddb-env-key') + 'amzn-ddb-env-key'.length
  const end = at + 4 + description.readUInt32BE(at)
  const base64 = change(description.toString('latin1', at + 4, end))
  const length = Buffer.alloc(4)
  length.writeUInt32BE(base64.length)
  const B = Buffer.concat([description.subarray(0, at), length, Buffer.from(base64), description.subarray(end)])
  expect(B.length).not.toBe(description.length)
  expect(await table.decryptItem({ ...encrypted, '*amzn-ddb-map-desc*': { B } })).toEqual(ITEM)
})

test.each([['größe'], [{ S: 5 }], [{ B: [1] }], [null]])('a key that is %j and no value is refused, and not told of', async (id) => {
  const error: unknown = await encryptor()
    .encryptItem({ ...ITEM, id: id as never })
    .catch((error: unknown) => error)
  expect(error).toMatchObject({ name: 'ItemCryptoError', code: 'MALFORMED', message: expect.stringContaining('"id"') })
  expect(String((error as Error).stack)).not.toContain('größe')
  expect(kms.calls()).toBe(0)
})
