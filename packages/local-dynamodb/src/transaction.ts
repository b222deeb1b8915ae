/**
 * What the two transaction operations have in common: their list of actions, and the error that names a reason for each.
 *
 * @module
 */
import { keyIdentity, keyOf, type TableKeys } from './table-keys.ts'
import { type Answer, errorAnswer, isJson, type Json } from './wire.ts'

export interface Action {
  readonly kind: string
  readonly request: Json
  /** Undefined if the request does not give a whole key; the operation on the item will say so. */
  readonly key: Json | undefined
}

export interface CancellationReason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError'
  readonly Message?: unknown
  readonly Item?: unknown
}

const MAX_ACTIONS = 100

/** The actions of a request, in order, or the error that refuses it as a whole. */
export async function readActions(body: Json, kinds: readonly string[], keys: TableKeys): Promise<readonly Action[] | Answer> {
  const listed: unknown = body.TransactItems
  if (!Array.isArray(listed) || listed.length === 0) return refuse("Value at 'transactItems' must have length greater than or equal to 1")
  if (listed.length > MAX_ACTIONS) return refuse("Value at 'transactItems' must have length less than or equal to 100")

  const actions: Action[] = []
  const seen = new Set<string>()
  for (const entry of listed) {
    const [kind, ...others] = isJson(entry) ? kinds.filter((name) => isJson(entry[name])) : []
    if (kind === undefined || others.length > 0) return refuse(`TransactItems can only contain one of ${kinds.join(', ')}`)
    const request = (entry as Json)[kind] as Json // the filter saw that both are objects
    const names = await keys.of(request.TableName)
    if (isAnswer(names)) return names
    const key = keyOf(request, names)
    const identity = key && JSON.stringify([request.TableName, keyIdentity(key, names)])
    if (identity !== undefined && seen.has(identity)) return refuse('Transaction request cannot include multiple operations on one item')
    if (identity !== undefined) seen.add(identity)
    actions.push({ kind, request, key })
  }
  return actions
}

export function isAnswer(value: unknown): value is Answer {
  return isJson(value)
}

export function refuse(message: string): Answer {
  return errorAnswer('ValidationException', message)
}

/** DynamoDB refuses the whole request for what is wrong without looking at any item, and cancels for what only the item shows. */
export function isStaticError(message: unknown): boolean {
  return /^(Invalid \w+Expression|ExpressionAttribute|Value provided in ExpressionAttribute|The expression can not|\d+ validation error)/.test(
    String(message),
  )
}

export function cancelled(reasons: readonly CancellationReason[]): Answer {
  const codes = reasons.map((reason) => reason.Code).join(', ')
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`
  return errorAnswer('TransactionCanceledException', message, { CancellationReasons: reasons })
}
