/**
 * DynamoDB JSON: the form of items in requests, exports and on command lines, with binary values as base64.
 *
 * @module
 */
import { type AttributeValue, checkDepth, isObject, typed } from './attribute-value.ts'
import { fromBase64, toBase64 } from './base64.ts'
import { ItemCryptoError, inAttribute } from './errors.ts'
import type { Item } from './item.ts'

/**
 * Reads an item from the text of its DynamoDB JSON.
 *
 * @throws `MALFORMED` for what is not JSON, or not an item.
 */
export function parseDynamoDbJson(text: string): Item {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new ItemCryptoError('MALFORMED', 'not JSON') // the parser's own message quotes the text
  }
  return itemFromJson(json)
}

/** The text of an item's DynamoDB JSON, on one line. @throws `MALFORMED` for what is not an item. */
export function stringifyDynamoDbJson(item: Item): string {
  return JSON.stringify(itemToJson(item))
}

/** The same from parsed JSON. @throws `MALFORMED` for what is not an item. */
export function itemFromJson(json: unknown): Item {
  if (!isObject(json)) throw new ItemCryptoError('MALFORMED', 'not an item')
  return mapEntries(json, (value, name) => inAttribute(name, () => valueFromJson(value, 1)))
}

/** The same as data for `JSON.stringify`. */
export function itemToJson(item: Item): Record<string, unknown> {
  return mapEntries(item, (value, name) => inAttribute(name, () => valueToJson(value, 1)))
}

function valueFromJson(json: unknown, depth: number): AttributeValue {
  checkDepth(depth)
  const [type, ...more] = isObject(json) ? Object.keys(json) : []
  if (type === undefined || more.length > 0) throw new ItemCryptoError('MALFORMED', 'not an AttributeValue')
  const content = (json as Record<string, unknown>)[type]
  const value = { [type]: contentFromJson(type, content, depth) } as unknown as AttributeValue // `typed` looks at it next
  typed(value)
  return value
}

function contentFromJson(type: string, content: unknown, depth: number): unknown {
  if (type === 'B' && typeof content === 'string') return fromBase64(content)
  if (type === 'BS' && Array.isArray(content)) return content.map((member) => (typeof member === 'string' ? fromBase64(member) : member))
  if (type === 'L' && Array.isArray(content)) return content.map((member) => valueFromJson(member, depth + 1))
  if (type === 'M' && isObject(content)) return mapEntries(content, (member) => valueFromJson(member, depth + 1))
  return content
}

function valueToJson(value: AttributeValue, depth: number): unknown {
  checkDepth(depth)
  const [type, content] = typed(value)
  if (type === 'B') return { B: toBase64(content) }
  if (type === 'BS') return { BS: content.map(toBase64) }
  if (type === 'L') return { L: content.map((member) => valueToJson(member, depth + 1)) }
  if (type === 'M') return { M: mapEntries(content, (member) => valueToJson(member, depth + 1)) }
  return { [type]: content }
}

/** By entries, so that a name such as `__proto__` is one like any other. */
function mapEntries<T, U>(object: Readonly<Record<string, T>>, change: (value: T, name: string) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]))
}
