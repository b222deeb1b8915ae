/**
 * The command line's keys, over `node:crypto`.
 *
 * @module
 */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { type EcdsaSignatureAlgorithm, hmacSigner, ItemCryptoError, type MacAlgorithm } from '@itemseal/core'
import { aesKeyWrapper, ecdsaSigner, ecdsaVerifier, rsaKeyWrapper, rsaSigner, rsaVerifier } from '@itemseal/node'
import type { KeyTools } from './keys.ts'

const CURVES = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' } as const

export const nodeKeyTools: KeyTools = {
  aesKeyWrapper: (algorithm, key) => aesKeyWrapper(key, algorithm === 'AES' ? 'AESWrap' : algorithm),
  rsaKeyWrapper,
  signer(algorithm, key) {
    if (algorithm.startsWith('Hmac')) return hmacSigner(algorithm as MacAlgorithm, key) // it refuses those it does not know
    return algorithm.includes('ECDSA')
      ? ecdsaSigner(algorithm as EcdsaSignatureAlgorithm, curveOf(key, 'private'), key)
      : rsaSigner(algorithm, key)
  },
  verifier(algorithm, key) {
    return algorithm.includes('ECDSA')
      ? ecdsaVerifier(algorithm as EcdsaSignatureAlgorithm, curveOf(key, 'public'), key)
      : rsaVerifier(algorithm, key)
  },
  publicFromPrivate: (privateKey) =>
    new Uint8Array(createPublicKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }).export({ format: 'der', type: 'spki' })),
}

function curveOf(der: Uint8Array, half: 'private' | 'public'): (typeof CURVES)[keyof typeof CURVES] {
  const key = Buffer.from(der)
  const { asymmetricKeyDetails } =
    half === 'private' ? createPrivateKey({ key, format: 'der', type: 'pkcs8' }) : createPublicKey({ key, format: 'der', type: 'spki' })
  const curve = asymmetricKeyDetails?.namedCurve ?? ''
  if (!Object.hasOwn(CURVES, curve)) throw new ItemCryptoError('CONFIGURATION', 'not a key of P-256, P-384 or P-521')
  return CURVES[curve as keyof typeof CURVES]
}
