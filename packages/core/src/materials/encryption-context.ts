/**
 * The encryption context: pairs of text that say what is encrypted. Keyrings bind data keys to all of it; the header of an
 * item holds the part that its reader cannot know (materials-and-keyrings, 1.1).
 *
 *     count    uint16
 *     pair*    name, value: each a uint16 length and that many bytes of UTF-8; ordered by the bytes of the name
 *
 * @module
 */
import { Writer } from '../bytes.ts'
import type { Cursor } from '../cursor.ts'
import { ItemCryptoError } from '../errors.ts'
import { compareCodePoints } from '../order.ts'

/** Names to texts. */
export type EncryptionContext = Readonly<Record<string, string>>

/** The pair that holds the verification key of a suite with signature. Reserved: managers add it. */
export const PUBLIC_KEY = 'aws-crypto-public-key'

const LENGTH = 2
const MAX = 0xffff // of the count and of each length
const ROOM = 80 // for a pair

/**
 * As a header or a signature has it: the count comes always.
 *
 * @throws `MALFORMED` for more than 65 535 pairs, or a name or value of more bytes than that.
 */
export function serializeContext(context: EncryptionContext): Uint8Array {
  const names = Object.keys(context).sort(compareCodePoints)
  if (names.length > MAX) throw new ItemCryptoError('MALFORMED', 'encryption context: too many pairs')
  const writer = new Writer(ROOM * names.length)
  writer.uint(names.length, LENGTH)
  for (const name of names)
    for (const text of [name, context[name]!]) {
      const end = writer.length + LENGTH + MAX
      writer.text(text, LENGTH)
      if (writer.length > end)
        throw new ItemCryptoError('MALFORMED', `encryption context: ${JSON.stringify(name.slice(0, 100))} is too long`)
    }
  return writer.view()
}

/** As keyrings authenticate it: the same, but no bytes at all for an empty one. */
export function contextAad(context: EncryptionContext): Uint8Array {
  const bytes = serializeContext(context)
  return bytes.length === 2 ? new Uint8Array(0) : bytes
}

/** @throws `MALFORMED` also for names that are not in strictly ascending order. */
export function parseContext(cursor: Cursor): EncryptionContext {
  const pairs: [string, string][] = []
  for (let left = cursor.uint(2); left > 0; left--) {
    const name = cursor.text(cursor.uint(2))
    if (compareCodePoints(pairs.at(-1)?.[0] ?? '', name) >= 0) cursor.fail('holds names that do not ascend')
    pairs.push([name, cursor.text(cursor.uint(2))])
  }
  return Object.fromEntries(pairs)
}
