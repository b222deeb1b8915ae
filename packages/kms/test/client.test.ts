import { KMSClient } from '@aws-sdk/client-kms'
import { ItemCryptoError } from '@itemseal/core'
import { fetchKmsClient, type KmsClient, type KmsCredentials } from '@itemseal/kms'
import { INTERNAL, type LocalKms, startLocalKms, THROTTLED } from '@itemseal/local-kms'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'

let kms: LocalKms
beforeAll(async () => {
  kms = await startLocalKms()
})
afterAll(() => kms.close())
beforeEach(() => {
  kms.onRequest(undefined)
  kms.resetCalls()
})

const refused = (name: string) => expect.objectContaining({ code: 'NO_MATERIALS', cause: expect.objectContaining({ name }) })
const EncryptionContext = { a: 'b', größe: '日本語' }

describe.each(Object.entries(CLIENTS))('the %s client', (_, connect) => {
  let client: KmsClient
  let KeyId: string
  const generate = (one = client) => one.generateDataKey({ KeyId, NumberOfBytes: 32 })

  beforeAll(async () => {
    client = connect(kms)
    KeyId = (await kms.createKey()).arn
  })

  test('generates and decrypts; bytes are Uint8Array', async () => {
    const made = await client.generateDataKey({ KeyId, NumberOfBytes: 32, EncryptionContext, GrantTokens: ['token'] })
    expect(made).toMatchObject({ KeyId, Plaintext: expect.any(Uint8Array), CiphertextBlob: expect.any(Uint8Array) })
    const opened = await client.decrypt({ KeyId, CiphertextBlob: made.CiphertextBlob!, EncryptionContext })
    expect(new Uint8Array(opened.Plaintext!)).toEqual(new Uint8Array(made.Plaintext!))
  })

  test('encrypts, generates without plaintext and re-encrypts', async () => {
    const { CiphertextBlob } = await client.encrypt({ KeyId, Plaintext: Uint8Array.of(1, 2, 3), EncryptionContext })
    const moved = await client.reEncrypt({
      CiphertextBlob: CiphertextBlob!,
      SourceKeyId: KeyId,
      SourceEncryptionContext: EncryptionContext,
      DestinationKeyId: KeyId,
      DestinationEncryptionContext: {},
    })
    expect(moved).toMatchObject({ SourceKeyId: KeyId, KeyId })
    const { Plaintext } = await client.decrypt({ KeyId, CiphertextBlob: moved.CiphertextBlob! })
    expect([...Plaintext!]).toEqual([1, 2, 3])
    const hidden = await client.generateDataKeyWithoutPlaintext({ KeyId, NumberOfBytes: 32 })
    expect(hidden).not.toHaveProperty('Plaintext')
    expect(hidden.CiphertextBlob).toBeInstanceOf(Uint8Array)
  })

  test('agrees on a secret', async () => {
    const [mine, theirs] = await Promise.all([kms.createKey({ spec: 'ECC_NIST_P256' }), kms.createKey({ spec: 'ECC_NIST_P256' })])
    const { PublicKey, KeyUsage } = await client.getPublicKey({ KeyId: theirs.arn })
    expect(KeyUsage).toBe('KEY_AGREEMENT')
    const derive = async (KeyId: string, PublicKey: Uint8Array) => {
      const answer = await client.deriveSharedSecret({ KeyId, KeyAgreementAlgorithm: 'ECDH', PublicKey })
      expect(answer).toMatchObject({ KeyId, KeyAgreementAlgorithm: 'ECDH' })
      return [...answer.SharedSecret!]
    }
    expect(await derive(mine.arn, PublicKey!)).toEqual(await derive(theirs.arn, mine.publicKey!))
  })

  test('a refusal is a NO_MATERIALS that names the error of KMS, bears no mark for another attempt and is not tried again', async () => {
    const key = await kms.createKey()
    key.disable()
    const error = await client.decrypt({ KeyId: 'alias/nowhere', CiphertextBlob: new Uint8Array(40) }).catch((error) => error)
    expect(error).toEqual(refused('NotFoundException'))
    expect(error).toBeInstanceOf(ItemCryptoError)
    for (const each of [error, error.cause]) {
      expect(each).not.toHaveProperty('$retryable')
      expect(each).not.toHaveProperty('$metadata')
    }
    expect(error.cause).toMatchObject({ status: 400, requestId: expect.any(String) })
    expect(kms.calls()).toBe(1)
    await expect(client.generateDataKey({ KeyId: key.arn, NumberOfBytes: 32 })).rejects.toEqual(refused('DisabledException'))
  })

  test('throttling, trouble and a lost connection pass', async () => {
    kms.onRequest(({ index }) => [{ fail: THROTTLED }, { fail: INTERNAL }, { drop: 'after' as const }][index])
    expect(await generate()).toMatchObject({ KeyId })
    expect(kms.calls()).toBe(4)
  })

  test('throttling that does not pass is reported after the last attempt', async () => {
    kms.onRequest(() => ({ fail: THROTTLED }))
    await expect(generate()).rejects.toEqual(refused('ThrottlingException'))
    expect(kms.calls()).toBe(4)
  })

  test('an abort ends a call at once: its own, or that of the client', async () => {
    kms.onRequest(() => ({ delayMs: 30_000 }))
    const begun = Date.now()
    const signal = AbortSignal.timeout(50)
    await expect(client.generateDataKey({ KeyId, NumberOfBytes: 32 }, { signal })).rejects.toEqual(refused('AbortError'))
    await expect(generate(connect(kms, undefined, { signal: AbortSignal.timeout(50) }))).rejects.toEqual(refused('AbortError'))
    expect(Date.now() - begun).toBeLessThan(5000)
    kms.resetCalls()
    await expect(generate(connect(kms, undefined, { signal: AbortSignal.abort() }))).rejects.toEqual(refused('AbortError'))
    expect(kms.calls()).toBe(0)
  })

  test('too late an answer is none', async () => {
    kms.onRequest(() => ({ delayMs: 30_000 }))
    await expect(generate(connect(kms, undefined, { timeoutMs: 40 }))).rejects.toEqual(refused('KmsTimeout'))
  })
})

test('the fetch client asks its credentials provider again when what it gave is about to expire, and not before', async () => {
  const KeyId = (await kms.createKey()).arn
  const asked = async (expiration: Date | string | undefined) => {
    let count = 0
    const credentials = (): KmsCredentials => {
      count++
      return { ...kms.credentials, expiration: expiration as Date | undefined }
    }
    const client = fetchKmsClient({ region: 'us-east-1', endpoint: kms.endpoint, credentials })
    for (let i = 0; i < 3; i++) await client.generateDataKey({ KeyId, NumberOfBytes: 32 })
    return count
  }
  expect(await asked(new Date(Date.now() + 3_600_000))).toBe(1)
  expect(await asked(new Date(Date.now() + 5_000))).toBe(3)
  expect(await asked(undefined)).toBe(3)
  const text = (ms: number) => new Date(Date.now() + ms).toISOString() // as those of a container tell it
  expect([await asked(text(3_600_000)), await asked(text(5_000))]).toEqual([1, 3])
})

test('the fetch client is not made for an endpoint with a password, which every failure of the network would repeat', () => {
  for (const endpoint of ['https://user:passw0rd@kms.example', 'https://user@kms.example']) {
    const make = () => fetchKmsClient({ region: 'us-east-1', endpoint, credentials: kms.credentials })
    expect(make).toThrow(expect.objectContaining({ code: 'CONFIGURATION', message: 'KMS client: endpoint: no user and no password' }))
  }
})

test('the fetch client keeps no secrets of credentials that were replaced', async () => {
  let count = 0
  const credentials = () => ({ ...kms.credentials, secretAccessKey: `replaced ${count++}` })
  const client = fetchKmsClient({ region: 'us-east-1', endpoint: kms.endpoint, credentials })
  const keeping = new Set<Map<unknown, unknown>>()
  const { set } = Map.prototype
  Map.prototype.set = function (key, value) {
    if (String(key).startsWith('replaced')) keeping.add(this)
    return set.call(this, key, value)
  }
  try {
    for (let i = 0; i < 20; i++)
      await expect(client.generateDataKey({ KeyId: 'alias/a', NumberOfBytes: 32 })).rejects.toEqual(refused('InvalidSignatureException'))
  } finally {
    Map.prototype.set = set
  }
  expect(count).toBe(20)
  expect(keeping.size).toBe(1)
  for (const { size } of keeping) expect(size).toBeLessThanOrEqual(2)
})

test('the fetch client reports a credentials provider that fails, and credentials that are refused', async () => {
  const failing = fetchKmsClient({
    region: 'us-east-1',
    endpoint: kms.endpoint,
    maxAttempts: 1,
    credentials: () => Promise.reject(new Error('no profile')),
  })
  const input = { KeyId: 'alias/a', NumberOfBytes: 32 }
  await expect(failing.generateDataKey(input)).rejects.toMatchObject({ code: 'NO_MATERIALS', cause: { message: 'no profile' } })
  const wrong = { ...kms.credentials, secretAccessKey: 'other' }
  const refusing = fetchKmsClient({ region: 'us-east-1', endpoint: kms.endpoint, credentials: wrong })
  await expect(refusing.generateDataKey(input)).rejects.toEqual(refused('InvalidSignatureException'))
})

test('the fetch client takes an answer that is not that of KMS for none', async () => {
  const KeyId = (await kms.createKey()).arn
  const client = fetchKmsClient({ region: 'us-east-1', endpoint: kms.endpoint, credentials: kms.credentials })
  for (const answer of [[], 'text', { Plaintext: 'no base64!' }]) {
    kms.onRequest(() => ({ transformResponse: () => answer }))
    const made = client.generateDataKey({ KeyId, NumberOfBytes: 32 })
    if (Array.isArray(answer)) expect(await made).not.toHaveProperty('Plaintext')
    else await expect(made).rejects.toEqual(refused('KmsUnreachable'))
  }
})

test.each([
  ...['eu-west-1', 'us-east-1', 'us-gov-west-1', 'cn-north-1', 'eusc-de-east-1'],
  ...['us-iso-east-1', 'us-isob-east-1', 'us-isof-south-1', 'eu-isoe-west-1'],
])('without an endpoint, the fetch client goes where the SDK does: %s', async (region) => {
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const sdk = new KMSClient({ region, credentials })
  const asked: string[] = []
  const { fetch } = globalThis
  globalThis.fetch = async (url) => {
    asked.push(String(url))
    return Response.json({})
  }
  try {
    await fetchKmsClient({ region, credentials }).decrypt({ CiphertextBlob: new Uint8Array(1) })
  } finally {
    globalThis.fetch = fetch
  }
  expect(asked).toEqual([String(sdk.config.endpointProvider({ Region: region, UseDualStack: false, UseFIPS: false }).url)])
})

test.each([
  ['a Region that is none', { region: 'evil.example/' }],
  ['an endpoint that is none', { endpoint: 'kms' }],
  ['an endpoint that shows data keys to the network', { endpoint: 'http://kms.example' }],
  ['no attempt', { maxAttempts: 0 }],
  ['no time', { timeoutMs: 0 }],
])('the fetch client refuses %s', (_, option) => {
  const options = { region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, ...option }
  expect(() => fetchKmsClient(options)).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }))
})
