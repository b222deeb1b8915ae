/**
 * `ReturnValuesOnConditionCheckFailure: ALL_OLD`: the error of a failed condition carries the item it was checked against.
 * dynalite ignores it, so the item is read right after the failure, in the same turn of the queue.
 *
 * @module
 */
import type { Call } from './upstream.ts'
import { type Answer, errorName, type Json } from './wire.ts'

const WRITES: readonly string[] = ['PutItem', 'UpdateItem', 'DeleteItem']

export function asksForOldItem(operation: string, body: Json): boolean {
  return WRITES.includes(operation) && wantsOldItem(body)
}

export function wantsOldItem(request: Json): boolean {
  return request.ReturnValuesOnConditionCheckFailure === 'ALL_OLD'
}

export function isConditionFailure(answer: Answer): boolean {
  return errorName(answer) === 'ConditionalCheckFailedException'
}

/** `{ Item }` with what is stored under the key, or `{}` if nothing is. */
export async function storedItem(call: Call, tableName: unknown, key: Json | undefined): Promise<{ readonly Item?: unknown }> {
  if (key === undefined) return {}
  const { body } = await call('GetItem', { TableName: tableName, Key: key, ConsistentRead: true })
  return body.Item === undefined ? {} : { Item: body.Item }
}
