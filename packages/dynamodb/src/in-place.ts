/**
 * Updates that DynamoDB carries out itself: of attributes that no signature covers.
 *
 * @module
 */
import { readExpression } from './checks.ts'
import { attributesIn, valuesIn } from './expression.ts'
import type { Request } from './sdk-shapes.ts'
import { type EncryptedTable, type PlanUpdate, refuse } from './table.ts'
import { type Change, parseUpdate } from './update-expression.ts'
import { callOf, keyed } from './write.ts'

/** @throws `CONFIGURATION` for an update of an attribute that is signed. */
export const planInPlace: PlanUpdate = (table, request) => {
  const changes = readExpression(table, request, 'UpdateExpression', (text) => parseUpdate(text, request))
  const attribute = signedAttribute(table, changes)
  if (attribute !== undefined)
    refuse(
      table,
      `UpdateExpression: attribute ${JSON.stringify(attribute)} is signed and cannot be updated in place: ` +
        'read the item, change it and put it, if a version attribute is unchanged; or give the table the option updates',
    )
  return callOf(table, 'UpdateItem', onlyIfThere(table, keyed(table, request, changes.flatMap(valuesIn))))
}

/** An attribute that the update reads or writes and that cannot be updated in place, if there is one. */
export function signedAttribute(table: EncryptedTable, changes: readonly Change[]): string | undefined {
  const attributes = changes.flatMap(attributesIn)
  return attributes.find((attribute) => table.isReserved(attribute) || table.actionOf(attribute) !== 'DO_NOTHING')
}

/** An update of an item that is not there would create one, without a signature: nobody could read it. */
function onlyIfThere(table: EncryptedTable, request: Request): Request {
  const { ConditionExpression: condition, ExpressionAttributeNames: names = {} } = request
  let alias = '#itemseal_key'
  while (Object.hasOwn(names, alias)) alias += '_'
  const isThere = `attribute_exists(${alias})`
  return {
    ...request,
    ConditionExpression: condition === undefined ? isThere : `${isThere} AND ${isInBrackets(condition) ? condition : `(${condition})`}`,
    ExpressionAttributeNames: { ...names, [alias]: table.partitionKey },
  }
}

/** As a whole, so that DynamoDB refuses another pair around them. It has been parsed: no bracket stands in a name or is missing. */
function isInBrackets(condition: string): boolean {
  const brackets = condition.trim()
  let depth = 0
  return brackets.split('').every((sign, i) => {
    depth += sign === '(' ? 1 : sign === ')' ? -1 : 0
    return depth > 0 || i === brackets.length - 1
  })
}
