/**
 * A data key as a keyring wrapped it, and the list of them in an item's header (materials-and-keyrings, 1.3).
 *
 *     count    uint8, not zero
 *     key*     provider id (UTF-8), provider info, ciphertext: each a uint16 length and that many bytes
 *
 * @module
 */
import { toUtf8, Writer } from '../bytes.ts'
import { type Cursor, times } from '../cursor.ts'
import { ItemCryptoError } from '../errors.ts'

const ROOM = 256 // for most

/** A data key that keyrings can open. */
export interface EncryptedDataKey {
  /** Which kind of keyring made it, or the namespace of a raw one. */
  readonly keyProviderId: string
  /** By which that keyring knows its own. */
  readonly keyProviderInfo: Uint8Array
  readonly ciphertext: Uint8Array
}

/** @throws `NO_MATERIALS` for no keys, for more than 255, and for one with a part of more than 65 535 bytes. */
export function serializeDataKeys(keys: readonly EncryptedDataKey[]): Uint8Array {
  const parts = keys.flatMap(({ keyProviderId, keyProviderInfo, ciphertext }) => [toUtf8(keyProviderId), keyProviderInfo, ciphertext])
  if (keys.length === 0 || keys.length > 255 || parts.some(({ length }) => length > 0xffff))
    throw new ItemCryptoError('NO_MATERIALS', 'encrypted data keys: none, too many or too long')
  const writer = new Writer(ROOM)
  writer.uint(keys.length, 1)
  for (const part of parts) writer.bytes(part, 2)
  return writer.view()
}

/** @throws `MALFORMED` also for none at all. */
export function parseDataKeys(cursor: Cursor): EncryptedDataKey[] {
  const count = cursor.uint(1)
  if (count === 0) cursor.fail('holds no encrypted data key')
  return times(count, () => ({
    keyProviderId: cursor.text(cursor.uint(2)),
    keyProviderInfo: new Uint8Array(cursor.bytes(cursor.uint(2))),
    ciphertext: new Uint8Array(cursor.bytes(cursor.uint(2))),
  }))
}
