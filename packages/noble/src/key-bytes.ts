/**
 * Keys as bytes: the only kind that pure JavaScript can use.
 *
 * @module
 */
import { ItemCryptoError, type SecretKey } from '@itemseal/core'

/** @throws `CONFIGURATION` for a `CryptoKey` and other handles, whose bytes nobody but their maker can use. */
export function keyBytes(key: SecretKey): Uint8Array {
  if (key instanceof Uint8Array) return key
  throw new ItemCryptoError('CONFIGURATION', 'nobleCrypto takes raw bytes as keys: a CryptoKey keeps its own to itself')
}

/**
 * A key as DER, taken apart now: so that a wrong one fails where it is configured.
 *
 * @throws `CONFIGURATION` for what `parse` does not take.
 */
export function keyFromDer<Key>(title: string, der: Uint8Array, parse: (der: Uint8Array) => Key): Key {
  let cause: unknown
  if (der instanceof Uint8Array) {
    try {
      return parse(der)
    } catch (error) {
      cause = error
    }
  }
  throw new ItemCryptoError('CONFIGURATION', `not ${title} DER bytes`, cause === undefined ? {} : { cause })
}
