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
import type { AttributeValue } from '../attribute-value.ts'
import { concatAll, toUtf8, Writer } from '../bytes.ts'
import { inAttribute } from '../errors.ts'
import type { CryptoAction } from '../item.ts'
import { allOf, type ClassicPrimitives, type MaybePromise } from '../primitives.ts'
import { serializeAttribute } from './attribute.ts'
import type { Form } from './dialect.ts'

const ROOM = 224 // of an attribute: three digests, and a short value, encrypted
// Digests of names are kept: tables have few, but names may come from outside, and be long: of long ones only the last item's.
const MAX_KEPT = 10_000
const MAX_LENGTH = 255
const DIGEST = 32

/** Makes the string to sign of an item as it is stored: a view, with those of the item's values behind it that were not at hand. */
export type StringToSign = (
  tableName: string,
  names: readonly string[],
  values: readonly AttributeValue[],
  form: Form,
  /** Those of these values that are at hand as they are signed, each in its place. */
  serialized?: readonly Uint8Array[],
) => Promise<Uint8Array>

/** Keeps the digests of names between items, and all that items of the same names have in common from one to the next. */
export function stringToSign(p: ClassicPrimitives, actionOf: (name: string) => CryptoAction): StringToSign {
  const kept = new Map<string, MaybePromise<Uint8Array>>()
  let last: readonly unknown[] = []
  /** Where the signed ones are, by the order of their names. */
  let order: readonly number[]
  /** What is signed, but for the digests of values. */
  let layout: Promise<Uint8Array>

  function digestOf(text: string): MaybePromise<Uint8Array> {
    const known = kept.get(text)
    if (known) return known
    const bytes = inAttribute(text, () => toUtf8(text))
    const digest = p.digest('SHA-256', bytes)
    if (text.length <= MAX_LENGTH) kept.set(text, digest)
    return digest
  }

  async function layoutOf(tableName: string, names: readonly string[]): Promise<Uint8Array> {
    if (kept.size > MAX_KEPT) kept.clear()
    const texts = [`TABLE>${tableName}<TABLE`]
    for (const i of order) {
      const marker = actionOf(names[i]!) === 'ENCRYPT_AND_SIGN' ? 'ENCRYPTED' : 'PLAINTEXT'
      texts.push(names[i]!, marker, marker) // the last keeps the place of the value
    }
    try {
      return concatAll(await allOf(texts, digestOf))
    } catch (error) {
      kept.clear() // of what failed
      last = []
      throw error
    }
  }

  return async (tableName, names, values, form, ready) => {
    const these = [names, tableName, form]
    if (these.some((it, i) => it !== last[i])) {
      last = these
      const signed = [...names.keys()].filter((i) => actionOf(names[i]!) !== 'DO_NOTHING')
      order = signed.sort((a, b) => form.text(names[a]!, names[b]!))
      layout = layoutOf(tableName, names)
    }
    const sorted = order
    const room = ROOM * sorted.length
    const laidOut = await layout
    let writer = new Writer(room) // of the digests and of the values: to make memory takes longer than to fill it
    writer.bytes(laidOut)
    const whole = writer.view()
    const serialized = sorted.map((i) => {
      if (writer.length > room) writer = new Writer(room) // behind a long value it would grow to twice that
      return ready?.[i] ?? inAttribute(names[i]!, () => serializeAttribute(values[i]!, form, writer))
    })
    const digests = await allOf(serialized, (value) => p.digest('SHA-256', value))
    for (const [i, digest] of digests.entries()) whole.set(digest, (3 * i + 3) * DIGEST)
    return whole
  }
}
