/**
 * What expressions ask of values: what is at a path, what type it has, and whether two are the same.
 *
 * @module
 */
import { type AttributeType, type AttributeValue, type Item, normalizeNumber } from '@itemseal/core'
import type { Path } from './expression.ts'
import { malformed } from './table.ts'

/** What is at the path, if anything is. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value: AttributeValue | { readonly M: Item } | undefined = { M: item }
  for (const step of path) {
    if (value === undefined) return undefined
    if (typeof step === 'number') value = 'L' in value ? (value.L as readonly AttributeValue[])[step] : undefined
    else value = 'M' in value && Object.hasOwn(value.M, step) ? value.M[step] : undefined
  }
  return value as AttributeValue // a path has one step at least
}

/** The value of an alias. @throws `MALFORMED` if it has none. */
export function valueNamed(values: Item, alias: string): AttributeValue {
  const value = Object.hasOwn(values, alias) ? values[alias] : undefined
  if (value === undefined) malformed(`${alias} is not among the ExpressionAttributeValues`)
  return value
}

export function typeOf(value: AttributeValue): AttributeType {
  return Object.keys(value).find((type) => (value as Readonly<Record<string, unknown>>)[type] !== undefined) as AttributeType
}

/** A text that two values have in common if they are the same for DynamoDB: sets have no order, numbers many forms. */
export function identityOf(value: AttributeValue): string {
  if ('N' in value) return `N${normalizeNumber(value.N)}`
  if ('B' in value) return `B${value.B.join()}`
  if ('SS' in value) return `SS${JSON.stringify([...value.SS].sort())}`
  if ('NS' in value) return `NS${value.NS.map(normalizeNumber).sort().join()}`
  if ('BS' in value)
    return `BS${value.BS.map((member) => `[${member.join()}]`)
      .sort()
      .join()}`
  if ('L' in value) return `L${JSON.stringify(value.L.map(identityOf))}`
  if (!('M' in value)) return JSON.stringify(value)
  const members = Object.entries(value.M).map(([name, member]) => [name, identityOf(member)])
  return `M${JSON.stringify(members.sort(([a], [b]) => (a! < b! ? -1 : 1)))}`
}

/** The members of a set, each with its own identity; undefined for what is no set. */
export function membersOf(value: AttributeValue): readonly AttributeValue[] | undefined {
  if ('SS' in value) return value.SS.map((S) => ({ S }))
  if ('NS' in value) return value.NS.map((N) => ({ N }))
  return 'BS' in value ? value.BS.map((B) => ({ B })) : undefined
}
