/**
 * Keys that wrap data keys, so that the code around them does not know their kinds.
 *
 * @module
 */
import { concat } from './bytes.ts'
import { ItemCryptoError } from './errors.ts'
import { checkAesKey, type KeyMaterial, keyHandle } from './key-handle.ts'
import type { MaybePromise, Primitives } from './primitives.ts'
import { asymmetricKey, buffer, subtle } from './webcrypto.ts'

/** Wraps data keys under a key of its own. Your own may hold that key anywhere, and ignore the primitives. */
export interface KeyWrapper {
  /** The name of what `wrap` does, as Java names it. */
  readonly algorithm: string
  wrap(key: Uint8Array, p: Primitives): MaybePromise<Uint8Array>
  /**
   * @param algorithm what the item says that its writer did, which nothing has confirmed; without it, what such items mean.
   * @throws `UNSUPPORTED` for an algorithm that this key is not meant to open.
   */
  unwrap(wrapped: Uint8Array, algorithm: string | undefined, p: Primitives): MaybePromise<Uint8Array>
}

/** WebCrypto ties the hash of OAEP's label to that of its mask: of Java's names only those of SHA-1 are of this kind. */
const OAEP_HASHES = {
  'RSA/ECB/OAEPWithSHA-1AndMGF1Padding': 'SHA-1',
  'RSA/ECB/OAEPWithSHA1AndMGF1Padding': 'SHA-1',
  'RSA/ECB/OAEPPadding': 'SHA-1',
} as const

export type RsaOaepAlgorithm = keyof typeof OAEP_HASHES

const ECB = ['AES', 'AES/ECB/PKCS5Padding']
const KEY_WRAP = ['AESWrap', 'AES/KW/NoPadding', ...ECB, 'AES/CBC/PKCS5Padding'] // Python wraps so whatever the last two say
const BLOCK = 16

/**
 * AES key wrap (RFC 3394) under a key of 16, 24 or 32 bytes. Opens what the Java client wrapped under AES/ECB too.
 *
 * @throws `CONFIGURATION` for a key of another length.
 */
export function aesKeyWrapper(wrappingKey: KeyMaterial): KeyWrapper {
  checkAesKey(wrappingKey, 'wrapping key')
  const kek = keyHandle('AES-KW', wrappingKey)
  const cbcKey = wrappingKey instanceof Uint8Array ? keyHandle('AES-CBC', wrappingKey) : undefined
  return {
    algorithm: 'AESWrap',
    wrap: async (key, p) => p.aesKwWrap(await kek(p), key),
    async unwrap(wrapped, algorithm = 'AES', p) {
      if (!KEY_WRAP.includes(algorithm)) throw unsupportedWrapping(algorithm)
      try {
        return await p.aesKwUnwrap(await kek(p), wrapped)
      } catch (cause) {
        if (cbcKey === undefined || !ECB.includes(algorithm)) throw cause
        return unwrapEcb(p, await cbcKey(p), wrapped)
      }
    },
  }
}

/**
 * RSA-OAEP over WebCrypto, for those of Java's transformations that it can do.
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

/** For an algorithm that the key at hand does not open. Only names that we know are repeated. */
export function unsupportedWrapping(algorithm: string): ItemCryptoError {
  const known = /^RSA(\/ECB\/(PKCS1|OAEPWith(SHA-?(1|224|256|384|512)|MD5)AndMGF1)Padding)?$|^AES\/KWP\/NoPadding$/.test(algorithm)
  return new ItemCryptoError(
    'UNSUPPORTED',
    known
      ? `key wrapping ${algorithm} needs a key wrapper of @itemseal/node, or of @itemseal/noble/rsa for RSA, that allows it`
      : 'key wrapping: an algorithm that this key does not open',
  )
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

/**
 * Java's AES/ECB/PKCS5Padding over AES-CBC: with a zero IV, `C1 ‖ T` decrypts to `D(C1)` where T is a block that makes the
 * padding valid, and D(Ci) of every later block comes out XORed with the block before it.
 */
async function unwrapEcb(p: Primitives, key: Parameters<Primitives['aesCbcDecrypt']>[0], wrapped: Uint8Array): Promise<Uint8Array> {
  if (wrapped.length === 0 || wrapped.length % BLOCK !== 0) throw new ItemCryptoError('MALFORMED', 'wrapped key: not whole AES blocks')
  const zero = new Uint8Array(BLOCK)
  const last = wrapped.subarray(-BLOCK)
  const padding = (await p.aesCbcEncrypt(key, zero, xor(last, new Uint8Array(BLOCK).fill(BLOCK)))).subarray(0, BLOCK)
  const chained = await p.aesCbcDecrypt(key, zero, concat(wrapped, padding))
  const padded = xor(chained, concat(zero, wrapped))
  const surplus = padded.at(-1)!
  if (surplus === 0 || surplus > BLOCK || padded.subarray(-surplus).some((byte) => byte !== surplus))
    throw new ItemCryptoError('NOT_AUTHENTIC', 'wrapped key: not of this wrapping key')
  return padded.slice(0, -surplus)
}

/** As long as the first. */
function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!)
}
