import { describe, expect, test } from 'vitest'
import { type AlgorithmSuite, type Keyring, rawAesKeyring, SUITES } from '../../src/materials/index.ts'
import type { Primitives } from '../../src/primitives.ts'
import { codeOf, withCode } from './expect-error.ts'
import { CONTEXT, DIRECT, emptyDecryption, emptyEncryption, passOn } from './structured-materials.ts'
import { range } from './structured-vectors.ts'

const STRANGER = rawAesKeyring({ namespace: 'strangers', name: 'their key', wrappingKey: range(11, 42) })
const ALL: readonly AlgorithmSuite[] = [SUITES['0x6700'], SUITES['0x6701'], DIRECT]

/** What every keyring keeps: what one wrote, the other reads. Neither is of the namespace `strangers`. */
export function keyringContract(title: string, p: Primitives, writer: Keyring, reader: Keyring, suites = ALL): void {
  describe(title, () => {
    test.each(suites)('opens what was made: suite $id', async (suite) => {
      const made = await writer.onEncrypt(emptyEncryption(CONTEXT, suite), p)
      expect(made.plaintextDataKey).toHaveLength(suite.dataKeyLength)
      const opened = await reader.onDecrypt(emptyDecryption(CONTEXT, suite), made.encryptedDataKeys, p)
      expect(opened.plaintextDataKey).toEqual(made.plaintextDataKey)
      if (!suite.wrapping) expect(made.symmetricSigningKeys).toContainEqual(opened.symmetricSigningKey)
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
      await expect(again()).rejects.toEqual(withCode('CONFIGURATION', 'have a plaintext data key'))
    })
  })
}
