/**
 * The material description: what the writer of an item tells its reader before any key is known
 * (classic-item-format, section 4).
 *
 *     version   4 bytes, zero
 *     entry*    name, value: each a uint32 length and that many bytes of UTF-8
 *
 * It is stored in clear and no signature covers it: believe nothing in it that the keys do not confirm.
 *
 * @module
 */
import { concat, toUtf8, uint32 } from '../bytes.ts'
import type { Cursor } from '../cursor.ts'
import { compareCodePoints } from '../order.ts'

/** What an item in the classic format says of its keys, by name. It is stored in clear, and nothing signs it. */
export type MaterialDescription = Readonly<Record<string, string>>

/** Names of entries that the peers know. */
export const CONTENT_KEY = 'amzn-ddb-env-key'
export const CONTENT_KEY_ALGORITHM = 'amzn-ddb-env-alg'
export const WRAPPING_ALGORITHM = 'amzn-ddb-wrap-alg'
export const META_ID = 'amzn-ddb-meta-id'

const VERSION = 0

/** Entries in the order of their names, as the Python client writes them; readers take any order. */
export function serializeMaterialDescription(description: MaterialDescription): Uint8Array {
  const names = Object.keys(description).sort(compareCodePoints)
  const entries = names.flatMap((name) => [...lengthAndText(name), ...lengthAndText(description[name]!)])
  return concat(uint32(VERSION), ...entries)
}

/** @throws `MALFORMED` for an unknown version, a truncated entry, or a name that comes twice. */
export function parseMaterialDescription(cursor: Cursor): MaterialDescription {
  if (cursor.uint32() !== VERSION) cursor.fail('has an unknown version')
  const entries = new Map<string, string>()
  while (!cursor.done) {
    const name = cursor.text(cursor.uint32())
    if (entries.has(name)) cursor.fail('holds a name twice')
    entries.set(name, cursor.text(cursor.uint32()))
  }
  return Object.fromEntries(entries)
}

/** The entry of that name; `undefined` for what only the prototype has. */
export function entryOf(description: MaterialDescription, name: string): string | undefined {
  return Object.hasOwn(description, name) ? description[name] : undefined
}

function lengthAndText(text: string): Uint8Array[] {
  const bytes = toUtf8(text)
  return [uint32(bytes.length), bytes]
}
