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
import { concat, toUtf8 } from '../bytes.ts'
import type { ClassicPrimitives } from '../primitives.ts'

/** An attribute under the signature: its name, and its stored value as bytes. */
export interface SignedAttribute {
  readonly name: string
  readonly encrypted: boolean
  readonly value: Uint8Array
}

const MAX_KEPT = 10_000 // digests of names: tables have few, but names may come from outside

/** Makes strings to sign; keeps the digests of names between items. The attributes must come in the order of the dialect. */
export function stringToSign(p: ClassicPrimitives): (tableName: string, attributes: readonly SignedAttribute[]) => Promise<Uint8Array> {
  let kept = new Map<string, Uint8Array>()

  return async (tableName, attributes) => {
    if (kept.size > MAX_KEPT) kept = new Map()
    const known = kept // calls that are under way keep the one they began with
    const table = `TABLE>${tableName}<TABLE`
    const texts = new Set([table, 'ENCRYPTED', 'PLAINTEXT', ...attributes.map(({ name }) => name)])
    const wanted = [...texts].filter((text) => !known.has(text))
    const data = [...wanted.map(toUtf8), ...attributes.map(({ value }) => value)]
    const digests = await Promise.all(data.map((bytes) => p.digest('SHA-256', bytes)))
    for (const [i, text] of wanted.entries()) known.set(text, digests[i]!)
    const values = digests.slice(wanted.length)
    return concat(
      known.get(table)!,
      ...attributes.flatMap(({ name, encrypted }, i) => [known.get(name)!, known.get(encrypted ? 'ENCRYPTED' : 'PLAINTEXT')!, values[i]!]),
    )
  }
}
