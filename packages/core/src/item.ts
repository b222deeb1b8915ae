/**
 * Items, what is to be done with their attributes, and what every format does with them.
 *
 * @module
 */
import { type AttributeValue, isObject } from './attribute-value.ts'
import { ItemCryptoError } from './errors.ts'

const DEEPEST = 100 // deeper than any request that is accepted: 32 levels of two objects each

/** Attribute names to values. */
export type Item = Readonly<Record<string, AttributeValue>>

/**
 * What happens to an attribute:
 *
 * - `ENCRYPT_AND_SIGN`: nobody without the keys can read or change it;
 * - `SIGN_ONLY`: readable, but nobody without the keys can change it;
 * - `SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT`: the same, and the keys' holder sees it too (structured format only);
 * - `DO_NOTHING`: neither.
 */
export type CryptoAction = 'ENCRYPT_AND_SIGN' | 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' | 'SIGN_ONLY' | 'DO_NOTHING'

/** The action of each attribute by name, and of all others by default. */
export interface AttributeActions {
  readonly default?: CryptoAction
  readonly attributes?: Readonly<Record<string, CryptoAction>>
}

/**
 * What both formats are to everyone else. Neither call changes the item it is given, and neither returns part of one: it
 * gives a new item or throws. What is neither encrypted nor decrypted is passed on as it is and not copied: until the call is
 * done, and as long as the new item is in use, leave the bytes, lists and maps of the old one alone, or give a `snapshot`.
 * Encrypted values of an item may be views of the same memory: copy one that you transfer, or keep without the others.
 */
export interface ItemEncryptor {
  encryptItem(item: Item): Promise<Item>
  decryptItem(item: Item): Promise<Item>
}

/** Names are looked up here, never on an object itself: an item may lack `__proto__`, its prototype does not. */
export function entryOf<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined
}

/** The item itself: whoever works with it first makes an object, or lists, of his own of it, which change no more. @throws `MALFORMED` for what is no object of attributes. */
export function checked(item: Item): Item {
  if (!isObject(item)) throw new ItemCryptoError('MALFORMED', 'not an item')
  return item
}

/** With one name more. To assign what is inherited may do something else, or nothing: then it is another object. */
export function withEntry<T>(record: Record<string, T>, name: string, value: T): Record<string, T> {
  if (name in record) return { ...record, [name]: value }
  record[name] = value
  return record
}

/** An object of its own, of those names that are wanted. To spread one, or to make one of entries, takes memory by the square of their number. */
export function pick<T>(record: Readonly<Record<string, T>>, isWanted: (name: string) => boolean = () => true): Record<string, T> {
  let picked: Record<string, T> = {}
  for (const name of Object.keys(record)) if (isWanted(name)) picked = withEntry(picked, name, record[name]!)
  return picked
}

/**
 * Lists, objects and bytes copied as deep as DynamoDB nests them in a request, all else as it is: what is looked at now and sent
 * later must be the same, whatever the caller does meanwhile with what was given. What stands in several places is copied once.
 */
export function snapshot<T>(data: T): T {
  const copies = new Map<unknown, unknown>()
  function copyOf(value: unknown, depth: number): unknown {
    if (value instanceof Uint8Array) return new Uint8Array(value)
    const isList = Array.isArray(value)
    if (depth > DEEPEST || !(isList || Object.prototype.toString.call(value) === '[object Object]')) return value
    const known = copies.get(value)
    if (known) return known
    const within = (member: unknown) => copyOf(member, depth + 1)
    const entries = () => Object.entries(value as object).map(([name, member]) => [name, within(member)])
    const copy = isList ? Array.from(value, within) : Object.fromEntries(entries())
    copies.set(value, copy)
    return copy
  }
  return copyOf(data, 0) as T // of the same shape
}
