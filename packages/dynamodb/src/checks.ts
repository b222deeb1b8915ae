/**
 * What cannot be asked of a table whose items are encrypted. Each refusal happens before anything is sent, and says what to
 * do instead.
 *
 * @module
 */
import { attributesIn, type Expression, parseCondition } from './expression.ts'
import type { Request } from './sdk-shapes.ts'
import { type EncryptedTable, isEncrypted, located, refuse } from './table.ts'

/** Parameters from before there were expressions. */
const LEGACY = ['AttributeUpdates', 'Expected', 'KeyConditions', 'QueryFilter', 'ScanFilter']

type ExpressionName = (typeof CONDITIONS)[number] | 'UpdateExpression'

const CONDITIONS = ['ConditionExpression', 'FilterExpression', 'KeyConditionExpression'] as const

/**
 * What may be asked of an encrypted attribute, `e`: whether it is there, as no value is beside it then, and how the length of what is
 * stored compares with numbers, `n`.
 */
const HARMLESS = /^(\w+\(e\)|(BETWEEN|IN|\W+)\((,?(n|size\(.\)))+\))$/

/**
 * Conditions of any kind cannot be about what is in an encrypted attribute; filters and key conditions may not even ask what
 * is harmless, as in the peers. What looks like that and is not, as `contains(size(a), :v)`, DynamoDB would refuse only after the
 * value has been sent.
 */
export function checkConditions(table: EncryptedTable, request: Request): void {
  /** `>(size(e),n)`: what DynamoDB can read is as good as a number. */
  const outline = (part: Expression): string => {
    if ('path' in part) return isEncrypted(table, part.path[0]) ? 'e'.repeat(part.path.length) : 'n'
    if ('value' in part) return (request.ExpressionAttributeValues?.[part.value] as { readonly N?: string } | undefined)?.N ? 'n' : 'value'
    return `${part.operator}(${part.operands.map(outline)})`
  }
  for (const parameter of CONDITIONS) {
    const attributesRead = (part: Expression): string[] => {
      if ('operator' in part && /^(AND|OR|NOT)$/.test(part.operator)) return part.operands.flatMap(attributesRead)
      return parameter === 'ConditionExpression' && HARMLESS.test(outline(part)) ? [] : attributesIn(part)
    }
    for (const attribute of readExpression(table, request, parameter, (text) => attributesRead(parseCondition(text, request)))) {
      if (isEncrypted(table, attribute))
        refuse(table, `${parameter}: attribute ${JSON.stringify(attribute)} is encrypted: compare after reading, or make it SIGN_ONLY`)
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
