/**
 * Keys that wrap data keys, so that the code around them does not know their kinds.
 *
 * @module
 */
import { concat } from './bytes.ts'
import { ItemCryptoError } from './errors.ts'
import { configuredKey, type KeyMaterial } from './key-handle.ts'
import type { CommonPrimitives, KeyWrapPrimitives, MaybePromise } from './primitives.ts'
import { asymmetricKey, buffer, keyWrapWebCrypto, subtle } from './webcrypto.ts'

/** Wraps data keys under a key of its own. Your own may hold that key anywhere, and ignore the primitives. */
export interface KeyWrapper {
  /** The name of what `wrap` does, as Java names it; for a raw RSA keyring one of its five paddings. */
  readonly algorithm: string
  wrap(key: Uint8Array, p: CommonPrimitives): MaybePromise<Uint8Array>
  /**
   * @param algorithm what the item says that its writer did, which nothing has confirmed; without it, what such items mean.
   * @throws `UNSUPPORTED` for an algorithm that this key is not meant to open.
   */
  unwrap(wrapped: Uint8Array, algorithm: string | undefined, p: CommonPrimitives): MaybePromise<Uint8Array>
}

/** WebCrypto ties the hash of OAEP's label to that of its mask: of Java's names only those of SHA-1 are of this kind, of raw RSA keyrings' all. */
const OAEP_HASHES = {
  OAEP_SHA1_MGF1: 'SHA-1',
  OAEP_SHA256_MGF1: 'SHA-256',
  OAEP_SHA384_MGF1: 'SHA-384',
  OAEP_SHA512_MGF1: 'SHA-512',
  'RSA/ECB/OAEPWithSHA-1AndMGF1Padding': 'SHA-1',
  'RSA/ECB/OAEPWithSHA1AndMGF1Padding': 'SHA-1',
  'RSA/ECB/OAEPPadding': 'SHA-1',
} as const

/** RSA-OAEP as WebCrypto can do it, by the names of raw RSA keyrings and of Java. */
export type RsaOaepAlgorithm = keyof typeof OAEP_HASHES

const KEY_WRAP = /^AES(Wrap|\/KW\/NoPadding|\/(ECB|CBC)\/PKCS5Padding)$/ // Python wraps so whatever the last two say

/**
 * AES key wrap (RFC 3394) under a key of 16, 24 or 32 bytes.
 *
 * @throws `CONFIGURATION` for a key of another length.
 */
export function aesKeyWrapper(wrappingKey: KeyMaterial): KeyWrapper {
  const handle = configuredKey('AES-KW', wrappingKey)
  return {
    algorithm: 'AESWrap',
    async wrap(key, p) {
      const able = ableToWrap(p)
      return able.aesKwWrap(await handle(able), key)
    },
    async unwrap(wrapped, algorithm, p) {
      if (!KEY_WRAP.test(algorithm ?? '')) throw unsupportedWrapping(algorithm)
      const able = ableToWrap(p)
      return able.aesKwUnwrap(await handle(able), wrapped)
    },
  }
}

/** The default primitives of the classic format have no key wrapping, which few need. */
function ableToWrap(p: CommonPrimitives & Partial<KeyWrapPrimitives>): CommonPrimitives & KeyWrapPrimitives {
  return p.aesKwWrap && p.aesKwUnwrap ? (p as CommonPrimitives & KeyWrapPrimitives) : keyWrapWebCrypto
}

/**
 * RSA-OAEP over WebCrypto, for the paddings of raw RSA keyrings and for those of Java's transformations that it can do.
 *
 * @param keys SubjectPublicKeyInfo and PKCS#8 DER, or `CryptoKey`s: the public one wraps, the private one unwraps.
 * @throws `UNSUPPORTED` for Java's other transformations, its default included: `rsaKeyWrapper` of `@itemseal/node` and of
 *   `@itemseal/noble/rsa` do those.
 */
export function rsaOaepKeyWrapper(
  algorithm: RsaOaepAlgorithm,
  keys: { readonly publicKey?: KeyMaterial; readonly privateKey?: KeyMaterial },
): KeyWrapper {
  const hash = hashOf(algorithm)
  const publicKey = rsaKey('spki', hash, keys.publicKey, 'encrypt')
  const privateKey = rsaKey('pkcs8', hash, keys.privateKey, 'decrypt')
  return {
    algorithm,
    wrap: async (key) => new Uint8Array(await subtle().encrypt('RSA-OAEP', await publicKey(), buffer(key))),
    async unwrap(wrapped, named = 'RSA') {
      if (hashOf(named) !== hash) throw unsupportedWrapping(named)
      const key = new Uint8Array(await subtle().decrypt('RSA-OAEP', await privateKey(), buffer(wrapped)))
      // WebKitGTK loses leading zeros. A data key is at least 16 bytes, and a multiple of eight.
      return concat(new Uint8Array(Math.max(16 - key.length, -key.length & 7)), key)
    },
  }
}

/** For an algorithm that the key at hand does not open. A name that is none of those we know is not repeated. */
export function unsupportedWrapping(algorithm = 'AES'): ItemCryptoError {
  const name = /^(AES|RSA|OAEP|PKCS1)[\w/-]*$/.test(algorithm) ? algorithm : 'of this item'
  return new ItemCryptoError('UNSUPPORTED', `key wrapping ${name} needs a key wrapper of @itemseal/node or @itemseal/noble`)
}

function hashOf(algorithm: string): string {
  if (Object.hasOwn(OAEP_HASHES, algorithm)) return OAEP_HASHES[algorithm as RsaOaepAlgorithm]
  throw unsupportedWrapping(algorithm)
}

function rsaKey(
  format: 'spki' | 'pkcs8',
  hash: string,
  key: KeyMaterial | undefined,
  usage: 'encrypt' | 'decrypt',
): () => Promise<CryptoKey> {
  if (key !== undefined) return asymmetricKey(format, { name: 'RSA-OAEP', hash }, key, usage)
  return async () => {
    throw new ItemCryptoError('NO_MATERIALS', `no RSA key to ${usage === 'encrypt' ? 'wrap' : 'unwrap'} data keys with`)
  }
}
