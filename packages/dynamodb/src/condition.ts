/**
 * Conditions evaluated as DynamoDB does: operands of different types are never equal and have no order, numbers are compared
 * exactly, texts by their UTF-8 and binaries by their unsigned bytes. A comparison with what is not there is false, unless it
 * is `<>`.
 *
 * Every part is looked at, whatever another has come to, so that what is malformed is refused for every item.
 *
 * @module
 */
import type { AttributeValue, Item } from '@itemseal/core'
import { compareNumbers } from './decimal.ts'
import { identityOf, membersOf, typeOf, valueAt, valueNamed } from './document.ts'
import type { Expression } from './expression.ts'
import { malformed } from './table.ts'

type Maybe = AttributeValue | undefined

const TYPES = ['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L', 'NULL', 'BOOL']

/** By operator: the number of operands besides the first, and what is true of them. */
const COMPARISONS: Readonly<Record<string, { readonly more: number | undefined; test(first: Maybe, ...others: Maybe[]): boolean }>> = {
  '=': { more: 1, test: same },
  '<>': { more: 1, test: (a, b) => !same(a, b) },
  '<': { more: 1, test: ordered((order) => order < 0) },
  '<=': { more: 1, test: ordered((order) => order <= 0) },
  '>': { more: 1, test: ordered((order) => order > 0) },
  '>=': { more: 1, test: ordered((order) => order >= 0) },
  BETWEEN: {
    more: 2,
    test: (value, low, high) => ordered((order) => order >= 0)(value, low) && ordered((order) => order <= 0)(value, high),
  },
  IN: { more: undefined, test: (value, ...members) => members.some((member) => same(value, member)) },
  begins_with: { more: 1, test: beginsWith },
  contains: { more: 1, test: contains },
  attribute_type: { more: 1, test: (value, type) => value !== undefined && type !== undefined && 'S' in type && typeOf(value) === type.S },
  attribute_exists: { more: 0, test: (value) => value !== undefined },
  attribute_not_exists: { more: 0, test: (value) => value === undefined },
}

/** Types of values, where an operand is one, as DynamoDB checks them before it looks at any item. */
const LITERALS: Readonly<Record<string, readonly string[]>> = {
  '<': ['S', 'N', 'B'],
  '<=': ['S', 'N', 'B'],
  '>': ['S', 'N', 'B'],
  '>=': ['S', 'N', 'B'],
  BETWEEN: ['S', 'N', 'B'],
  begins_with: ['S', 'B'],
  size: ['S', 'B', 'SS', 'NS', 'BS', 'L', 'M'],
}

/** Whether the condition is true of the item: an empty one, where there is none. @throws `MALFORMED` as DynamoDB does. */
export function isTrue(condition: Expression, values: Item, item: Item): boolean {
  if ('operator' in condition) {
    const { operator, operands } = condition
    if (operator === 'NOT') return !isTrue(operands[0]!, values, item)
    if (operator === 'AND' || operator === 'OR') {
      const [left, right] = operands.map((operand) => isTrue(operand, values, item)) as [boolean, boolean]
      return operator === 'AND' ? left && right : left || right
    }
    const comparison = Object.hasOwn(COMPARISONS, operator) ? COMPARISONS[operator]! : undefined
    if (comparison !== undefined) {
      const { more, test } = comparison
      checkOperands(operator, operands, more, values)
      const [first, ...others] = operands.map((operand) => operandValue(operand, values, item))
      return test(first, ...others)
    }
  }
  malformed('operator' in condition ? `the function ${condition.operator} is no condition` : 'a path or a value is no condition')
}

function operandValue(operand: Expression, values: Item, item: Item): Maybe {
  if ('path' in operand) return valueAt(item, operand.path)
  if ('value' in operand) return valueNamed(values, operand.value)
  if (operand.operator !== 'size') malformed(`${operand.operator} gives no value`)
  checkOperands('size', operand.operands, 0, values)
  const [of] = operand.operands.map((inner) => operandValue(inner, values, item))
  const size = of && sizeOf(of)
  return size === undefined ? undefined : { N: String(size) }
}

function checkOperands(operator: string, operands: readonly Expression[], more: number | undefined, values: Item): void {
  if (more !== undefined && operands.length !== more + 1) malformed(`${operator} has another number of operands`)
  const [first] = operands
  if (operator.startsWith('attribute_') && !(first && 'path' in first)) malformed(`${operator} wants a path`)
  for (const operand of operands) {
    if (!('value' in operand)) continue
    const value = valueNamed(values, operand.value)
    if (Object.hasOwn(LITERALS, operator) && !LITERALS[operator]!.includes(typeOf(value)))
      malformed(`${operator}: ${operand.value} is of a type that it does not take`)
  }
  if (operator === 'attribute_type') {
    const type = operands[1] && 'value' in operands[1] ? valueNamed(values, operands[1].value) : undefined
    if (!(type && 'S' in type && TYPES.includes(type.S))) malformed('attribute_type wants a value that is the name of a type')
  }
  const paths = operands.slice(0, 2).map((operand) => 'path' in operand && JSON.stringify(operand.path))
  if (paths.length === 2 && paths[0] && paths[0] === paths[1]) malformed(`${operator} wants two operands that differ`)
}

function same(a: Maybe, b: Maybe): boolean {
  return a !== undefined && b !== undefined && identityOf(a) === identityOf(b)
}

function ordered(test: (order: number) => boolean): (a: Maybe, b: Maybe) => boolean {
  return (a, b) => {
    if (a === undefined || b === undefined) return false
    if ('N' in a && 'N' in b) return test(compareNumbers(a.N, b.N))
    const [left, right] = [bytesOf(a), bytesOf(b)]
    return left !== undefined && right !== undefined && typeOf(a) === typeOf(b) && test(compareBytes(left, right))
  }
}

function beginsWith(value: Maybe, prefix: Maybe): boolean {
  const [whole, begin] = [value && bytesOf(value), prefix && bytesOf(prefix)]
  return whole !== undefined && begin !== undefined && typeOf(value!) === typeOf(prefix!) && startsAt(whole, begin, 0)
}

function contains(value: Maybe, part: Maybe): boolean {
  if (value === undefined || part === undefined) return false
  const members = membersOf(value) ?? ('L' in value ? value.L : undefined)
  if (members !== undefined) return members.some((member) => same(member, part))
  const [whole, piece] = [bytesOf(value), bytesOf(part)]
  return (
    whole !== undefined &&
    piece !== undefined &&
    typeOf(value) === typeOf(part) &&
    (piece.length === 0 || whole.some((_, at) => startsAt(whole, piece, at)))
  )
}

function startsAt(whole: Uint8Array, piece: Uint8Array, at: number): boolean {
  return piece.length <= whole.length - at && piece.every((byte, i) => byte === whole[at + i])
}

/** In bytes, characters (as Java counts them) or members. */
function sizeOf(value: AttributeValue): number | undefined {
  if ('S' in value) return value.S.length
  if ('B' in value) return value.B.length
  if ('M' in value) return Object.keys(value.M).length
  return ('L' in value ? value.L : membersOf(value))?.length
}

/** Of what has an order by bytes. */
function bytesOf(value: AttributeValue): Uint8Array | undefined {
  return 'S' in value ? new TextEncoder().encode(value.S) : 'B' in value ? value.B : undefined
}

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const at = a.findIndex((byte, i) => byte !== b[i])
  return at === -1 ? a.length - b.length : a[at]! - (b[at] ?? -1)
}
