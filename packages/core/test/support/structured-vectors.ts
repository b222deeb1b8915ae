import type { AttributeValue, Item } from '../../src/index.ts'
import { parseValue, serializeValue } from '../../src/structured/value.ts'

export const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))
export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'))
export const range = (from: number, to: number): Uint8Array => Uint8Array.from({ length: to - from + 1 }, (_, i) => from + i)

export type Short = string | number | { readonly [type: string]: unknown }

export type PeerRecord = Readonly<Record<string, Short>>

/** An item in the notation of the peers' records (structured-item-format, section 13). */
export function itemOf(record: PeerRecord): Item {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, attributeValueOf(value)]))
}

function attributeValueOf(value: Short): AttributeValue {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  const [type, content] = Object.entries(value)[0] as [string, never]
  switch (type) {
    case 'B':
      return { B: bytes(content) }
    case 'BS':
      return { BS: (content as string[]).map(bytes) }
    case 'NS':
      return { NS: (content as (string | number)[]).map(String) }
    case 'NULL':
      return { NULL: true }
    case 'L':
      return { L: (content as Short[]).map(attributeValueOf) }
    case 'M':
      return { M: itemOf(content) }
    default:
      return { [type]: content } as unknown as AttributeValue
  }
}

/** Numbers and the order of sets in normal form: what comes back from an encrypted attribute. */
export function normal(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, parseValue(serializeValue(value))]))
}
