/**
 * Update expressions carried out on an item, as DynamoDB does: everything on the right reads the item as it was, lists are
 * indexed as they were and close up afterwards, and what is set beyond a list's end is appended.
 *
 * @module
 */
import type { AttributeValue, Item } from '@itemseal/core'
import { addNumbers, subtractNumbers } from './decimal.ts'
import { identityOf, membersOf, typeOf, valueAt, valueNamed } from './document.ts'
import type { Expression, Path } from './expression.ts'
import { type Branch, branchOf } from './projections.ts'
import { malformed } from './table.ts'
import type { Change } from './update-expression.ts'

/**
 * The item after the changes; the one given stays as it is.
 *
 * @throws `MALFORMED` for what DynamoDB refuses as a `ValidationException`: paths that overlap, operands of a wrong type or that
 *   are not there, a path through what is not there, a number that is too long.
 */
export function updated(item: Item, changes: readonly Change[], values: Item): Item {
  const paths = changes.map(({ operands: [{ path }] }) => path)
  const root = branchOf(paths)
  const results = new Map(changes.map((change, i) => [leafOf(root, paths[i]!), resultOf(change, item, values)]))

  function applied(value: AttributeValue | { readonly M: Item } | undefined, branch: Branch): AttributeValue | undefined {
    if (results.has(branch)) return results.get(branch)
    const indexes = typeof [...branch.keys()][0] === 'number' // all are of one kind
    if (value !== undefined && 'M' in value && !indexes) {
      const members = new Map(Object.entries(value.M))
      for (const [step, next] of branch) put(members, String(step), applied(members.get(String(step)), next))
      return { M: Object.fromEntries(members) }
    }
    if (value === undefined || !('L' in value) || !indexes) malformed('the document path is invalid for an update of this item')
    const members = new Map<number, AttributeValue>(value.L.entries())
    for (const [step, next] of branch) put(members, Number(step), applied(members.get(Number(step)), next))
    return { L: [...members].sort(([a], [b]) => a - b).map(([, member]) => member) }
  }

  return root.size === 0 ? { ...item } : (applied({ M: item }, root) as { M: Item }).M
}

/** What is at the path afterwards. */
function resultOf({ operator, operands: [{ path }, operand] }: Change, item: Item, values: Item): AttributeValue | undefined {
  if (operand === undefined) return undefined // REMOVE
  if (operator === 'SET') return operandValue(operand, item, values)
  const existing = valueAt(item, path)
  if (!('value' in operand)) malformed(`${operator} wants a value`)
  const value = valueNamed(values, operand.value)
  if (operator === 'ADD' && 'N' in value) return { N: addNumbers(existing === undefined ? '0' : numberIn(existing), value.N) }
  const members = membersOf(value)
  if (members === undefined) malformed(`${operator}: ${operand.value} is of a type that it does not take`)
  if (existing === undefined) return operator === 'ADD' ? value : undefined
  const type = typeOf(value)
  if (typeOf(existing) !== type) wrongType()
  const given = new Map(members.map((member) => [identityOf(member), member]))
  const before = membersOf(existing)!
  if (operator === 'DELETE') {
    const kept = before.filter((member) => !given.has(identityOf(member)))
    return kept.length === 0 ? undefined : setOf(type, kept)
  }
  for (const member of before) given.delete(identityOf(member))
  return setOf(type, [...before, ...given.values()])
}

function operandValue(operand: Expression, item: Item, values: Item): AttributeValue {
  if ('value' in operand) return valueNamed(values, operand.value)
  if ('path' in operand) {
    const value = valueAt(item, operand.path)
    if (value === undefined) malformed('the expression refers to an attribute that is not in the item')
    return value
  }
  const { operator, operands } = operand
  const [first, second] = operands
  if (first === undefined || second === undefined || operands.length > 2) malformed(`${operator} has another number of operands`)
  if (operator === 'if_not_exists') {
    if (!('path' in first)) malformed('if_not_exists wants a path')
    return valueAt(item, first.path) ?? operandValue(second, item, values)
  }
  if (!['+', '-', 'list_append'].includes(operator)) malformed(`the function ${operator} cannot be used in an update`)
  const [left, right] = [operandValue(first, item, values), operandValue(second, item, values)]
  if (operator === 'list_append') return { L: [...listIn(left), ...listIn(right)] }
  return { N: (operator === '+' ? addNumbers : subtractNumbers)(numberIn(left), numberIn(right)) }
}

function leafOf(root: Branch, path: Path): Branch {
  return path.reduce((branch: Branch, step) => branch.get(step)!, root)
}

function put<K>(members: Map<K, AttributeValue>, name: K, value: AttributeValue | undefined): void {
  if (value === undefined) members.delete(name)
  else members.set(name, value)
}

function numberIn(value: AttributeValue): string {
  if (!('N' in value)) wrongType()
  return value.N
}

function listIn(value: AttributeValue): readonly AttributeValue[] {
  if (!('L' in value)) wrongType()
  return value.L
}

/** A set of the type, of members that each hold one value. */
function setOf(type: string, members: readonly AttributeValue[]): AttributeValue {
  return { [type]: members.flatMap((member) => Object.values(member) as unknown[]) } as unknown as AttributeValue
}

function wrongType(): never {
  malformed('an operand in the update expression is of a wrong type')
}
