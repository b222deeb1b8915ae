/**
 * Data keys under an RSA key pair of your own (materials-and-keyrings, 2.2).
 *
 *     provider id      namespace
 *     provider info    name
 *     wrapped key      as long as the modulus; not bound to the encryption context, but the data key within is
 *
 * @module
 */
import { constantTimeEqual } from '../bytes.ts'
import type { KeyWrapper } from '../key-wrapper.ts'
import { addDataKey, openDataKey } from './edk-wrapping.ts'
import { firstOpened, type Keyring } from './keyring.ts'
import { type RawKeyName, rawKeyName } from './raw-key-name.ts'

/** For `rawRsaKeyring`. */
export interface RawRsaKeyringOptions extends RawKeyName {
  /** Such as `rsaOaepKeyWrapper('OAEP_SHA256_MGF1', { publicKey, privateKey })`. The peers' fifth padding, `PKCS1`, comes from `@itemseal/node` or `@itemseal/noble/rsa`. */
  readonly keyWrapper: KeyWrapper
}

/** @throws `CONFIGURATION` for a reserved namespace. */
export function rawRsaKeyring({ keyWrapper, ...names }: RawRsaKeyringOptions): Keyring {
  const keyProviderInfo = rawKeyName(names)
  const keyProviderId = names.namespace

  return {
    onEncrypt: (materials, p) =>
      addDataKey(materials, p, async (key) => ({
        keyProviderId,
        keyProviderInfo: new Uint8Array(keyProviderInfo),
        ciphertext: await keyWrapper.wrap(key, p),
      })),

    onDecrypt: (materials, keys, p) =>
      firstOpened('raw RSA keyring', materials, keys, (edk) => {
        if (edk.keyProviderId !== keyProviderId || !constantTimeEqual(edk.keyProviderInfo, keyProviderInfo)) return undefined
        return openDataKey(materials, p, edk, (wrapped) => keyWrapper.unwrap(wrapped, keyWrapper.algorithm, p))
      }),
  }
}
