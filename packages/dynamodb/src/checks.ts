/**
 * What cannot be asked of a table whose items are encrypted. Each refusal happens before anything is sent, and says what to
 * do instead.
 *
 * @module
 */
import { mentionsIn, parseCondition } from './expression.ts'
import type { Request } from './sdk-shapes.ts'
import { type EncryptedTable, isEncrypted, located, refuse } from './table.ts'

/** They look at whether there is a value, and at the length of the stored one. */
const EXEMPT = ['attribute_exists', 'attribute_not_exists', 'size']

/** Parameters from before there were expressions. */
const LEGACY = ['AttributeUpdates', 'ConditionalOperator', 'Expected', 'KeyConditions', 'QueryFilter', 'ScanFilter']

type ExpressionName = (typeof CONDITIONS)[number] | 'UpdateExpression'

const CONDITIONS = ['ConditionExpression', 'FilterExpression', 'KeyConditionExpression'] as const

/**
 * Conditions of any kind cannot be about what is in an encrypted attribute. That of a write may ask whether the attribute is
 * there; filters and key conditions may not even that, as in the peers.
 */
export function checkConditions(table: EncryptedTable, request: Request): void {
  for (const parameter of CONDITIONS) {
    for (const { path, operandOf = '' } of readExpression(table, request, parameter, (text) => mentionsIn(parseCondition(text, request)))) {
      const [attribute] = path
      const exempt = parameter === 'ConditionExpression' && path.length === 1 && EXEMPT.includes(operandOf)
      if (!exempt && isEncrypted(table, attribute))
        refuse(
          table,
          `${parameter}: attribute ${JSON.stringify(attribute)} is encrypted, so DynamoDB cannot compare it: ` +
            'compare after reading, or make it SIGN_ONLY',
        )
    }
  }
  checkParameters(table, request)
}

/** What is refused whatever it is about. DynamoDB too refuses a value that no expression uses, but only after it has been sent. */
export function checkParameters(table: EncryptedTable, request: Request): void {
  for (const parameter of LEGACY) {
    if ((request as Readonly<Record<string, unknown>>)[parameter] != null) refuse(table, `${parameter} is not supported: use an expression`)
  }
  const used = [...CONDITIONS, 'UpdateExpression' as const]
    .map((parameter) => request[parameter])
    .join()
    .match(/:\w+/g)
  for (const alias of Object.keys(request.ExpressionAttributeValues ?? {})) {
    if (!used?.includes(alias)) refuse(table, `ExpressionAttributeValues: no expression uses ${JSON.stringify(alias)}`)
  }
}

/** What an expression of the request is parsed to; where there is none, an empty list. */
export function readExpression<T>(table: EncryptedTable, request: Request, parameter: ExpressionName, parse: (text: string) => T[]): T[] {
  const text = request[parameter]
  try {
    return text === undefined ? [] : parse(text)
  } catch (error) {
    throw located(error, table, `${parameter}: `)
  }
}
