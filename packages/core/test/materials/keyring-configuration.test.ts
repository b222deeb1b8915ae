import { describe, expect, test } from 'vitest'
import { rsaOaepKeyWrapper, webCrypto } from '../../src/index.ts'
import {
  type EncryptedDataKey,
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type Keyring,
  multiKeyring,
  parseEcdhInfo,
  rawAesKeyring,
  rawEcdhKeyring,
  rawRsaKeyring,
} from '../../src/materials/index.ts'
import { codeOf, withCode } from '../support/expect-error.ts'
import { ecKeys, rsaKeys } from '../support/structured-keys.ts'
import { emptyDecryption, emptyEncryption } from '../support/structured-materials.ts'
import { counting, PROVIDERS } from '../support/structured-providers.ts'
import { hex, range } from '../support/structured-vectors.ts'

const p = webCrypto
const names = { namespace: 'tests', name: 'a key' }
const wrappingKey = range(1, 32)
const own = ecKeys('P-256')
const other = ecKeys('P-256')
const rsa = rsaKeys()
const branchKey = { branchKeyId: 'branch', version: 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6', branchKey: range(1, 32) }
const keyStore = inMemoryBranchKeyStore([branchKey])

async function codeOfReading(keyring: Keyring, change: (key: EncryptedDataKey) => Partial<EncryptedDataKey>, writer = keyring) {
  const { encryptedDataKeys } = await writer.onEncrypt(emptyEncryption(), p)
  const [key] = encryptedDataKeys
  const reading = async () => keyring.onDecrypt(emptyDecryption(), [{ ...key!, ...change(key!) }], p)
  return reading().then(
    () => 'opened',
    (error: { code: string; cause: AggregateError }) => `${error.code} of ${error.cause.errors.length}`,
  )
}

describe('raw keyrings', () => {
  test.each([15, 17, 31, 33, 0])('a wrapping key of %i bytes is no AES key', (length) => {
    expect(() => rawAesKeyring({ ...names, wrappingKey: new Uint8Array(length) })).toThrow(withCode('CONFIGURATION', 'AES-GCM key'))
  })

  test('namespace aws-kms is reserved', () => {
    const namespace = 'aws-kms'
    expect(() => rawAesKeyring({ ...names, namespace, wrappingKey })).toThrow(withCode('CONFIGURATION', 'reserved'))
    const keyWrapper = rsaOaepKeyWrapper('OAEP_SHA256_MGF1', rsa)
    expect(() => rawRsaKeyring({ ...names, namespace, keyWrapper })).toThrow(withCode('CONFIGURATION', 'reserved'))
  })

  test('namespace and name are text that an item can hold', () => {
    for (const broken of [{ name: 'x'.repeat(65_536) }, { namespace: 'x'.repeat(65_536) }, { name: 5 as never }])
      expect(() => rawAesKeyring({ ...names, ...broken, wrappingKey })).toThrow(withCode('CONFIGURATION', 'of the key'))
  })

  test('a raw AES keyring knows its own by namespace, name, tag length, IV length and total length', async () => {
    const keyring = rawAesKeyring({ ...names, wrappingKey })
    expect(await codeOfReading(keyring, () => ({}))).toBe('opened')
    expect(await codeOfReading(keyring, () => ({ keyProviderId: 'test' }))).toBe('NO_MATERIALS of 0')
    expect(await codeOfReading(keyring, ({ keyProviderInfo }) => ({ keyProviderInfo: keyProviderInfo.subarray(1) }))).toBe(
      'NO_MATERIALS of 0',
    )
    expect(await codeOfReading(keyring, ({ keyProviderInfo }) => ({ keyProviderInfo: Uint8Array.of(...keyProviderInfo, 0) }))).toBe(
      'NO_MATERIALS of 0',
    )
    for (let at = 0; at < 13; at++) {
      const change = ({ keyProviderInfo }: EncryptedDataKey) => ({ keyProviderInfo: keyProviderInfo.map((b, i) => (i === at ? b ^ 1 : b)) })
      expect(await codeOfReading(keyring, change), `byte ${at}`).toBe('NO_MATERIALS of 0')
    }
    const iv = ({ keyProviderInfo }: EncryptedDataKey) => ({ keyProviderInfo: keyProviderInfo.map((b, i) => (i === 13 ? b ^ 1 : b)) })
    expect(await codeOfReading(keyring, iv)).toBe('NO_MATERIALS of 1')
  })

  test('a key whose name begins with that of another is another', async () => {
    const longer = rawAesKeyring({ ...names, name: 'a key 2', wrappingKey })
    expect(await codeOfReading(rawAesKeyring({ ...names, wrappingKey }), () => ({}), longer)).toBe('NO_MATERIALS of 0')
  })

  test('the wrapping key is copied when it is given', async () => {
    const raw = new Uint8Array(wrappingKey)
    const keyring = rawAesKeyring({ ...names, wrappingKey: raw })
    raw.fill(0)
    expect(await codeOfReading(rawAesKeyring({ ...names, wrappingKey }), () => ({}), keyring)).toBe('opened')
  })

  test('a raw RSA keyring needs the public key to write and the private key to read', async () => {
    const { publicKey, privateKey } = rsa
    const writer = rawRsaKeyring({ ...names, keyWrapper: rsaOaepKeyWrapper('OAEP_SHA256_MGF1', { publicKey }) })
    const reader = rawRsaKeyring({ ...names, keyWrapper: rsaOaepKeyWrapper('OAEP_SHA256_MGF1', { privateKey }) })
    expect(await codeOfReading(reader, () => ({}), writer)).toBe('opened')
    expect(await codeOfReading(writer, () => ({}))).toBe('NO_MATERIALS of 1')
    expect(await codeOf(() => reader.onEncrypt(emptyEncryption(), p))).toBe('NO_MATERIALS')
    expect(await codeOfReading(reader, ({ ciphertext }) => ({ ciphertext: ciphertext.subarray(0, 48) }), writer)).toBe('NO_MATERIALS of 1')
  })

  test('a raw RSA keyring knows its own by namespace and name', async () => {
    const keyring = rawRsaKeyring({ ...names, keyWrapper: rsaOaepKeyWrapper('OAEP_SHA256_MGF1', rsa) })
    expect(await codeOfReading(keyring, () => ({ keyProviderId: 'other' }))).toBe('NO_MATERIALS of 0')
    expect(await codeOfReading(keyring, () => ({ keyProviderInfo: range(1, 5) }))).toBe('NO_MATERIALS of 0')
  })

  test('data keys under another padding do not open', async () => {
    const keyring = (padding: 'OAEP_SHA1_MGF1' | 'OAEP_SHA512_MGF1') =>
      rawRsaKeyring({ ...names, keyWrapper: rsaOaepKeyWrapper(padding, rsa) })
    expect(await codeOfReading(keyring('OAEP_SHA1_MGF1'), () => ({}), keyring('OAEP_SHA512_MGF1'))).toBe('NO_MATERIALS of 1')
  })
})

describe('raw ECDH keyring', () => {
  const curve = 'P-256'
  const keyring = rawEcdhKeyring({ curve, schema: 'static', privateKey: own.privateKey, publicKey: other.publicKey })
  const discovery = rawEcdhKeyring({ curve, schema: 'discovery', privateKey: own.privateKey })
  const ephemeral = rawEcdhKeyring({ curve, schema: 'ephemeral', publicKey: own.publicKey })

  test('the configuration is checked when the keyring is made', () => {
    const make = (options: object) => () => rawEcdhKeyring({ curve, schema: 'static', ...own, ...options } as never)
    expect(make({ curve: 'SM2' })).toThrow(withCode('CONFIGURATION', 'curve'))
    expect(make({ schema: 'other' })).toThrow(withCode('CONFIGURATION', 'schema'))
    expect(make({ publicKey: 'PEM' })).toThrow(withCode('CONFIGURATION', 'publicKey'))
    expect(make({ privateKey: 'PEM' })).toThrow(withCode('CONFIGURATION', 'privateKey'))
  })

  const pair = { privateKey: own.privateKey, publicKey: other.publicKey }
  const wide = ecKeys('P-384')
  test.each<[string, { readonly privateKey?: Uint8Array; readonly publicKey?: Uint8Array }]>([
    ['public key that is not on the curve', { publicKey: other.publicKey.map((byte, i) => (i === 90 ? byte ^ 1 : byte)) }],
    ['public key that is none', { publicKey: range(1, 91) }],
    // OpenSSL takes it for a key, and Node 20 aborts the process that asks of what kind.
    ['public key that is the point at infinity', { publicKey: hex('3019301306072a8648ce3d020106082a8648ce3d03010703020000') }],
    ['public key that is empty', { publicKey: new Uint8Array() }],
    ['public key that is cut off', { publicKey: other.publicKey.subarray(0, -1) }],
    ['public key of another curve', { publicKey: wide.publicKey }],
    ['public key that is private', { publicKey: other.privateKey }],
    ['private key that is none', { privateKey: range(1, 100) }],
    ['private key of another curve', { privateKey: wide.privateKey }],
    ['private key that is public', { privateKey: own.publicKey }],
  ])('a %s is reported at first use, writing and reading, with every provider', async (_, change) => {
    for (const [, primitives] of PROVIDERS) {
      const { encryptedDataKeys } = await keyring.onEncrypt(emptyEncryption(), primitives)
      const wrong = rawEcdhKeyring({ curve, schema: 'static', ...pair, ...change })
      const refused = withCode('CONFIGURATION', `${Object.keys(change)}: not `)
      await expect(wrong.onEncrypt(emptyEncryption(), primitives)).rejects.toEqual(refused)
      await expect(wrong.onDecrypt(emptyDecryption(), encryptedDataKeys, primitives)).rejects.toEqual(refused)
    }
  })

  test('keys are copied when the keyring is made', async () => {
    const [privateKey, publicKey] = [new Uint8Array(pair.privateKey), new Uint8Array(pair.publicKey)]
    const copied = rawEcdhKeyring({ curve, schema: 'static', privateKey, publicKey })
    privateKey.fill(0)
    publicKey.fill(0)
    expect(await codeOfReading(copied, () => ({}), keyring)).toBe('opened')
  })

  test('schema ephemeral cannot decrypt, schema discovery cannot encrypt', async () => {
    expect(await codeOf(() => ephemeral.onDecrypt(emptyDecryption(), [], p))).toBe('CONFIGURATION')
    expect(await codeOf(() => discovery.onEncrypt(emptyEncryption(), p))).toBe('CONFIGURATION')
  })

  test('uses the ECDH of the primitives, and that of WebCrypto where they have none', async () => {
    const { primitives, calls } = counting(webCrypto)
    const { ecdhGenerate, ecdhImport, ecdhImportPublic, ecdhDerive, ...without } = webCrypto
    for (const writer of [keyring, ephemeral]) {
      const { encryptedDataKeys, plaintextDataKey } = await writer.onEncrypt(emptyEncryption(), primitives)
      const reader = writer === ephemeral ? discovery : keyring
      const read = await reader.onDecrypt(emptyDecryption(), encryptedDataKeys, without)
      expect(read.plaintextDataKey).toEqual(plaintextDataKey)
      const written = await writer.onEncrypt(emptyEncryption(), without)
      const readAgain = await reader.onDecrypt(emptyDecryption(), written.encryptedDataKeys, primitives)
      expect(readAgain.plaintextDataKey).toEqual(written.plaintextDataKey)
    }
    expect([...calls.keys()]).toEqual(
      expect.arrayContaining([ecdhGenerate, ecdhImport, ecdhImportPublic, ecdhDerive].map(({ name }) => name)),
    )
  })

  test('schema ephemeral makes a new key pair each time', async () => {
    const infos = await Promise.all(
      [1, 2].map(async () => (await ephemeral.onEncrypt(emptyEncryption(), p)).encryptedDataKeys[0]!.keyProviderInfo),
    )
    const [a, b] = infos.map((info) => parseEcdhInfo(curve, info)!)
    expect(a!.recipient).toEqual(b!.recipient)
    expect(a!.sender).not.toEqual(b!.sender)
  })

  test('opens what a keyring in KMS made, and knows its own by both public keys', async () => {
    expect(await codeOfReading(keyring, () => ({ keyProviderId: 'aws-kms-ecdh' }))).toBe('opened')
    expect(await codeOfReading(keyring, () => ({ keyProviderId: 'raw-ecdH' }))).toBe('NO_MATERIALS of 0')
    const third = ecKeys(curve)
    const stranger = rawEcdhKeyring({ curve, schema: 'static', privateKey: third.privateKey, publicKey: other.publicKey })
    expect(await codeOfReading(keyring, () => ({}), stranger)).toBe('NO_MATERIALS of 0')
    expect(await codeOfReading(discovery, () => ({}), keyring)).toBe('NO_MATERIALS of 0')
  })

  test('info that is malformed is a failure of its own; info of another curve is that of another', async () => {
    const change =
      (edit: (info: Uint8Array) => Uint8Array) =>
      ({ keyProviderInfo }: EncryptedDataKey) => ({ keyProviderInfo: edit(keyProviderInfo) })
    const edits: ((info: Uint8Array) => Uint8Array)[] = [
      (info) => info.map((byte, i) => (i === 0 ? 2 : byte)),
      (info) => info.subarray(0, -1),
      (info) => Uint8Array.of(...info, 0),
      () => new Uint8Array(0),
      () => Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0),
    ]
    for (const edit of edits) expect(await codeOfReading(keyring, change(edit))).toBe('NO_MATERIALS of 1')
    const longer = ecKeys('P-384')
    const larger = rawEcdhKeyring({ curve: 'P-384', schema: 'static', ...longer })
    expect(await codeOfReading(keyring, () => ({}), larger)).toBe('NO_MATERIALS of 0')
  })

  test('a commitment that does not match is refused', async () => {
    const change = ({ ciphertext }: EncryptedDataKey) => ({ ciphertext: ciphertext.map((byte, i) => (i === 48 + 40 ? byte ^ 1 : byte)) })
    expect(await codeOfReading(keyring, change)).toBe('NO_MATERIALS of 1')
  })

  test('in discovery, a sender that is no point is refused', async () => {
    const { encryptedDataKeys } = await ephemeral.onEncrypt(emptyEncryption(), p)
    const [key] = encryptedDataKeys
    const codes = await Promise.all(
      Array.from({ length: 8 }, (_, bit) => {
        const keyProviderInfo = key!.keyProviderInfo.map((byte, i) => (i === 74 ? byte ^ (1 << bit) : byte))
        return codeOf(() => discovery.onDecrypt(emptyDecryption(), [{ ...key!, keyProviderInfo }], p))
      }),
    )
    expect(codes).toEqual(Array(8).fill('NO_MATERIALS'))
  })
})

describe('multi-keyring', () => {
  const aes = rawAesKeyring({ ...names, wrappingKey })
  const second = rawAesKeyring({ ...names, name: 'second', wrappingKey })

  test('needs a generator or a child', () => {
    expect(() => multiKeyring({})).toThrow(withCode('CONFIGURATION'))
  })

  test('encrypts with a generator only, and then with no data key from before', async () => {
    expect(await codeOf(() => multiKeyring({ children: [aes] }).onEncrypt(emptyEncryption(), p))).toBe('CONFIGURATION')
    const made = await aes.onEncrypt(emptyEncryption(), p)
    expect(await codeOf(() => multiKeyring({ generator: aes }).onEncrypt(made, p))).toBe('CONFIGURATION')
    const more = await multiKeyring({ children: [second] }).onEncrypt(made, p)
    expect(more.encryptedDataKeys).toHaveLength(2)
    expect(more.plaintextDataKey).toBe(made.plaintextDataKey)
  })

  test('wraps one data key under each member, generator first, with a signing key of its own for each', async () => {
    const made = await multiKeyring({ generator: second, children: [aes, aes] }).onEncrypt(emptyEncryption(), p)
    expect(made.encryptedDataKeys.map(({ keyProviderInfo }) => keyProviderInfo[0])).toEqual([115, 97, 97])
    expect(new Set(made.symmetricSigningKeys.map(String)).size).toBe(3)
  })

  test('a member that changes what was made before is refused', async () => {
    const forgetful: Keyring = { ...aes, onEncrypt: (materials) => ({ ...materials, encryptedDataKeys: [] }) }
    const swapping: Keyring = { ...aes, onEncrypt: (materials) => ({ ...materials, plaintextDataKey: range(1, 32) }) }
    const idle: Keyring = { ...aes, onEncrypt: (materials) => materials }
    for (const child of [forgetful, swapping])
      expect(await codeOf(() => multiKeyring({ generator: aes, children: [child] }).onEncrypt(emptyEncryption(), p))).toBe('NO_MATERIALS')
    expect(await codeOf(() => multiKeyring({ generator: idle }).onEncrypt(emptyEncryption(), p))).toBe('NO_MATERIALS')
    const lying: Keyring = { ...aes, onDecrypt: (materials) => materials }
    expect(await codeOf(() => multiKeyring({ children: [lying] }).onDecrypt(emptyDecryption(), [], p))).toBe('NO_MATERIALS')
  })

  test('the failures of all members are in the error', async () => {
    const reading = async () => multiKeyring({ generator: aes, children: [second] }).onDecrypt(emptyDecryption(), [], p)
    const error = (await reading().catch((thrown: unknown) => thrown)) as { cause: AggregateError }
    expect(error.cause.errors).toEqual([withCode('NO_MATERIALS', 'raw AES keyring'), withCode('NO_MATERIALS', 'raw AES keyring')])
  })
})

describe('hierarchical keyring', () => {
  test('has either a branch key id or a supplier, and a whole number of seconds to live', () => {
    const branchKeyIdSupplier = { getBranchKeyId: () => 'branch' }
    const make = (options: object) => () => hierarchicalKeyring({ keyStore, ttlSeconds: 60, ...options } as never)
    expect(make({})).toThrow(withCode('CONFIGURATION', 'branchKeyId'))
    expect(make({ branchKeyId: 'branch', branchKeyIdSupplier })).toThrow(withCode('CONFIGURATION', 'branchKeyId'))
    for (const ttlSeconds of [-1, 0.5, Number.NaN, Infinity, undefined])
      expect(make({ branchKeyId: 'branch', ttlSeconds })).toThrow(withCode('CONFIGURATION', 'ttlSeconds'))
  })

  test('the branch key of another id is that of another', async () => {
    const two = inMemoryBranchKeyStore([branchKey, { ...branchKey, branchKeyId: 'second' }])
    const keyring = (branchKeyId: string) => hierarchicalKeyring({ keyStore: two, branchKeyId, ttlSeconds: 60 })
    expect(await codeOfReading(keyring('branch'), () => ({}), keyring('second'))).toBe('NO_MATERIALS of 0')
  })
})
