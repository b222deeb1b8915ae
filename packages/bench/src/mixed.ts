/**
 * Providers of two parts: hashes in JavaScript on this thread, ciphers by the engine.
 *
 * @module
 */
import type { Primitives } from '@itemseal/core'
import { nobleCrypto } from '@itemseal/noble'

/** `p` with the digests of nobleCrypto. */
export function withDigest(p: Primitives): Primitives {
  return { ...p, digest: nobleCrypto.digest }
}

/** `p` with the digests and the MACs of nobleCrypto. */
export function mixed(p: Primitives): Primitives {
  return {
    ...withDigest(p),
    hmac: nobleCrypto.hmac,
    importKey: (use, raw) => (use.startsWith('HMAC') ? nobleCrypto : p).importKey(use, raw),
  }
}
