/**
 * DynamoDB's attribute values: structurally the type of the AWS SDK, defined here so that the core needs no SDK.
 *
 * @module
 */
import { ItemCryptoError } from './errors.ts'

/**
 * A value as DynamoDB has it: an object with exactly one of the ten type names. Numbers are decimal text. The last is what the
 * SDK's own type has beside them, for types that may come some day: it is refused.
 */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: Uint8Array }
  | { readonly BOOL: boolean }
  | { readonly NULL: boolean }
  | { readonly SS: string[] }
  | { readonly NS: string[] }
  | { readonly BS: Uint8Array[] }
  | { readonly L: AttributeValue[] }
  | { readonly M: Record<string, AttributeValue> }
  | { readonly $unknown: [string, unknown] }

/** The names of DynamoDB's ten types. */
export type AttributeType = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'SS' | 'NS' | 'BS' | 'L' | 'M'

/** The same value with its type beside it: what a `switch` needs. */
export type TypedValue =
  | readonly ['S' | 'N', string]
  | readonly ['B', Uint8Array]
  | readonly ['BOOL' | 'NULL', boolean]
  | readonly ['SS' | 'NS', readonly string[]]
  | readonly ['BS', readonly Uint8Array[]]
  | readonly ['L', readonly AttributeValue[]]
  | readonly ['M', Readonly<Record<string, AttributeValue>>]

/** DynamoDB's own limit: an attribute's value is at depth 1, members of a list or map one deeper than it. */
export const MAX_DEPTH = 32

const isText = (value: unknown): value is string => typeof value === 'string'
const isBytes = (value: unknown): value is Uint8Array => value instanceof Uint8Array
/** With names of its own: no list, and no bytes. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !isBytes(value)

/** Whether a type of this name, if there is one, holds such content. */
function holds(type: string, content: unknown): boolean {
  switch (type) {
    case 'S':
    case 'N':
      return isText(content)
    case 'B':
      return isBytes(content)
    case 'BOOL':
    case 'NULL':
      return typeof content === 'boolean'
    case 'SS':
    case 'NS':
      return Array.isArray(content) && content.every(isText)
    case 'BS':
      return Array.isArray(content) && content.every(isBytes)
    case 'L':
      return Array.isArray(content)
    case 'M':
      return isObject(content)
    default:
      return false
  }
}

/**
 * The value's type and content, one level deep.
 *
 * @throws `MALFORMED` unless it has exactly one type, of the right content.
 */
export function typed(value: AttributeValue): TypedValue {
  let found: [AttributeType, unknown] | false | undefined
  if (isObject(value)) {
    for (const type of Object.keys(value)) {
      const content = (value as Readonly<Record<string, unknown>>)[type]
      if (content !== undefined) found = found === undefined && holds(type, content) && [type as AttributeType, content]
    }
  }
  if (!found) throw new ItemCryptoError('MALFORMED', 'not an AttributeValue')
  return found as unknown as TypedValue // the guard of this type has just said so
}

/** @throws `MALFORMED` for what DynamoDB never holds, before the stack ends. */
export function checkDepth(depth: number): void {
  if (depth > MAX_DEPTH) throw new ItemCryptoError('MALFORMED', `nested deeper than ${MAX_DEPTH} levels`)
}
