import { webCrypto } from '@itemseal/core'
import { type EncryptedDataKey, type Keyring, SUITES } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { type KmsClient, kmsRsaKeyring } from '@itemseal/kms'
import { type LocalKey, type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'

const [EAST, WEST] = ['us-east-1', 'eu-west-1']
const ALGORITHMS = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const
const algorithm = ALGORITHMS[1]
const encryptionContext = { 'aws-crypto-table-name': 'T', a: '1' }
// SHA-384 of the context, as materials-and-keyrings, section 8, has it
const DIGEST = 'b7cf2898698d505fa4fd9a0e72e6674330732dc53def35c0436289b31226827bbd7a775944eaf5a03e78072f106568cd'

let kms: LocalKms
let key: LocalKey
let client: KmsClient
let publicKey: Uint8Array
beforeAll(async () => {
  kms = await startLocalKms()
  key = await kms.createKey({ spec: 'RSA_2048', regions: [EAST, WEST] })
  client = CLIENTS.fetch!(kms)
  publicKey = key.publicKey!
})
afterAll(() => kms.close())
beforeEach(() => {
  kms.onRequest(undefined)
  kms.resetCalls()
})

const common = { encryptionContext, requiredContextKeys: [] }
const write = async (keyring: Keyring, suite = SUITES['0x6700']) =>
  keyring.onEncrypt({ ...common, suite, encryptedDataKeys: [], symmetricSigningKeys: [] }, webCrypto)
const read = async (keyring: Keyring, keys: readonly EncryptedDataKey[], context: Record<string, string> = encryptionContext) =>
  keyring.onDecrypt({ ...common, suite: SUITES['0x6700'], encryptionContext: context }, keys, webCrypto)
const refused = (code: string) => expect.objectContaining({ code })

test.each(ALGORITHMS)('writes without a call and reads with one: %s', async (algorithm) => {
  const keyring = kmsRsaKeyring({ keyId: key.arn, algorithm, publicKey, client })
  const made = await write(keyring)
  expect(kms.calls()).toBe(0)
  const [edk] = made.encryptedDataKeys
  expect([edk!.keyProviderId, Buffer.from(edk!.keyProviderInfo).toString()]).toEqual(['aws-kms-rsa', key.arn])
  expect(edk!.ciphertext).toHaveLength(48 + 256)
  expect((await read(keyring, made.encryptedDataKeys)).plaintextDataKey).toEqual(made.plaintextDataKey)
  expect(kms.calls('Decrypt')).toBe(1)
})

test('wraps the digest of the context before the key, and asks without context', async () => {
  const seen: unknown[] = []
  kms.onRequest(({ body }) => ({
    transformResponse: (answer) => {
      seen.push(Object.keys(body).sort(), Buffer.from(String(answer.Plaintext), 'base64').toString('hex').slice(0, 96))
      return answer
    },
  }))
  const keyring = kmsRsaKeyring({ keyId: key.arn, algorithm, publicKey, client })
  await read(keyring, (await write(keyring)).encryptedDataKeys)
  expect(seen).toEqual([['CiphertextBlob', 'EncryptionAlgorithm', 'KeyId'], DIGEST])
})

test('a replica in another Region reads', async () => {
  const { encryptedDataKeys } = await write(kmsRsaKeyring({ keyId: key.arn, algorithm, publicKey }))
  await read(kmsRsaKeyring({ keyId: key.arns[WEST]!, algorithm, client: (region) => CLIENTS.fetch!(kms, region) }), encryptedDataKeys)
})

test('another context, algorithm or key is refused', async () => {
  const { encryptedDataKeys } = await write(kmsRsaKeyring({ keyId: key.arn, algorithm, publicKey }))
  const reader = kmsRsaKeyring({ keyId: key.arn, algorithm, client })
  await expect(read(reader, encryptedDataKeys, { ...encryptionContext, a: '2' })).rejects.toMatchObject({
    code: 'NO_MATERIALS',
    cause: { errors: [{ code: 'NOT_AUTHENTIC' }] },
  })
  await expect(read(kmsRsaKeyring({ keyId: key.arn, algorithm: ALGORITHMS[0], client }), encryptedDataKeys)).rejects.toEqual(
    refused('NO_MATERIALS'),
  )
  const [edk] = encryptedDataKeys
  await expect(read(reader, [{ ...edk!, keyProviderId: 'aws-kms' }])).rejects.toEqual(refused('NO_MATERIALS'))
  for (const change of [{ KeyId: key.arns[WEST] }, { Plaintext: 'AAAA' }]) {
    kms.onRequest(() => ({ transformResponse: (body) => ({ ...body, ...change }) }))
    await expect(read(reader, encryptedDataKeys)).rejects.toEqual(refused('NO_MATERIALS'))
  }
})

test('who has no public key only reads, who has no client only writes, and suites with signature are refused', async () => {
  const writer = kmsRsaKeyring({ keyId: key.arn, algorithm, publicKey })
  await expect(read(writer, [])).rejects.toEqual(refused('CONFIGURATION'))
  await expect(write(kmsRsaKeyring({ keyId: key.arn, algorithm, client }))).rejects.toEqual(refused('CONFIGURATION'))
  await expect(write(writer, SUITES['0x6701'])).rejects.toEqual(refused('CONFIGURATION'))
})

test('what is no ARN, and a keyring that could do nothing, is refused when it is made', () => {
  for (const keyId of [key.keyId, 'alias/rsa', key.arn.replace('key/', 'alias/')])
    expect(() => kmsRsaKeyring({ keyId, algorithm, publicKey })).toThrow(refused('CONFIGURATION'))
  expect(() => kmsRsaKeyring({ keyId: key.arn, algorithm })).toThrow(refused('CONFIGURATION'))
})

test('a key of 1024 bits writes nothing', async () => {
  const parameters = { name: 'RSA-OAEP', hash: 'SHA-1', modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1) }
  const pair = await crypto.subtle.generateKey(parameters, true, ['encrypt', 'decrypt'])
  const keyring = kmsRsaKeyring({ keyId: key.arn, algorithm: ALGORITHMS[0], publicKey: pair.publicKey })
  await expect(write(keyring)).rejects.toEqual(refused('CONFIGURATION'))
})

test('items are written and read', async () => {
  const keyring = kmsRsaKeyring({ keyId: key.arn, algorithm, publicKey, client })
  const table = { tableName: 'people', partitionKey: 'pk', actions: { default: 'ENCRYPT_AND_SIGN' } } as const
  const encryptor = structuredItemEncryptor({ ...table, algorithmSuite: '0x6700', keyring })
  const item = { pk: { S: 'a' }, secret: { S: 'x' } }
  expect(await encryptor.decryptItem(await encryptor.encryptItem(item))).toEqual(item)
})
