import { createECDH, createPublicKey } from 'node:crypto'
import {
  DecryptCommand,
  DeriveSharedSecretCommand,
  EncryptCommand,
  GenerateDataKeyCommand,
  GenerateDataKeyWithoutPlaintextCommand,
  GetPublicKeyCommand,
  KMSClient,
  ReEncryptCommand,
} from '@aws-sdk/client-kms'
import { INTERNAL, type LocalKms, startLocalKms, THROTTLED } from '@itemseal/local-kms'
import { AwsClient } from 'aws4fetch'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

let kms: LocalKms
let client: KMSClient
const EncryptionContext = { table: 'people', größe: '日本語' }

function connect(region = 'us-east-1', credentials = kms.credentials, maxAttempts = 1): KMSClient {
  return new KMSClient({ endpoint: kms.endpoint, region, credentials, maxAttempts })
}

beforeAll(async () => {
  kms = await startLocalKms()
  client = connect()
})
afterAll(() => kms.close())
beforeEach(() => {
  kms.onRequest(undefined)
  kms.resetCalls()
})

test('a generated data key decrypts under the same context in whatever order, and under no other', async () => {
  const { arn } = await kms.createKey()
  const { Plaintext, CiphertextBlob, KeyId } = await client.send(
    new GenerateDataKeyCommand({ KeyId: arn, NumberOfBytes: 32, EncryptionContext }),
  )
  expect(KeyId).toBe(arn)
  expect(Plaintext).toHaveLength(32)
  const turned = Object.fromEntries(Object.entries(EncryptionContext).reverse())
  const opened = await client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: turned }))
  expect(opened.Plaintext).toEqual(Plaintext)
  expect(opened.KeyId).toBe(arn)
  for (const wrong of [undefined, { ...EncryptionContext, more: '' }, { ...EncryptionContext, table: 'People' }])
    await expect(client.send(new DecryptCommand({ CiphertextBlob, EncryptionContext: wrong }))).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    })
})

test('an altered blob does not open, at whatever byte', async () => {
  const { arn } = await kms.createKey()
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: arn, Plaintext: new Uint8Array(8) }))
  for (let i = 0; i < CiphertextBlob!.length; i += 7) {
    const altered = new Uint8Array(CiphertextBlob!)
    altered[i]! ^= 1
    await expect(client.send(new DecryptCommand({ CiphertextBlob: altered }))).rejects.toMatchObject({ name: 'InvalidCiphertextException' })
  }
})

test('a key answers to its id, ARN, alias and alias ARN, and always with its ARN', async () => {
  const key = await kms.createKey({ aliases: ['alias/by/alias'] })
  for (const KeyId of [key.keyId, key.arn, 'alias/by/alias', key.arn.replace(/key\/.*/, 'alias/by/alias')]) {
    const answer = await client.send(new GenerateDataKeyWithoutPlaintextCommand({ KeyId, NumberOfBytes: 16 }))
    expect(answer.KeyId).toBe(key.arn)
    expect(answer).not.toHaveProperty('Plaintext')
  }
  for (const KeyId of ['alias/other', key.arn.replace('us-east-1', 'eu-west-1')])
    await expect(client.send(new GenerateDataKeyCommand({ KeyId, NumberOfBytes: 32 }))).rejects.toMatchObject({ name: 'NotFoundException' })
})

test('another key than the one that wrapped is the incorrect one', async () => {
  const [one, other] = await Promise.all([kms.createKey(), kms.createKey()])
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: one.arn, Plaintext: new Uint8Array(8) }))
  await expect(client.send(new DecryptCommand({ CiphertextBlob, KeyId: other.arn }))).rejects.toMatchObject({
    name: 'IncorrectKeyException',
  })
})

test('a multi-Region key opens in one Region what it wrapped in another; a key of one Region does not', async () => {
  const mrk = await kms.createKey({ regions: ['us-east-1', 'eu-west-1'] })
  expect(mrk.keyId).toMatch(/^mrk-/)
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: mrk.arn, Plaintext: new Uint8Array(8) }))
  const there = await connect('eu-west-1').send(new DecryptCommand({ CiphertextBlob, KeyId: mrk.arns['eu-west-1'] }))
  expect(there.KeyId).toBe(mrk.arns['eu-west-1'])

  const single = await kms.createKey()
  const { CiphertextBlob: local } = await client.send(new EncryptCommand({ KeyId: single.arn, Plaintext: new Uint8Array(8) }))
  await expect(connect('eu-west-1').send(new DecryptCommand({ CiphertextBlob: local }))).rejects.toMatchObject({
    name: 'InvalidCiphertextException',
  })
})

test('a disabled key is of no use until it is enabled, in the Regions concerned', async () => {
  const mrk = await kms.createKey({ regions: ['us-east-1', 'eu-west-1'] })
  mrk.disable('eu-west-1')
  const generate = new GenerateDataKeyCommand({ KeyId: mrk.keyId, NumberOfBytes: 32 })
  await expect(connect('eu-west-1').send(generate)).rejects.toMatchObject({ name: 'DisabledException' })
  await client.send(generate)
  mrk.enable()
  await connect('eu-west-1').send(generate)
})

test('a key that wants a grant token is for its holders', async () => {
  const { arn } = await kms.createKey({ grantToken: 'granted' })
  const input = { KeyId: arn, NumberOfBytes: 32 }
  await expect(client.send(new GenerateDataKeyCommand(input))).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await client.send(new GenerateDataKeyCommand({ ...input, GrantTokens: ['other', 'granted'] }))
})

test('ReEncrypt moves a blob to another context and key', async () => {
  const [from, to] = await Promise.all([kms.createKey(), kms.createKey()])
  const Plaintext = new Uint8Array([1, 2, 3])
  const { CiphertextBlob } = await client.send(new EncryptCommand({ KeyId: from.arn, Plaintext, EncryptionContext }))
  const moved = await client.send(
    new ReEncryptCommand({
      CiphertextBlob,
      SourceKeyId: from.arn,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: to.keyId,
      DestinationEncryptionContext: { other: 'context' },
    }),
  )
  expect([moved.SourceKeyId, moved.KeyId]).toEqual([from.arn, to.arn])
  const opened = await client.send(new DecryptCommand({ CiphertextBlob: moved.CiphertextBlob, EncryptionContext: { other: 'context' } }))
  expect(opened.Plaintext).toEqual(Plaintext)
})

test.each(['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const)(
  'an RSA key opens what was encrypted with %s',
  async (EncryptionAlgorithm) => {
    const { arn, publicKey } = await kms.createKey({ spec: 'RSA_2048' })
    const Plaintext = new Uint8Array([4, 5, 6])
    const hash = EncryptionAlgorithm.replace('RSAES_OAEP_', '').replace('_', '-')
    const key = await crypto.subtle.importKey('spki', new Uint8Array(publicKey!), { name: 'RSA-OAEP', hash }, false, ['encrypt'])
    const CiphertextBlob = new Uint8Array(await crypto.subtle.encrypt('RSA-OAEP', key, Plaintext))
    const opened = await client.send(new DecryptCommand({ KeyId: arn, CiphertextBlob, EncryptionAlgorithm }))
    expect(opened.Plaintext).toEqual(Plaintext)
    CiphertextBlob[9]! ^= 1
    await expect(client.send(new DecryptCommand({ KeyId: arn, CiphertextBlob, EncryptionAlgorithm }))).rejects.toMatchObject({
      name: 'InvalidCiphertextException',
    })
    await expect(client.send(new GenerateDataKeyCommand({ KeyId: arn, NumberOfBytes: 32 }))).rejects.toMatchObject({
      name: 'InvalidKeyUsageException',
    })
  },
)

test('both sides of a key agreement derive one secret', async () => {
  const mine = createECDH('prime256v1')
  mine.generateKeys()
  const { arn } = await kms.createKey({ spec: 'ECC_NIST_P256' })
  const { PublicKey: theirs, KeyUsage } = await client.send(new GetPublicKeyCommand({ KeyId: arn }))
  expect(KeyUsage).toBe('KEY_AGREEMENT')
  const { x, y } = createPublicKey({ key: Buffer.from(theirs!), format: 'der', type: 'spki' }).export({ format: 'jwk' })
  const point = Buffer.concat([Buffer.of(4), Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')])
  const [mx, my] = [mine.getPublicKey().subarray(1, 33), mine.getPublicKey().subarray(33)].map((part) => part.toString('base64url'))
  const jwk = { kty: 'EC', crv: 'P-256', x: mx!, y: my! }
  const PublicKey = new Uint8Array(createPublicKey({ key: jwk, format: 'jwk' }).export({ format: 'der', type: 'spki' }))
  const { SharedSecret } = await client.send(new DeriveSharedSecretCommand({ KeyId: arn, KeyAgreementAlgorithm: 'ECDH', PublicKey }))
  expect(Buffer.from(SharedSecret!)).toEqual(mine.computeSecret(point))
})

test('requests that are not signed, or not with the secret, are turned away and not counted', async () => {
  const { arn } = await kms.createKey()
  const command = new GenerateDataKeyCommand({ KeyId: arn, NumberOfBytes: 32 })
  const wrong = { ...kms.credentials, secretAccessKey: 'other' }
  await expect(connect('us-east-1', wrong).send(command)).rejects.toMatchObject({ name: 'InvalidSignatureException' })
  const stranger = { ...kms.credentials, accessKeyId: 'other' }
  await expect(connect('us-east-1', stranger).send(command)).rejects.toMatchObject({ name: 'UnrecognizedClientException' })
  const unsigned = await fetch(kms.endpoint, { method: 'POST', body: '{}' })
  expect(await unsigned.json()).toMatchObject({ __type: 'MissingAuthenticationTokenException' })
  expect(kms.calls()).toBe(0)
})

test('aws4fetch is understood, session token included, and a changed body is noticed', async () => {
  const credentials = { accessKeyId: 'temporary', secretAccessKey: 'secret', sessionToken: 'token+/=' }
  const other = await startLocalKms({ credentials, keys: [{ aliases: ['alias/a'] }] })
  const aws = new AwsClient({ ...credentials, service: 'kms', region: 'us-east-1', retries: 0 })
  const headers = { 'x-amz-target': 'TrentService.GenerateDataKey', 'content-type': 'application/x-amz-json-1.1' }
  const body = JSON.stringify({ KeyId: 'alias/a', NumberOfBytes: 32 })
  const answer = await aws.fetch(other.endpoint, { method: 'POST', headers, body })
  expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  expect(await answer.json()).toMatchObject({ KeyId: other.keys[0]!.arn })
  expect(other.calls('GenerateDataKey')).toBe(1)

  const signed = await aws.sign(other.endpoint, { method: 'POST', headers, body })
  const changed = await fetch(other.endpoint, { method: 'POST', headers: signed.headers, body: body.replace('32', '31') })
  expect(changed.status).toBe(400)
  expect(await changed.json()).toMatchObject({ __type: 'InvalidSignatureException' })
  await other.close()
})

test('a browser may ask first', async () => {
  const { status, headers } = await fetch(kms.endpoint, { method: 'OPTIONS' })
  expect([status, headers.get('access-control-allow-headers')]).toEqual([204, '*,authorization'])
})

test('faults: throttled and in trouble at first, lost, late', async () => {
  const { arn } = await kms.createKey()
  const command = new GenerateDataKeyCommand({ KeyId: arn, NumberOfBytes: 32 })
  kms.onRequest(({ index }) => [{ fail: THROTTLED }, { fail: INTERNAL }, { drop: 'after' as const }][index])
  await expect(client.send(command)).rejects.toMatchObject({ name: 'ThrottlingException' })
  await expect(client.send(command)).rejects.toMatchObject({ name: 'KMSInternalException', $metadata: { httpStatusCode: 500 } })
  await expect(client.send(command)).rejects.toMatchObject({ code: 'ECONNRESET' })
  await client.send(command)
  expect(kms.calls()).toBe(4)
  expect(kms.calls('GenerateDataKey')).toBe(4)

  kms.onRequest(() => ({ delayMs: 60_000 }))
  await expect(client.send(command, { abortSignal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: 'AbortError' })
})
