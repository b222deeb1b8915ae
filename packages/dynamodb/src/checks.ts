/**
 * What cannot be asked of a table whose items are encrypted. Each refusal happens before anything is sent, and says what to
 * do instead.
 *
 * @module
 */
import { type Mention, mentionsInCondition, mentionsInUpdate } from './expression.ts'
import type { ExpressionNames, Request } from './sdk-shapes.ts'
import { type EncryptedTable, isEncrypted, located, refuse } from './table.ts'

/** They look at whether there is a value, and at the length of the stored one. */
const EXEMPT = ['attribute_exists', 'attribute_not_exists', 'size']

/** Parameters from before there were expressions. */
const LEGACY = ['AttributeUpdates', 'ConditionalOperator', 'Expected', 'KeyConditions', 'QueryFilter', 'ScanFilter']

const CONDITIONS = ['ConditionExpression', 'FilterExpression', 'KeyConditionExpression'] as const

/** A signature covers the whole item: without all of it, nothing is known to be true. */
export function checkProjection(table: EncryptedTable, request: Request): void {
  for (const parameter of ['ProjectionExpression', 'AttributesToGet']) if (has(request, parameter)) leavesOut(table, parameter)
  if (request.Select === 'SPECIFIC_ATTRIBUTES') leavesOut(table, 'Select: SPECIFIC_ATTRIBUTES')
}

/**
 * Conditions of any kind cannot be about what is in an encrypted attribute. That of a write may ask whether the attribute is
 * there; filters and key conditions may not even that, as in the peers.
 */
export function checkConditions(table: EncryptedTable, request: Request): void {
  for (const parameter of LEGACY) {
    if (has(request, parameter)) refuse(table, `${parameter} is not supported: use an expression`)
  }
  for (const parameter of CONDITIONS) {
    for (const { attribute, nested, operandOf = '' } of mentions(table, request, parameter)) {
      const exempt = parameter === 'ConditionExpression' && !nested && EXEMPT.includes(operandOf)
      if (!exempt && isEncrypted(table, attribute))
        refuse(
          table,
          `${parameter}: attribute ${JSON.stringify(attribute)} is encrypted, so DynamoDB cannot compare it: ` +
            'compare after reading, or make it SIGN_ONLY',
        )
    }
  }
  checkValues(table, request)
}

/** DynamoDB refuses a value that no expression uses, but only after it has been sent. */
function checkValues(table: EncryptedTable, request: Request): void {
  const used = [...CONDITIONS, 'UpdateExpression' as const]
    .map((parameter) => request[parameter])
    .join()
    .match(/:\w+/g)
  for (const alias of Object.keys(request.ExpressionAttributeValues ?? {})) {
    if (!used?.includes(alias)) refuse(table, `ExpressionAttributeValues: no expression uses ${JSON.stringify(alias)}`)
  }
}

/** An update in place, which is possible only where no signature covers the attribute. */
export function checkUpdate(table: EncryptedTable, request: Request): void {
  for (const { attribute } of mentions(table, request, 'UpdateExpression')) {
    if (table.isReserved(attribute) || table.actionOf(attribute) !== 'DO_NOTHING')
      refuse(
        table,
        `UpdateExpression: attribute ${JSON.stringify(attribute)} is signed and cannot be updated in place: ` +
          'read the item, change it and put it, if a version attribute is unchanged',
      )
  }
}

function mentions(
  table: EncryptedTable,
  request: Request,
  parameter: 'ConditionExpression' | 'FilterExpression' | 'KeyConditionExpression' | 'UpdateExpression',
): Mention[] {
  const text = request[parameter]
  if (text === undefined) return []
  const read: (text: string, names: ExpressionNames) => Mention[] =
    parameter === 'UpdateExpression' ? mentionsInUpdate : mentionsInCondition
  try {
    return read(text, request)
  } catch (error) {
    throw located(error, table, `${parameter}: `)
  }
}

function leavesOut(table: EncryptedTable, parameter: string): never {
  refuse(table, `${parameter} leaves out signed attributes: read whole items and pick from them`)
}

function has(request: object, parameter: string): boolean {
  return (request as Readonly<Record<string, unknown>>)[parameter] != null // any object can be looked into
}
