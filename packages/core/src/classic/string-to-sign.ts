/**
 * The string to sign: what an item's signature covers (classic-item-format, 5.1). Every piece is a SHA-256 digest.
 *
 *     table      of `TABLE>` ‖ name ‖ `<TABLE`
 *     per signed attribute, ordered by name:
 *       name     of its UTF-8
 *       marker   of `ENCRYPTED` or `PLAINTEXT`
 *       value    of the value as it is stored
 *
 * @module
 */
import { concatAll, toUtf8, Writer } from '../bytes.ts'
import { inAttribute } from '../errors.ts'
import type { Item } from '../item.ts'
import { type ClassicPrimitives, type MaybePromise, settled } from '../primitives.ts'
import { serializeAttribute } from './attribute.ts'
import type { Form } from './dialect.ts'

const ROOM = 128 // for a short value, encrypted
// Digests of names are kept: tables have few, but names may come from outside, and be long.
const MAX_KEPT = 10_000
const MAX_LENGTH = 255
const AT_ONCE = 192 // calls under way, of which a third are new: each takes some memory of WebCrypto

/** Makes the string to sign of an item as it is stored, of which the names are signed. */
export type StringToSign = (tableName: string, item: Item, names: readonly string[], form: Form) => Promise<Uint8Array>

/** Keeps the digests of names between items. */
export function stringToSign(p: ClassicPrimitives, isEncrypted: (name: string) => boolean): StringToSign {
  const kept = new Map<string, MaybePromise<Uint8Array>>()

  function digestOf(text: string): MaybePromise<Uint8Array> {
    const known = kept.get(text)
    if (known) return known
    const digest = p.digest('SHA-256', toUtf8(text))
    if (text.length <= MAX_LENGTH) kept.set(text, digest)
    return digest
  }

  return async (tableName, item, names, form) => {
    if (kept.size > MAX_KEPT) kept.clear()
    const sorted = [...names].sort(form.text)
    const room = ROOM * sorted.length
    let writer = new Writer(room)
    const values = sorted.map((name) => {
      if (writer.length > room) writer = new Writer(room) // behind a long value it would grow to twice that
      return inAttribute(name, () => serializeAttribute(item[name]!, form, writer))
    })
    try {
      const pieces = [digestOf(`TABLE>${tableName}<TABLE`)]
      for (const [i, name] of sorted.entries()) {
        pieces.push(digestOf(name), digestOf(isEncrypted(name) ? 'ENCRYPTED' : 'PLAINTEXT'), p.digest('SHA-256', values[i]!))
        if (pieces.length % AT_ONCE === 1) await settled(pieces.slice(-AT_ONCE))
      }
      return concatAll(await settled(pieces))
    } catch (error) {
      kept.clear() // of what failed
      throw error
    }
  }
}
