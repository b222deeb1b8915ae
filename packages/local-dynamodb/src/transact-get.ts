/**
 * TransactGetItems out of GetItem. All reads happen in one turn of the queue, so they see one state.
 *
 * @module
 */
import type { TableKeys } from './table-keys.ts'
import { type CancellationReason, cancelled, isAnswer, isStaticError, readActions } from './transaction.ts'
import type { Call } from './upstream.ts'
import { type Answer, errorName, type Json } from './wire.ts'

export async function transactGetItems(call: Call, keys: TableKeys, body: Json): Promise<Answer> {
  const actions = await readActions(body, ['Get'], keys)
  if (isAnswer(actions)) return actions

  const responses: Json[] = []
  const reasons: CancellationReason[] = []
  for (const { request } of actions) {
    const { TableName, Key, ProjectionExpression, ExpressionAttributeNames } = request
    const answer = await call('GetItem', { TableName, Key, ProjectionExpression, ExpressionAttributeNames, ConsistentRead: true })
    const error = errorName(answer)
    const message = answer.body.message
    if (error !== undefined && (error !== 'ValidationException' || isStaticError(message))) return answer
    reasons.push(error === undefined ? { Code: 'None' } : { Code: 'ValidationError', Message: message })
    responses.push(answer.body.Item === undefined ? {} : { Item: answer.body.Item })
  }
  return reasons.every(({ Code }) => Code === 'None') ? { status: 200, body: { Responses: responses } } : cancelled(reasons)
}
