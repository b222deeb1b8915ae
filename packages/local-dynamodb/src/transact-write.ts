/**
 * TransactWriteItems out of single-item writes: each action is done at once under its own condition, and all are undone, last
 * first, if one fails. Nobody sees that: the whole happens in one turn of the queue.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { isConditionFailure, storedItem, wantsOldItem } from './condition-failure.ts'
import type { TableKeys } from './table-keys.ts'
import { type Action, type CancellationReason, cancelled, isAnswer, isStaticError, readActions, refuse } from './transaction.ts'
import type { Call } from './upstream.ts'
import { type Answer, errorAnswer, errorName, type Json } from './wire.ts'

interface Kind {
  readonly operation: string
  readonly members: readonly string[]
  readonly required: string
}

const COMMON = ['TableName', 'ConditionExpression', 'ExpressionAttributeNames', 'ExpressionAttributeValues']

const KINDS: Readonly<Record<string, Kind>> = {
  // An update that changes nothing; where there is no item it makes one, which is undone at once.
  ConditionCheck: { operation: 'UpdateItem', members: ['Key', ...COMMON], required: 'ConditionExpression' },
  Put: { operation: 'PutItem', members: ['Item', ...COMMON], required: 'Item' },
  Update: { operation: 'UpdateItem', members: ['Key', 'UpdateExpression', ...COMMON], required: 'UpdateExpression' },
  Delete: { operation: 'DeleteItem', members: ['Key', ...COMMON], required: 'Key' },
}

const DONE: Answer = { status: 200, body: {} }

/** What became of an action: a reason, or an error of the request as a whole. */
interface Outcome {
  readonly reason: CancellationReason
  readonly refusal?: Answer
  readonly undo?: () => Promise<void>
}

/** Makes the executor of a server's write transactions; it remembers the tokens of those that were committed, for ever. */
export function transactionWriter(call: Call, keys: TableKeys): (body: Json) => Promise<Answer> {
  const committed = new Map<unknown, unknown>()

  return async (body) => {
    const { ClientRequestToken: token, TransactItems: payload } = body
    if (token !== undefined && committed.has(token)) {
      return isDeepStrictEqual(committed.get(token), payload) ? DONE : mismatch()
    }
    const actions = await readActions(body, Object.keys(KINDS), keys)
    if (isAnswer(actions)) return actions
    for (const { kind, request } of actions) {
      const { required } = KINDS[kind]!
      if (request[required] === undefined)
        return refuse(`Value null at '${kind}.${required}' failed to satisfy constraint: Member must not be null`)
    }

    const outcomes: Outcome[] = []
    for (const action of actions) outcomes.push(await perform(call, action))
    if (outcomes.some(({ reason }) => reason.Code !== 'None')) {
      for (const { undo } of [...outcomes].reverse()) await undo?.()
      return outcomes.find(({ refusal }) => refusal)?.refusal ?? cancelled(outcomes.map(({ reason }) => reason))
    }
    if (token !== undefined) committed.set(token, payload)
    return DONE
  }
}

/** All actions are performed even after one has failed: like DynamoDB's, the answer names every failure. */
async function perform(call: Call, { kind, request, key }: Action): Promise<Outcome> {
  const { operation, members } = KINDS[kind]!
  const single = Object.fromEntries(members.map((member) => [member, request[member]]))
  const answer = await call(operation, { ...single, ReturnValues: 'ALL_OLD' })
  const error = errorName(answer)

  if (error === undefined) {
    const undo = () => restore(call, request.TableName, key, answer.body.Attributes)
    if (kind === 'ConditionCheck') await undo()
    return kind === 'ConditionCheck' ? { reason: { Code: 'None' } } : { reason: { Code: 'None' }, undo }
  }
  const Message = answer.body.message ?? answer.body.Message
  if (isConditionFailure(answer)) {
    const item = wantsOldItem(request) ? await storedItem(call, request.TableName, key) : {}
    return { reason: { Code: 'ConditionalCheckFailed', Message, ...item } }
  }
  const reason = { Code: 'ValidationError', Message } as const
  return error === 'ValidationException' && !isStaticError(Message) ? { reason } : { reason, refusal: answer }
}

async function restore(call: Call, tableName: unknown, key: Json | undefined, old: unknown): Promise<void> {
  const { status, body } =
    old === undefined
      ? await call('DeleteItem', { TableName: tableName, Key: key })
      : await call('PutItem', { TableName: tableName, Item: old })
  if (status !== 200) throw new Error(`an action of a transaction could not be undone: ${JSON.stringify(body)}`)
}

function mismatch(): Answer {
  return errorAnswer(
    'IdempotentParameterMismatchException',
    'The request uses the same client token as a previous, but non-identical request',
  )
}
