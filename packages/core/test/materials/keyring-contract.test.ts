import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { rsaOaepKeyWrapper } from '../../src/index.ts'
import {
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
  rawEcdhKeyring,
  rawRsaKeyring,
  SUITES,
} from '../../src/materials/index.ts'
import type { Curve } from '../../src/primitives.ts'
import { codeOf, withCode } from '../support/expect-error.ts'
import { pkcs1KeyWrapper } from '../support/structured-keyrings.ts'
import { ecKeys, rsaKeys } from '../support/structured-keys.ts'
import { CONTEXT, DIRECT, emptyDecryption, emptyEncryption, passOn } from '../support/structured-materials.ts'
import { PROVIDERS } from '../support/structured-providers.ts'
import { range } from '../support/structured-vectors.ts'

const CURVES: readonly Curve[] = ['P-256', 'P-384', 'P-521']
const rsa = rsaKeys()
const rsaPem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const keyStore = inMemoryBranchKeyStore([
  { branchKeyId: 'branch', version: 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6', branchKey: range(1, 32) },
])
const names = { namespace: 'tests', name: 'a key' }
const aes = rawAesKeyring({ ...names, wrappingKey: range(1, 32) })
const STRANGER = rawAesKeyring({ namespace: 'strangers', name: 'their key', wrappingKey: range(11, 42) })
const OTHER = rawAesKeyring({ namespace: 'tests', name: 'another key', wrappingKey: range(21, 52) })

/** Who writes, and who reads what that wrote. */
const KEYRINGS: readonly (readonly [name: string, writer: Keyring, reader: Keyring])[] = [
  ...[16, 24, 32].map((length) => {
    const keyring = rawAesKeyring({ ...names, wrappingKey: range(1, length) })
    return [`raw AES of ${8 * length} bits`, keyring, keyring] as const
  }),
  ...(['OAEP_SHA1_MGF1', 'OAEP_SHA256_MGF1', 'OAEP_SHA384_MGF1', 'OAEP_SHA512_MGF1'] as const).map((padding) => {
    const keyring = rawRsaKeyring({ ...names, keyWrapper: rsaOaepKeyWrapper(padding, rsa) })
    return [`raw RSA with ${padding}`, keyring, keyring] as const
  }),
  (() => {
    const keyring = rawRsaKeyring({ ...names, keyWrapper: pkcs1KeyWrapper(rsaPem) })
    return ['raw RSA with PKCS1', keyring, keyring] as const
  })(),
  ...CURVES.flatMap((curve) => {
    const [a, b] = [ecKeys(curve), ecKeys(curve)]
    const from = (mine: typeof a, theirs: typeof b) =>
      rawEcdhKeyring({ curve, schema: 'static', privateKey: mine.privateKey, publicKey: theirs.publicKey })
    const to = rawEcdhKeyring({ curve, schema: 'ephemeral', publicKey: b.publicKey })
    const discovery = rawEcdhKeyring({ curve, schema: 'discovery', privateKey: b.privateKey })
    return [
      [`raw ECDH over ${curve}, static, read by the recipient`, from(a, b), from(b, a)],
      [`raw ECDH over ${curve}, static, read by the sender`, from(a, b), from(a, b)],
      [`raw ECDH over ${curve}, static, read by discovery`, from(a, b), discovery],
      [`raw ECDH over ${curve}, ephemeral, read by discovery`, to, discovery],
    ] as const
  }),
  (() => {
    const keyring = hierarchicalKeyring({ keyStore, branchKeyId: 'branch', ttlSeconds: 60 })
    return ['hierarchical', keyring, keyring] as const
  })(),
  ['multi-keyring, read by its generator', multiKeyring({ generator: aes, children: [STRANGER] }), aes],
  ['multi-keyring, read by its child', multiKeyring({ generator: STRANGER, children: [aes] }), aes],
  ['raw AES, read by a multi-keyring', aes, multiKeyring({ children: [OTHER, aes] })],
]

for (const [provider, p] of PROVIDERS) {
  describe.each(KEYRINGS)(`keyring over ${provider}: %s`, (_, writer, reader) => {
    test.each([SUITES['0x6700'], SUITES['0x6701'], DIRECT])('opens what was made: suite $id', async (suite) => {
      const made = await writer.onEncrypt(emptyEncryption(CONTEXT, suite), p)
      expect(made.plaintextDataKey).toHaveLength(suite.dataKeyLength)
      const opened = await reader.onDecrypt(emptyDecryption(CONTEXT, suite), made.encryptedDataKeys, p)
      expect(opened.plaintextDataKey).toEqual(made.plaintextDataKey)
      if (suite.wrapping === 'intermediate') expect(made.symmetricSigningKeys).toContainEqual(opened.symmetricSigningKey)
      else expect([made.symmetricSigningKeys, opened.symmetricSigningKey]).toEqual([[], undefined])
    })

    test('materials are values: those given are not changed, and all else is handed on', async () => {
      const given = Object.freeze(emptyEncryption())
      const made = await writer.onEncrypt(given, p)
      expect(given).toEqual(emptyEncryption())
      expect(made).toMatchObject({ suite: given.suite, encryptionContext: given.encryptionContext, requiredContextKeys: [] })
      const keys = Object.freeze(structuredClone([...made.encryptedDataKeys]))
      const opened = await reader.onDecrypt(Object.freeze(emptyDecryption()), keys, p)
      expect(keys).toEqual(made.encryptedDataKeys)
      expect(opened).toMatchObject({ suite: given.suite, encryptionContext: given.encryptionContext, requiredContextKeys: [] })
    })

    test('data keys of others are passed over', async () => {
      const { encryptedDataKeys: theirs } = await STRANGER.onEncrypt(emptyEncryption(), p)
      const own = await writer.onEncrypt(emptyEncryption(), p)
      const foreign = { keyProviderId: 'nobody', keyProviderInfo: range(1, 5), ciphertext: range(1, 100) }
      const opened = await reader.onDecrypt(emptyDecryption(), [...theirs, foreign, ...own.encryptedDataKeys], p)
      expect(opened.plaintextDataKey).toEqual(own.plaintextDataKey)
      const error = await Promise.resolve(reader.onDecrypt(emptyDecryption(), [...theirs, foreign], p)).catch((thrown: unknown) => thrown)
      expect(error).toEqual(withCode('NO_MATERIALS'))
    })

    test('one of its own that is broken does not stand in the way of one that opens', async () => {
      const { encryptedDataKeys } = await writer.onEncrypt(emptyEncryption(), p)
      const broken = encryptedDataKeys.map((key) => ({ ...key, ciphertext: key.ciphertext.map((byte) => byte ^ 1) }))
      const { plaintextDataKey, encryptedDataKeys: second } = await writer.onEncrypt(emptyEncryption(), p)
      const opened = await reader.onDecrypt(emptyDecryption(), [...broken, ...second], p)
      expect(opened.plaintextDataKey).toEqual(plaintextDataKey)
    })

    test('if none opens, the error holds every failure', async () => {
      const { encryptedDataKeys } = await writer.onEncrypt(emptyEncryption(), p)
      const broken = encryptedDataKeys.map((key) => ({ ...key, ciphertext: key.ciphertext.map((byte) => byte ^ 1) }))
      const error = await Promise.resolve(reader.onDecrypt(emptyDecryption(), [...broken, ...broken], p)).catch((thrown: unknown) => thrown)
      expect(error).toEqual(withCode('NO_MATERIALS'))
      const { cause } = error as { cause: AggregateError }
      expect(cause).toBeInstanceOf(AggregateError)
      expect(cause.errors.length).toBeGreaterThan(0)
    })

    test('any byte of the data key, or the encryption context, being another is refused', async () => {
      const { encryptedDataKeys } = await writer.onEncrypt(emptyEncryption(), p)
      const only = encryptedDataKeys.length === 1
      for (const [i, key] of encryptedDataKeys.entries()) {
        for (let at = 0; at < key.ciphertext.length && only; at += 7) {
          const ciphertext = key.ciphertext.map((byte, k) => (k === at ? byte ^ 0x10 : byte))
          const keys = encryptedDataKeys.map((other, k) => (k === i ? { ...other, ciphertext } : other))
          expect(await codeOf(() => reader.onDecrypt(emptyDecryption(), keys, p)), `byte ${at}`).toBe('NO_MATERIALS')
        }
      }
      for (const context of [{}, { ...CONTEXT, b: '2' }, { ...CONTEXT, a: '2' }])
        expect(await codeOf(() => reader.onDecrypt(emptyDecryption(context), encryptedDataKeys, p))).toBe('NO_MATERIALS')
    })

    test('every truncation of the data key is refused', async () => {
      const { encryptedDataKeys } = await writer.onEncrypt(emptyEncryption(), p)
      for (const length of [0, 1, 47, 48, 49, 60, 79, 80, 92, 95, encryptedDataKeys[0]!.ciphertext.length - 1]) {
        const keys = encryptedDataKeys.map((key) => ({ ...key, ciphertext: key.ciphertext.subarray(0, length) }))
        expect(await codeOf(() => reader.onDecrypt(emptyDecryption(), keys, p)), `cut to ${length}`).toBe('NO_MATERIALS')
      }
    })

    test('materials that hold a data key already are not decrypted again', async () => {
      const { opened, made } = await passOn(p, writer, reader)
      const again = async () => reader.onDecrypt(opened, made.encryptedDataKeys, p)
      await expect(again()).rejects.toEqual(withCode('CONFIGURATION', 'already contain'))
    })
  })
}
