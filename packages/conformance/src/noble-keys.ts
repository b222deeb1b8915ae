/**
 * Keys of a configuration for any runtime: WebCrypto's where it has them, noble's elsewhere.
 *
 * @module
 */
import type { KeyTools } from '@itemseal/cli/config'
import {
  type Curve,
  type EcdsaSignatureAlgorithm,
  ecdsaSigner,
  ecdsaVerifier,
  hmacSigner,
  ItemCryptoError,
  type MacAlgorithm,
  type Signer,
  type Verifier,
} from '@itemseal/core'
import { aesKeyWrapper, nobleCrypto } from '@itemseal/noble'
import { type RsaSignatureAlgorithm, rsaKeyWrapper, rsaSigner, rsaVerifier } from '@itemseal/noble/rsa'

/** Object identifiers of curves, as hexadecimal DER: what a key of the curve holds. */
const CURVES: readonly (readonly [Curve, string])[] = [
  ['P-256', '06082a8648ce3d030107'],
  ['P-384', '06052b81040022'],
  ['P-521', '06052b81040023'],
]

export const nobleKeyTools: KeyTools = {
  aesKeyWrapper: (algorithm, key) => aesKeyWrapper(key, algorithm === 'AES' ? 'AESWrap' : algorithm),
  rsaKeyWrapper,
  signer(algorithm, key) {
    if (algorithm.startsWith('Hmac')) return macKey(algorithm as MacAlgorithm, key)
    return algorithm.includes('ECDSA')
      ? ecdsaSigner(algorithm as EcdsaSignatureAlgorithm, curveOf(key), key)
      : rsaSigner(algorithm as RsaSignatureAlgorithm, key)
  },
  verifier: (algorithm, key) =>
    algorithm.includes('ECDSA')
      ? ecdsaVerifier(algorithm as EcdsaSignatureAlgorithm, curveOf(key), key)
      : rsaVerifier(algorithm as RsaSignatureAlgorithm, key),
  publicFromPrivate() {
    throw new ItemCryptoError('UNSUPPORTED', 'a public key is needed beside the private one here')
  },
}

/** WebCrypto has no SHA-224: a key of it computes with noble's, whatever primitives the encryptor has. */
function macKey(algorithm: MacAlgorithm, key: Uint8Array): Signer & Verifier {
  const mac = hmacSigner(algorithm, key)
  if (algorithm !== 'HmacSHA224') return mac
  return { algorithm, sign: (data) => mac.sign(data, nobleCrypto), verify: (data, signature) => mac.verify(data, signature, nobleCrypto) }
}

function curveOf(der: Uint8Array): Curve {
  const hex = Array.from(der, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const found = CURVES.find(([, identifier]) => hex.includes(identifier))
  if (found === undefined) throw new ItemCryptoError('CONFIGURATION', 'not a key of P-256, P-384 or P-521')
  return found[0]
}
