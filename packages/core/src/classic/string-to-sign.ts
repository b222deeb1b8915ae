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
import { toUtf8 } from '../bytes.ts'
import type { ClassicPrimitives } from '../primitives.ts'

/** An attribute under the signature: its name, and its stored value as bytes. */
export interface SignedAttribute {
  readonly name: string
  readonly encrypted: boolean
  readonly value: Uint8Array
}

const DIGEST = 32
const MAX_KEPT = 10_000 // digests of names: tables have few, but names may come from outside

/** Makes strings to sign; keeps the digests of names between items. The attributes must come in the order of the dialect. */
export function stringToSign(p: ClassicPrimitives): (tableName: string, attributes: readonly SignedAttribute[]) => Promise<Uint8Array> {
  const kept = new Map<string, Uint8Array>()

  return async (tableName, attributes) => {
    const table = `TABLE>${tableName}<TABLE`
    const texts = new Set([table, 'ENCRYPTED', 'PLAINTEXT'])
    for (const { name } of attributes) texts.add(name)
    const wanted = [...texts].filter((text) => !kept.has(text))
    const data = [...wanted.map(toUtf8), ...attributes.map(({ value }) => value)]
    const digests = await Promise.all(data.map((bytes) => p.digest('SHA-256', bytes)))
    const known = new Map(wanted.map((text, i) => [text, digests[i]!]))
    const digestOf = (text: string) => kept.get(text) ?? known.get(text)!

    const whole = new Uint8Array(DIGEST * (1 + 3 * attributes.length))
    whole.set(digestOf(table))
    let offset = DIGEST
    attributes.forEach(({ name, encrypted }, i) => {
      whole.set(digestOf(name), offset)
      whole.set(digestOf(encrypted ? 'ENCRYPTED' : 'PLAINTEXT'), offset + DIGEST)
      whole.set(digests[wanted.length + i]!, offset + 2 * DIGEST)
      offset += 3 * DIGEST
    })

    if (kept.size + known.size > MAX_KEPT) kept.clear()
    for (const [text, digest] of known) kept.set(text, digest)
    return whole
  }
}
