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

import { Writer } from '../bytes.ts'
import type { Cursor } from '../cursor.ts'
import { withEntry } from '../item.ts'
import { compareCodePoints } from '../order.ts'

/** What an item in the classic format says of its keys, by name. It is stored in clear, and nothing signs it. */
export type MaterialDescription = Readonly<Record<string, string>>

/** Names of entries that the peers know. */
export const CONTENT_KEY = 'amzn-ddb-env-key'
export const CONTENT_KEY_ALGORITHM = 'amzn-ddb-env-alg'
export const WRAPPING_ALGORITHM = 'amzn-ddb-wrap-alg'
export const META_ID = 'amzn-ddb-meta-id'

const VERSION = 0
const LENGTH = 4

/** Entries in the order of their names, as the Python client writes them; readers take any order. */
export function serializeMaterialDescription(description: MaterialDescription): Uint8Array {
  const writer = new Writer(64)
  writer.uint(VERSION, LENGTH)
  for (const name of Object.keys(description).sort(compareCodePoints)) {
    writer.text(name, LENGTH)
    writer.text(description[name]!, LENGTH)
  }
  return new Uint8Array(writer.view())
}

/** @throws `MALFORMED` for an unknown version, a truncated entry, or a name that comes twice. */
export function parseMaterialDescription(cursor: Cursor): MaterialDescription {
  if (cursor.uint(4) !== VERSION) cursor.fail('has an unknown version')
  let entries: Record<string, string> = {}
  while (cursor.left > 0) {
    const name = cursor.text()
    if (Object.hasOwn(entries, name)) cursor.fail('holds a name twice')
    entries = withEntry(entries, name, cursor.text())
  }
  return entries
}
