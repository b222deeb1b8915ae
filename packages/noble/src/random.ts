/**
 * Random bytes, of any number: the one thing that is not noble's.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'

const MAX_RANDOM = 65_536 // of one getRandomValues call

/** @throws `UNSUPPORTED` where the runtime has no `crypto.getRandomValues`. */
export function randomBytes(length: number): Uint8Array {
  if (globalThis.crypto?.getRandomValues === undefined)
    throw new ItemCryptoError('UNSUPPORTED', 'no crypto.getRandomValues here: this runtime needs a polyfill of it')
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i += MAX_RANDOM) crypto.getRandomValues(bytes.subarray(i, i + MAX_RANDOM))
  return bytes
}
