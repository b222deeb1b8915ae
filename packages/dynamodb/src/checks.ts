/**
 * What cannot be asked of a table whose items are encrypted. Each refusal happens before anything is sent, and says what to
 * do instead.
 *
 * @module
 */
import { type Expression, parseCondition } from './expression.ts'
import { checkShape } from './passage.ts'
import type { Request } from './sdk-shapes.ts'
import { type EncryptedTable, isEncrypted, located, refuse } from './table.ts'

/** Parameters from before there were expressions. */
const LEGACY = ['AttributeUpdates', 'Expected', 'KeyConditions', 'QueryFilter', 'ScanFilter']

type ExpressionName = (typeof CONDITIONS)[number] | 'UpdateExpression'

const CONDITIONS = ['ConditionExpression', 'FilterExpression', 'KeyConditionExpression'] as const

/**
 * What may be asked of an encrypted attribute, `e`: whether it is there, as no value is beside it then, and how the length of what is
 * stored compares with numbers, `n`, or with what is in an open attribute, `o`.
 */
const HARMLESS = /^(\w+\(e,\)|(BETWEEN|IN|\W+)\(([no],|size\([eo],\),)+\))$/

/**
 * Conditions of any kind cannot be about what is in an encrypted attribute; filters and key conditions may not even ask what
 * is harmless, as in the peers. What looks like that and is not, as `contains(size(a), :v)`, DynamoDB would refuse only after the
 * value has been sent.
 *
 * @param used aliases of values that stand elsewhere in what is sent.
 */
export function checkConditions(table: EncryptedTable, request: Request, used: readonly string[] = []): void {
  const compared = [...used]
  for (const parameter of CONDITIONS) {
    for (const comparison of readExpression(table, request, parameter, (text) => comparisonsIn(parseCondition(text, request)))) {
      const aliases: string[] = []
      let attribute: string | undefined
      /** `>(size(e,),n,)` */
      const outline = (part: Expression): string => {
        if ('operator' in part) return `${part.operator}(${part.operands.map((operand) => `${outline(operand)},`).join('')})`
        if ('path' in part) {
          const [name, ...more] = part.path
          if (!isEncrypted(table, name)) return 'o'
          attribute = name
          return `e${more}`
        }
        aliases.push(part.value)
        const { N = '' } = request.ExpressionAttributeValues![part.value] as { readonly N?: string } // the parser has found it
        return /^[\d.-]+$/.test(N) ? 'n' : 'v'
      }
      const text = outline(comparison)
      if (attribute && !(parameter === 'ConditionExpression' && HARMLESS.test(text)))
        refuse(table, `${parameter}: attribute ${JSON.stringify(attribute)} is encrypted: compare after reading, or make it SIGN_ONLY`)
      if (/[eo],/.test(text)) compared.push(...aliases)
    }
  }
  checkParameters(table, request, compared)
}

function comparisonsIn(condition: Expression): Expression[] {
  return 'operator' in condition && /^(AND|OR|NOT)$/.test(condition.operator) ? condition.operands.flatMap(comparisonsIn) : [condition]
}

/**
 * What is refused whatever it is about: above all a value that is compared with no attribute, or is in an expression that the operation
 * does not have. DynamoDB too refuses most of that, but only after it has been sent.
 *
 * @param compared aliases of the values that have their reason.
 */
export function checkParameters(table: EncryptedTable, request: Request, compared: readonly string[]): void {
  for (const parameter of LEGACY) {
    if ((request as Readonly<Record<string, unknown>>)[parameter] != null) refuse(table, `${parameter} is not supported`)
  }
  checkShape(table, request.ExpressionAttributeValues)
  for (const alias of Object.keys(request.ExpressionAttributeValues ?? {})) {
    if (!compared.includes(alias)) refuse(table, `ExpressionAttributeValues: no attribute is compared with ${alias}`)
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
