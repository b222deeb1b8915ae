/**
 * Long-lived keys: imported once, where they enter.
 *
 * @module
 */
import { ItemCryptoError } from './errors.ts'
import type { CommonPrimitives, KeyUse, MaybePromise, SecretKey } from './primitives.ts'

/** What a caller may give as a secret key: raw bytes, or a `CryptoKey` of the right kind (for `webCrypto` and `nodeCrypto`). */
export type KeyMaterial = Uint8Array | CryptoKey

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

/** @throws `CONFIGURATION` unless the key can be an AES key: so that a wrong one fails when it is configured. */
export function checkAesKey(key: KeyMaterial, title: string): void {
  if (key instanceof Uint8Array && !isAesLength(key.length))
    throw new ItemCryptoError('CONFIGURATION', `${title}: 16, 24 or 32 bytes are needed`)
}

export function isAesLength(length: number): boolean {
  return [16, 24, 32].includes(length)
}
