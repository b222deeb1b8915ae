/**
 * The works: items of the sizes that tables have. The same bytes in every run.
 *
 * @module
 */
import type { AttributeValue, Item } from '@itemseal/core'

/** Items that are encrypted, or decrypted, in one go. */
export interface Work {
  readonly name: string
  readonly what: string
  readonly items: readonly Item[]
}

const WORDS = 'the quick brown fox jumps over the lazy dog while the keys of the table stay readable and signed '

/** Two keys and so many attributes of so many bytes of text. */
export function flat(attributes: number, bytes: number, index = 0): Item {
  const names = Array.from({ length: attributes }, (_, i) => `attribute${i}`)
  return { ...keysOf(index), ...Object.fromEntries(names.map((name, i) => [name, { S: text(bytes, index + i) }])) }
}

export const WORKS: readonly Work[] = [
  { name: 'small', what: '2 keys, 8 texts of 32 bytes', items: [flat(8, 32)] },
  { name: 'medium', what: '2 keys, 20 texts of 64 bytes', items: [flat(20, 64)] },
  { name: 'wide', what: '2 keys, 100 texts of 32 bytes', items: [flat(100, 32)] },
  { name: 'nested', what: '2 keys, a map of lists, maps, sets and numbers, in 9 attributes', items: [nested()] },
  { name: 'large', what: '2 keys, one text of 100 KiB', items: [flat(1, 100 * 1024)] },
  { name: 'page', what: '100 medium items at once', items: Array.from({ length: 100 }, (_, i) => flat(20, 64, i)) },
]

/** @throws if there is none of that name. */
export function workNamed(name: string): Work {
  const work = WORKS.find((known) => known.name === name)
  if (work === undefined) throw new Error(`no work named ${name}`)
  return work
}

/** Bytes of the values and names of an item, as DynamoDB counts them but for numbers. */
export function sizeOf(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + name.length + contentSize(value), 0)
}

function contentSize(value: AttributeValue): number {
  const [content] = Object.values(value) as [unknown]
  if (typeof content === 'string' || content instanceof Uint8Array) return content.length
  if (Array.isArray(content))
    return content.reduce((sum: number, member) => sum + (typeof member === 'string' ? member.length : contentSize(member)), 0)
  return typeof content === 'object' ? sizeOf(content as Item) : 1
}

function nested(): Item {
  const address = (i: number): AttributeValue => ({
    M: { street: { S: text(24, i) }, number: { N: String(17 * i + 3) }, floor: { NULL: true }, private: { BOOL: i % 2 === 0 } },
  })
  const reading = (i: number): AttributeValue => ({ M: { at: { N: String(1_700_000_000 + i) }, value: { N: `${36 + i}.${50 + i}` } } })
  const part = (i: number): AttributeValue => ({
    M: {
      addresses: { L: [address(i), address(i + 1)] },
      readings: { L: Array.from({ length: 5 }, (_, n) => reading(n + i)) },
      tags: { SS: ['chronic', 'insured', `ward ${i}`] },
      codes: { NS: ['17', '4.5', String(100 + i)] },
    },
  })
  const names = Array.from({ length: 9 }, (_, i) => `part${i}`)
  return { ...keysOf(0), ...Object.fromEntries(names.map((name, i) => [name, part(i)])) }
}

function keysOf(index: number): Item {
  return { pk: { S: `customer#${1000 + index}` }, sk: { N: String(1_700_000_000 + index) } }
}

function text(length: number, shift: number): string {
  return WORDS.repeat(Math.ceil(length / WORDS.length) + 1).slice(shift % WORDS.length, (shift % WORDS.length) + length)
}
