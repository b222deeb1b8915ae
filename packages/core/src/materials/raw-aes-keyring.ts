/**
 * Data keys under an AES key of your own (materials-and-keyrings, 2.1).
 *
 *     provider id      namespace
 *     provider info    name, tag length in bits (128) and IV length in bytes (12), each a uint32, IV
 *     wrapped key      AES-GCM with the encryption context as AAD
 *
 * @module
 */
import { concat, constantTimeEqual, uint } from '../bytes.ts'
import { configuredKey, type KeyMaterial } from '../key-handle.ts'
import { addDataKey, openDataKey } from './edk-wrapping.ts'
import { contextAad } from './encryption-context.ts'
import { firstOpened, type Keyring } from './keyring.ts'
import { type RawKeyName, rawKeyName } from './raw-key-name.ts'

/** For `rawAesKeyring`. */
export interface RawAesKeyringOptions extends RawKeyName {
  /** Of 16, 24 or 32 bytes; AES-192 is missing in some browsers. */
  readonly wrappingKey: KeyMaterial
}

const TAG_BITS = 128
const IV = 12

/**
 * @throws `CONFIGURATION` for a key of another length, or a reserved namespace.
 *
 * @example
 * const keyring = rawAesKeyring({ namespace: 'my keys', name: 'people, 2026', wrappingKey })
 */
export function rawAesKeyring({ wrappingKey, ...names }: RawAesKeyringOptions): Keyring {
  const prefix = concat(rawKeyName(names), uint(TAG_BITS, 4), uint(IV, 4))
  const handle = configuredKey('AES-GCM', wrappingKey)
  const keyProviderId = names.namespace

  return {
    onEncrypt: (materials, p) =>
      addDataKey(materials, p, async (key) => {
        const iv = p.randomBytes(IV)
        const ciphertext = await p.aesGcmEncrypt(await handle(p), iv, contextAad(materials.encryptionContext), key)
        return { keyProviderId, keyProviderInfo: concat(prefix, iv), ciphertext }
      }),

    onDecrypt: (materials, keys, p) =>
      firstOpened('raw AES keyring', materials, keys, (edk) => {
        const info = edk.keyProviderInfo
        const iv = info.subarray(prefix.length)
        if (edk.keyProviderId !== keyProviderId || iv.length !== IV) return undefined
        if (!constantTimeEqual(info.subarray(0, prefix.length), prefix)) return undefined
        return openDataKey(materials, p, edk, async (wrapped) =>
          p.aesGcmDecrypt(await handle(p), iv, contextAad(materials.encryptionContext), wrapped),
        )
      }),
  }
}
