/**
 * AES key wrapping beyond RFC 3394, which is core's.
 *
 * @module
 */
import { aesKeyWrapper as aesKeyWrapperOfCore, type KeyWrapper, unsupportedWrapping } from '@itemseal/core'
import { aeskwp, ecb } from '@noble/ciphers/aes.js'
import { keyBytes } from './key-bytes.ts'

const ECB = /^AES(\/ECB\/PKCS5Padding)?$/
const KWP = 'AES/KWP/NoPadding'

/**
 * AES key wrap, as core's `aesKeyWrapper`; opens also what the Java client wrapped with padding (RFC 5649) or under
 * AES/ECB, and writes those if asked to.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION` for a `CryptoKey`, or a key of another length than 16, 24 or 32 bytes;
 *   `UNSUPPORTED` for an unknown algorithm.
 *
 * @example
 * const provider = wrappedProvider({ keyWrapper: aesKeyWrapper(wrappingKey), signer })
 */
export function aesKeyWrapper(wrappingKey: Uint8Array, algorithm = 'AESWrap'): KeyWrapper {
  const key = new Uint8Array(keyBytes(wrappingKey))
  const keyWrap = aesKeyWrapperOfCore(key)
  if (![keyWrap.algorithm, 'AES/KW/NoPadding', KWP].includes(algorithm) && !ECB.test(algorithm)) throw unsupportedWrapping(algorithm)
  return {
    algorithm,
    wrap(dataKey, p) {
      if (algorithm === KWP) return aeskwp(key).encrypt(dataKey)
      return ECB.test(algorithm) ? ecb(key).encrypt(dataKey) : keyWrap.wrap(dataKey, p)
    },
    async unwrap(wrapped, named = 'AES', p) {
      if (named === KWP) return aeskwp(key).decrypt(wrapped).slice()
      if (!ECB.test(named)) return keyWrap.unwrap(wrapped, named, p)
      try {
        return await keyWrap.unwrap(wrapped, keyWrap.algorithm, p) // the Python client wraps so whatever it calls it
      } catch (reason) {
        try {
          return ecb(key).decrypt(wrapped).slice()
        } catch {
          throw reason // such as that this runtime's WebCrypto has no AES-192
        }
      }
    },
  }
}
