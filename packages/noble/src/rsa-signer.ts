/**
 * RSA signatures (RSASSA-PKCS1-v1_5), with every hash that the peers have, SHA-224 included.
 *
 *     00 01  ff …  00  DigestInfo  hash          as long as the modulus (RFC 8017, 9.2)
 *
 * @module
 */
import { type Hash, ItemCryptoError, type Signer, type Verifier } from '@itemseal/core'
import { concatBytes, equalBytes, hexToBytes } from '@noble/curves/utils.js'
import { HASHES } from './hashes.ts'
import { rsaPrivateOperation, rsaPublicOperation } from './rsa-key.ts'

/** Java's names. */
export type RsaSignatureAlgorithm = 'SHA1withRSA' | 'SHA224withRSA' | 'SHA256withRSA' | 'SHA384withRSA' | 'SHA512withRSA'

const ALGORITHMS: Readonly<Record<RsaSignatureAlgorithm, { readonly hash: Hash; readonly digestInfo: string }>> = {
  SHA1withRSA: { hash: 'SHA-1', digestInfo: '3021300906052b0e03021a05000414' },
  SHA224withRSA: { hash: 'SHA-224', digestInfo: '302d300d06096086480165030402040500041c' },
  SHA256withRSA: { hash: 'SHA-256', digestInfo: '3031300d060960864801650304020105000420' },
  SHA384withRSA: { hash: 'SHA-384', digestInfo: '3041300d060960864801650304020205000430' },
  SHA512withRSA: { hash: 'SHA-512', digestInfo: '3051300d060960864801650304020305000440' },
}
const SHORTEST_FILLER = 8

/**
 * Signs with a private key, PKCS#8 DER. Core's `rsaSigner` does the same over WebCrypto, all but `SHA224withRSA`; what is
 * said of time at `rsaKeyWrapper` holds here too.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION` for an unknown algorithm, a key that is not RSA, or one too short for the hash.
 *
 * @example
 * const signer = rsaSigner('SHA224withRSA', privateKey)
 */
export function rsaSigner(algorithm: RsaSignatureAlgorithm, privateKey: Uint8Array): Signer {
  const { size, apply } = rsaPrivateOperation(privateKey)
  const encode = encoding(algorithm, size)
  return { algorithm, sign: (data) => apply(encode(data)) }
}

/**
 * Verifies with a public key, SubjectPublicKeyInfo DER.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION` for an unknown algorithm, a key that is not RSA, or one too short for the hash.
 */
export function rsaVerifier(algorithm: RsaSignatureAlgorithm, publicKey: Uint8Array): Verifier {
  const { size, apply } = rsaPublicOperation(publicKey)
  const encode = encoding(algorithm, size)
  return {
    algorithm,
    verify(data, signature) {
      try {
        return equalBytes(apply(signature), encode(data)) // nothing of the block is parsed, so nothing in it can be forged
      } catch {
        return false // not a block of this key
      }
    },
  }
}

function encoding(algorithm: RsaSignatureAlgorithm, size: number): (data: Uint8Array) => Uint8Array {
  if (!Object.hasOwn(ALGORITHMS, algorithm))
    throw new ItemCryptoError('CONFIGURATION', `signature algorithm: not one of ${Object.keys(ALGORITHMS).join(', ')}`)
  const { hash, digestInfo } = ALGORITHMS[algorithm]
  const prefix = hexToBytes(digestInfo)
  const filler = size - 3 - prefix.length - HASHES[hash].outputLen
  if (filler < SHORTEST_FILLER) throw new ItemCryptoError('CONFIGURATION', 'the RSA key is too short for this hash')
  const start = concatBytes(Uint8Array.of(0, 1), new Uint8Array(filler).fill(0xff), Uint8Array.of(0), prefix)
  return (data) => concatBytes(start, HASHES[hash](data))
}
