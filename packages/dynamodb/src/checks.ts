/**
 * What cannot be asked of a table whose items are encrypted. Each refusal happens before anything is sent, and says what to
 * do instead.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import { type Mention, mentionsInCondition, mentionsInUpdate } from './expression.ts'
import type { ExpressionNames, Request } from './sdk-shapes.ts'
import { type EncryptedTable, isEncrypted, refuse } from './table.ts'

/** They look at whether there is a value, and at the length of the stored one. */
const EXEMPT = ['attribute_exists', 'attribute_not_exists', 'size']

const LEGACY: Readonly<Record<string, string>> = {
  AttributeUpdates: 'UpdateExpression',
  ConditionalOperator: 'AND and OR in an expression',
  Expected: 'ConditionExpression',
  KeyConditions: 'KeyConditionExpression',
  QueryFilter: 'FilterExpression',
  ScanFilter: 'FilterExpression',
}

/** Parameters from before there were expressions. */
export function checkLegacy(table: EncryptedTable, request: object): void {
  for (const [parameter, instead] of Object.entries(LEGACY)) {
    if (has(request, parameter)) refuse(table, `${parameter} is not supported: use ${instead}`)
  }
}

/** A signature covers the whole item: without all of it, nothing is known to be true. */
export function checkProjection(table: EncryptedTable, request: object): void {
  for (const parameter of ['ProjectionExpression', 'AttributesToGet']) {
    if (has(request, parameter))
      refuse(table, `${parameter} leaves out attributes that the signature covers: read the whole item and pick from it`)
  }
}

/** A condition on a write: it may ask whether an encrypted attribute is there, not what is in it. */
export function checkCondition(table: EncryptedTable, request: Request): void {
  for (const { attribute, nested, operandOf } of mentions(table, request, 'ConditionExpression')) {
    const exempt = !nested && operandOf !== undefined && EXEMPT.includes(operandOf)
    if (!exempt && isEncrypted(table, attribute)) cannotCompare(table, 'ConditionExpression', attribute)
  }
}

/** A filter or a key condition of a read. */
export function checkFilter(table: EncryptedTable, request: Request, parameter: 'FilterExpression' | 'KeyConditionExpression'): void {
  for (const { attribute } of mentions(table, request, parameter)) {
    if (isEncrypted(table, attribute)) cannotCompare(table, parameter, attribute)
  }
}

/** An update in place, which is possible only where no signature covers the attribute. */
export function checkUpdate(table: EncryptedTable, request: Request): void {
  for (const { attribute } of mentions(table, request, 'UpdateExpression')) {
    if (table.isReserved(attribute) || table.actionOf(attribute) !== 'DO_NOTHING')
      refuse(
        table,
        `UpdateExpression: attribute ${JSON.stringify(attribute)} is signed, and an update in place would invalidate the signature: ` +
          'read the item, change it and put it, on the condition that a version attribute of yours is unchanged',
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
    if (!(error instanceof ItemCryptoError)) throw error
    throw new ItemCryptoError(error.code, `table ${JSON.stringify(table.name)}: ${parameter}: ${error.message}`)
  }
}

function cannotCompare(table: EncryptedTable, parameter: string, attribute: string): never {
  refuse(
    table,
    `${parameter}: attribute ${JSON.stringify(attribute)} is encrypted, so DynamoDB cannot compare it: ` +
      'compare after reading, or make the attribute SIGN_ONLY',
  )
}

function has(request: object, parameter: string): boolean {
  return (request as Readonly<Record<string, unknown>>)[parameter] != null // any object can be looked into
}
