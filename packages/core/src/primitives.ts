/**
 * The cryptography under the formats, as an interface.
 *
 * @module
 */

export type MaybePromise<T> = T | Promise<T>

/**
 * Raw bytes for a key used once; for one used often, the handle that `importKey` of the same provider made: a `CryptoKey`
 * (webCrypto), a `KeyObject` (nodeCrypto), bytes (nobleCrypto). Opaque to everyone else.
 */
export type SecretKey = Uint8Array | { readonly type: string }

/** WebCrypto's `CryptoKey`, as far as types go: without those of the DOM, a project has none of that name. */
export interface WebCryptoKey {
  readonly type: string
  readonly algorithm: object
  readonly extractable: boolean
  readonly usages: readonly string[]
}

/** `SHA-1` and `SHA-224` serve old signatures of the classic format only; `SHA-224` is not in WebCrypto. */
export type Hash = 'SHA-1' | 'SHA-224' | 'SHA-256' | 'SHA-384' | 'SHA-512'
/** What a key is imported for. */
export type KeyUse = 'AES-GCM' | 'AES-CBC' | 'AES-CTR' | 'AES-KW' | 'HKDF' | `HMAC-${Hash}`
/** The curves of NIST that the formats use, as WebCrypto names them. */
export type Curve = 'P-256' | 'P-384' | 'P-521'

/** The private key is the provider's own handle, the public one an uncompressed point. */
export interface KeyPair {
  readonly privateKey: SecretKey
  readonly publicKey: Uint8Array
}

/** What both formats need of the primitives. Every result is in memory of its own, for some are given to the caller as they are; what is given to them stays as it is, and is not transferred. */
export interface CommonPrimitives {
  /** Any length, in one call. */
  randomBytes(length: number): Uint8Array
  importKey(use: KeyUse, raw: Uint8Array): MaybePromise<SecretKey>
  digest(hash: Hash, data: Uint8Array): MaybePromise<Uint8Array>
  hmac(hash: Hash, key: SecretKey, data: Uint8Array): MaybePromise<Uint8Array>
}

/** RFC 5869: what the structured format derives its keys by, and Direct KMS in the classic one. */
export interface KeyDerivationPrimitives {
  /** No format here uses a salt. */
  hkdf(hash: Hash, key: SecretKey, info: Uint8Array, length: number): MaybePromise<Uint8Array>
}

/** RFC 3394, for `aesKeyWrapper`. */
export interface KeyWrapPrimitives {
  aesKwWrap(wrappingKey: SecretKey, key: Uint8Array): MaybePromise<Uint8Array>
  aesKwUnwrap(wrappingKey: SecretKey, wrapped: Uint8Array): MaybePromise<Uint8Array>
}

/** What the classic format needs: all that a bundle of that format alone holds. Where they lack key wrapping or derivation, `aesKeyWrapper` and Direct KMS work with WebCrypto instead. */
export interface ClassicPrimitives extends CommonPrimitives, Partial<KeyWrapPrimitives & KeyDerivationPrimitives> {
  /** With PKCS#7 padding, which may be left away if `isPadded` says that the plaintext has it. */
  aesCbcEncrypt(key: SecretKey, iv: Uint8Array, plaintext: Uint8Array, isPadded?: boolean): MaybePromise<Uint8Array>
  aesCbcDecrypt(key: SecretKey, iv: Uint8Array, ciphertext: Uint8Array): MaybePromise<Uint8Array>
}

/** What the structured format and its keyrings need, ECDH excepted: all that a bundle of that format holds unasked. */
export interface StructuredPrimitives extends CommonPrimitives, KeyDerivationPrimitives {
  /** Ciphertext and 16-byte tag in one. */
  aesGcmEncrypt(key: SecretKey, iv: Uint8Array, aad: Uint8Array, plaintext: Uint8Array): MaybePromise<Uint8Array>
  aesGcmDecrypt(key: SecretKey, iv: Uint8Array, aad: Uint8Array, ciphertext: Uint8Array): MaybePromise<Uint8Array>
  /** The counter is the whole 16-byte block. */
  aesCtrKeystream(key: SecretKey, counter: Uint8Array, length: number): MaybePromise<Uint8Array>
  ecdsaGenerate(curve: Curve): MaybePromise<KeyPair>
  /** Signatures are r‖s here, and two of the same data differ; DER is the formats' affair. The hash is SHA-256, SHA-384, SHA-512 for the three curves. Private keys may be PKCS#8. */
  ecdsaSign(curve: Curve, privateKey: SecretKey, data: Uint8Array): MaybePromise<Uint8Array>
  /** The public key is a full point or, on P-384, a compressed one, which is refused with `MALFORMED` unless it is on the curve. */
  ecdsaVerify(curve: Curve, publicKey: WebCryptoKey | Uint8Array, signature: Uint8Array, data: Uint8Array): MaybePromise<boolean>
}

/**
 * The cryptography under the formats. Stateless. Throws or rejects; every caller awaits. What fails because of a key, a
 * tag or a padding fails with an error of any kind: the formats give it its code.
 */
export interface Primitives extends Required<ClassicPrimitives>, StructuredPrimitives, EcdhPrimitives {}

/** What raw ECDH keyrings need besides. */
export interface EcdhPrimitives {
  /** A key pair as `ecdsaGenerate` makes it, for key agreement. */
  ecdhGenerate(curve: Curve): MaybePromise<KeyPair>
  /** The same of a private key in PKCS#8, which need not hold the public one. */
  ecdhImport(curve: Curve, privateKey: Uint8Array): MaybePromise<KeyPair>
  /** The full point of a public key in SubjectPublicKeyInfo. Refuses one that is not on the curve. */
  ecdhImportPublic(curve: Curve, publicKey: Uint8Array): MaybePromise<Uint8Array>
  /** The x coordinate, as long as a field element. Refuses a public key that is not on the curve. */
  ecdhDerive(curve: Curve, privateKey: SecretKey, publicKey: Uint8Array): MaybePromise<Uint8Array>
}

const AT_ONCE = 64

/** A call for each, of which some dozens are under way at the same time: each takes several KiB of WebCrypto. Results that are there at once are not waited for. */
export async function allOf<T>(these: readonly T[], call: (it: T, i: number) => MaybePromise<Uint8Array>): Promise<readonly Uint8Array[]> {
  const results: MaybePromise<Uint8Array>[] = []
  for (const it of these) {
    results.push(call(it, results.length))
    if (results.length % AT_ONCE === 0) await settled(results.slice(-AT_ONCE))
  }
  return settled(results)
}

function settled(results: readonly MaybePromise<Uint8Array>[]): MaybePromise<readonly Uint8Array[]> {
  return results.every((result) => result instanceof Uint8Array) ? results : Promise.all(results)
}
