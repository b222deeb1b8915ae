import { PutCommand, TransactGetCommand, type TransactGetCommandInput } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWithTable, TABLE } from './local-table.ts'

let local: Awaited<ReturnType<typeof startWithTable>>
beforeAll(async () => {
  local = await startWithTable()
  await local.documents.send(new PutCommand({ TableName: TABLE, Item: { id: 'a', n: 1, name: 'Ada', deep: { x: 1, y: 2 } } }))
  await local.documents.send(new PutCommand({ TableName: TABLE, Item: { id: 'b', n: 1 } }))
})
afterAll(() => local.close())

const read = (TransactItems: NonNullable<TransactGetCommandInput['TransactItems']>) =>
  local.documents.send(new TransactGetCommand({ TransactItems }))
const get = (id: string, n = 1) => ({ Get: { TableName: TABLE, Key: { id, n } } })

test('items come in the order they were asked for, with a gap for one that does not exist', async () => {
  const { Responses } = await read([get('b'), get('nobody'), get('a')])
  expect(Responses?.map(({ Item }) => Item)).toEqual([{ id: 'b', n: 1 }, undefined, { id: 'a', n: 1, name: 'Ada', deep: { x: 1, y: 2 } }])
})

test('each read has its own projection', async () => {
  const projected = { ProjectionExpression: '#n, deep.y', ExpressionAttributeNames: { '#n': 'name' } }
  const { Responses } = await read([{ Get: { ...get('a').Get, ...projected } }, get('b')])
  expect(Responses?.map(({ Item }) => Item)).toEqual([
    { name: 'Ada', deep: { y: 2 } },
    { id: 'b', n: 1 },
  ])
})

test('a key that does not fit the table cancels with a reason for each read', async () => {
  const error = await read([get('a'), { Get: { TableName: TABLE, Key: { id: 'a' } } }]).catch((reason) => reason)
  expect(error.name).toBe('TransactionCanceledException')
  expect(error.CancellationReasons.map(({ Code }: { Code: string }) => Code)).toEqual(['None', 'ValidationError'])
})

test('what is wrong with the request itself is a ValidationException', async () => {
  const wrong = [
    [],
    [get('a'), get('a')],
    [{ Get: { ...get('a').Get, ProjectionExpression: 'a b' } }],
    Array.from({ length: 101 }, (_, n) => get('a', n)),
  ]
  for (const items of wrong) await expect(read(items)).rejects.toMatchObject({ name: 'ValidationException' })
})

test('a table that does not exist is a ResourceNotFoundException', async () => {
  await expect(read([get('a'), { Get: { TableName: 'nowhere', Key: { id: 'a' } } }])).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})
