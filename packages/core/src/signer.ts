/**
 * Signing keys of the classic format, so that its code does not know their kinds.
 *
 * @module
 */
import { constantTimeEqual } from './bytes.ts'
import { derFromRaw, rawFromDer } from './ecdsa-encoding.ts'
import { ItemCryptoError } from './errors.ts'
import { configuredKey, type KeyMaterial } from './key-handle.ts'
import type { ClassicPrimitives, Curve, Hash, MaybePromise } from './primitives.ts'
import { type AsymmetricParameters, asymmetricKey, buffer, subtle } from './webcrypto.ts'

/** Signs the string to sign, which may be a view of more memory. Your own may hold its key anywhere, and ignore the primitives. */
export interface Signer {
  /** Java's name of the algorithm, such as `SHA256withRSA`: goes into the material description where the dialect wants it. */
  readonly algorithm?: string
  sign(data: Uint8Array, p: ClassicPrimitives): MaybePromise<Uint8Array>
}

/** Verifies a signature. What was signed may be a view of more memory. */
export interface Verifier {
  /** When given, an item whose description names another algorithm is refused. */
  readonly algorithm?: string
  verify(data: Uint8Array, signature: Uint8Array, p: ClassicPrimitives): MaybePromise<boolean>
}

const MACS = { HmacSHA1: 'SHA-1', HmacSHA224: 'SHA-224', HmacSHA256: 'SHA-256', HmacSHA384: 'SHA-384', HmacSHA512: 'SHA-512' } as const
const RSA = { SHA1withRSA: 'SHA-1', SHA256withRSA: 'SHA-256', SHA384withRSA: 'SHA-384', SHA512withRSA: 'SHA-512' } as const
const ECDSA = { SHA1withECDSA: 'SHA-1', SHA256withECDSA: 'SHA-256', SHA384withECDSA: 'SHA-384', SHA512withECDSA: 'SHA-512' } as const

/** A MAC, as Java names it. */
export type MacAlgorithm = keyof typeof MACS
/** An RSA signature, as Java names it. SHA-224 is in `@itemseal/node` and `@itemseal/noble/rsa`. */
export type RsaSignatureAlgorithm = keyof typeof RSA
/** An ECDSA signature, as Java names it: in DER, or of fixed length. */
export type EcdsaSignatureAlgorithm = keyof typeof ECDSA | `${keyof typeof ECDSA}inP1363Format`

/**
 * A MAC key: signs and verifies. `HmacSHA224` needs primitives that have SHA-224, which `webCrypto` has not.
 *
 * @throws `CONFIGURATION` for an unknown algorithm or an empty key.
 */
export function hmacSigner(algorithm: MacAlgorithm, key: KeyMaterial): Signer & Verifier {
  const hash = hashOf(MACS, algorithm)
  const handle = configuredKey(`HMAC-${hash}`, key)
  const sign = async (data: Uint8Array, p: ClassicPrimitives) => p.hmac(hash, await handle(p), data)
  return { algorithm, sign, verify: async (data, signature, p) => constantTimeEqual(await sign(data, p), signature) }
}

/** RSASSA-PKCS1-v1_5 with a private key: PKCS#8 DER, or a `CryptoKey`. */
export function rsaSigner(algorithm: RsaSignatureAlgorithm, privateKey: KeyMaterial): Signer {
  return subtleSigner(algorithm, { name: 'RSASSA-PKCS1-v1_5', hash: hashOf(RSA, algorithm) }, privateKey)
}

/** RSASSA-PKCS1-v1_5 with a public key: SubjectPublicKeyInfo DER, or a `CryptoKey`. */
export function rsaVerifier(algorithm: RsaSignatureAlgorithm, publicKey: KeyMaterial): Verifier {
  return subtleVerifier(algorithm, { name: 'RSASSA-PKCS1-v1_5', hash: hashOf(RSA, algorithm) }, publicKey)
}

/** ECDSA with a private key: PKCS#8 DER, or a `CryptoKey`. Signatures are DER, unless the algorithm's name says otherwise. */
export function ecdsaSigner(algorithm: EcdsaSignatureAlgorithm, curve: Curve, privateKey: KeyMaterial): Signer {
  const { parameters, raw } = ecdsa(algorithm, curve)
  const { sign } = subtleSigner(algorithm, parameters, privateKey)
  return { algorithm, sign: raw ? sign : async (data, p) => derFromRaw(await sign(data, p)) }
}

/** ECDSA with a public key: SubjectPublicKeyInfo DER, or a `CryptoKey`. */
export function ecdsaVerifier(algorithm: EcdsaSignatureAlgorithm, curve: Curve, publicKey: KeyMaterial): Verifier {
  const { parameters, raw } = ecdsa(algorithm, curve)
  const { verify } = subtleVerifier(algorithm, parameters, publicKey)
  return { algorithm, verify: raw ? verify : async (data, signature, p) => fromDer(signature, curve, (fixed) => verify(data, fixed, p)) }
}

function ecdsa(algorithm: EcdsaSignatureAlgorithm, namedCurve: Curve): { parameters: AsymmetricParameters; raw: boolean } {
  const [name = '', rest] = algorithm.split('inP1363Format')
  return { parameters: { name: 'ECDSA', hash: hashOf(ECDSA, name), namedCurve }, raw: rest === '' }
}

function subtleSigner(algorithm: string, parameters: AsymmetricParameters, privateKey: KeyMaterial): Signer {
  const key = asymmetricKey('pkcs8', parameters, privateKey, 'sign')
  return { algorithm, sign: async (data) => new Uint8Array(await subtle().sign(parameters, await key(), buffer(data))) }
}

function subtleVerifier(algorithm: string, parameters: AsymmetricParameters, publicKey: KeyMaterial): Verifier {
  const key = asymmetricKey('spki', parameters, publicKey, 'verify')
  return { algorithm, verify: async (data, signature) => subtle().verify(parameters, await key(), buffer(signature), buffer(data)) }
}

/** A signature that is not DER is one that does not match. */
async function fromDer(signature: Uint8Array, curve: Curve, verify: (raw: Uint8Array) => MaybePromise<boolean>): Promise<boolean> {
  let raw: Uint8Array
  try {
    raw = rawFromDer(signature, curve)
  } catch {
    return false
  }
  return verify(raw)
}

function hashOf(algorithms: Readonly<Record<string, Hash>>, name: string): Hash {
  if (Object.hasOwn(algorithms, name)) return algorithms[name]!
  throw new ItemCryptoError('CONFIGURATION', `signature algorithm: not one of ${Object.keys(algorithms).join(', ')}`)
}
