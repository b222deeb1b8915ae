/**
 * `nobleCrypto`: the primitives in pure JavaScript, synchronous, for any runtime.
 *
 * @module
 */
import type { Primitives } from '@itemseal/core'
import { aeskw, cbc, ctr, gcm } from '@noble/ciphers/aes.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { elliptic } from './elliptic.ts'
import { HASHES } from './hashes.ts'
import { keyBytes } from './key-bytes.ts'
import { randomBytes } from './random.ts'

/**
 * A provider over `@noble/hashes`, `@noble/ciphers` and `@noble/curves`: every call is synchronous, and the results are those
 * of `webCrypto`. It has what some engines' WebCrypto lacks (AES-192, SHA-224), and needs of the runtime nothing but
 * `crypto.getRandomValues`, so it works on pages without TLS. A single function of it may stand in for one of another provider.
 *
 * Keys are bytes; handles are copies of them. They stay readable in memory for as long as the engine pleases.
 *
 * Not constant time: noble avoids branches on secrets, but AES here looks up tables, elliptic curves compute with BigInt, and
 * an engine may compile any of it as it likes. Who can measure time or caches on the same machine may learn of keys; where
 * that is to be feared, use `webCrypto` or `nodeCrypto`.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION` for a `CryptoKey` in place of bytes; `UNSUPPORTED` (from `randomBytes`) where the
 *   runtime has no randomness. What fails because of a key, tag or padding fails with noble's errors, as the interface allows.
 *
 * @example
 * const encryptor = classicItemEncryptor({ tableName: 'people', partitionKey: 'id', provider, primitives: nobleCrypto })
 *
 * @example
 * const primitives = { ...webCrypto, digest: nobleCrypto.digest } // many short values to hash: no call leaves the thread
 */
export const nobleCrypto: Primitives = {
  randomBytes,

  importKey: (_, raw) => new Uint8Array(raw),

  digest: (hash, data) => HASHES[hash](data),

  hmac: (hash, key, data) => hmac(HASHES[hash], keyBytes(key), data),

  hkdf: (hash, key, info, length) => hkdf(HASHES[hash], keyBytes(key), undefined, info, length),

  aesGcmEncrypt: (key, iv, aad, plaintext) => gcm(keyBytes(key), iv, aad).encrypt(plaintext),

  aesGcmDecrypt: (key, iv, aad, ciphertext) => own(gcm(keyBytes(key), iv, aad).decrypt(ciphertext)),

  aesCbcEncrypt: (key, iv, plaintext) => cbc(keyBytes(key), iv).encrypt(plaintext),

  aesCbcDecrypt: (key, iv, ciphertext) => own(cbc(keyBytes(key), iv).decrypt(ciphertext)),

  aesCtrKeystream: (key, counter, length) => ctr(keyBytes(key), counter).encrypt(new Uint8Array(length)),

  aesKwWrap: (wrappingKey, key) => aeskw(keyBytes(wrappingKey)).encrypt(key),

  aesKwUnwrap: (wrappingKey, wrapped) => own(aeskw(keyBytes(wrappingKey)).decrypt(wrapped)),

  ...elliptic,
}

/** In memory of its own: noble gives views that leave out padding or a header. */
function own(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice()
}
