/**
 * Long-lived keys: imported once, where they enter.
 *
 * @module
 */
import { ItemCryptoError } from './errors.ts'
import type { CommonPrimitives, KeyUse, MaybePromise, SecretKey, WebCryptoKey } from './primitives.ts'

/** What a caller may give as a secret key: raw bytes, or a `CryptoKey` of the right kind (for `webCrypto` and `nodeCrypto`). */
export type KeyMaterial = Uint8Array | WebCryptoKey

/** Gives the handle of a key for a provider, importing it once for each; a failure is not kept. The bytes are copied now. */
export function keyHandle(use: KeyUse, key: KeyMaterial): (p: CommonPrimitives) => MaybePromise<SecretKey> {
  if (!(key instanceof Uint8Array)) return () => key
  const raw = new Uint8Array(key)
  const handles = new WeakMap<CommonPrimitives, SecretKey>()
  const imported = async (p: CommonPrimitives) => {
    const handle = await p.importKey(use, raw)
    handles.set(p, handle)
    return handle
  }
  return (p) => handles.get(p) ?? imported(p)
}

/** The same of what a user configures. @throws `CONFIGURATION` for what cannot be such a key: an engine would repeat it in its error. */
export function configuredKey(use: KeyUse, key: KeyMaterial): (p: CommonPrimitives) => MaybePromise<SecretKey> {
  const isMac = use.startsWith('HMAC')
  if (!(key instanceof Uint8Array ? (isMac ? key.length : isAesLength(key.length)) : key?.type))
    throw new ItemCryptoError('CONFIGURATION', `${use} key: ${isMac ? '' : '16, 24 or 32 '}bytes are needed`)
  return keyHandle(use, key)
}

export function isAesLength(length: number): boolean {
  return [16, 24, 32].includes(length)
}
