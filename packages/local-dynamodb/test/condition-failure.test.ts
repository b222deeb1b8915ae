import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb'
import { DeleteCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWithTable, TABLE } from './local-table.ts'

let local: Awaited<ReturnType<typeof startWithTable>>
const STORED = { id: 'a', n: 1, name: 'Ada' }
/** The document client, too, leaves items in errors as attribute values. */
const IN_ERROR = { id: { S: 'a' }, n: { N: '1' }, name: { S: 'Ada' } }
beforeAll(async () => {
  local = await startWithTable()
  await local.documents.send(new PutCommand({ TableName: TABLE, Item: STORED }))
})
afterAll(() => local.close())

const failed = async (sent: Promise<unknown>) => {
  const error = await sent.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ConditionalCheckFailedException)) throw error
  return error
}
const ALL_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const
const refused = { TableName: TABLE, ConditionExpression: 'attribute_exists(nothing)' }
const Key = { id: 'a', n: 1 }

test('a failed condition of a put, an update and a delete carries the stored item when asked', async () => {
  const put = new PutCommand({ ...refused, ...ALL_OLD, Item: { ...Key, name: 'Eve' } })
  const update = new UpdateCommand({ ...refused, ...ALL_OLD, Key, UpdateExpression: 'REMOVE x' })
  const remove = new DeleteCommand({ ...refused, ...ALL_OLD, Key })
  expect((await failed(local.documents.send(put))).Item).toEqual(IN_ERROR)
  expect((await failed(local.documents.send(update))).Item).toEqual(IN_ERROR)
  expect((await failed(local.documents.send(remove))).Item).toEqual(IN_ERROR)
})

test('there is no item when it was not asked for or does not exist', async () => {
  expect((await failed(local.documents.send(new DeleteCommand({ ...refused, Key })))).Item).toBeUndefined()
  const absent = new DeleteCommand({ ...refused, ...ALL_OLD, Key: { id: 'nobody', n: 1 } })
  expect((await failed(local.documents.send(absent))).Item).toBeUndefined()
})

test('a write whose condition holds is not affected', async () => {
  await local.documents.send(new PutCommand({ TableName: TABLE, ...ALL_OLD, Item: STORED, ConditionExpression: 'attribute_exists(id)' }))
})
