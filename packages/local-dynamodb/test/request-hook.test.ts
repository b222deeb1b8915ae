import {
  BatchGetCommand,
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startLocalDynamoDb } from '../src/index.ts'
import { ARN, clientFor, createTable, replaceableHook, startWithTable, TABLE } from './local-table.ts'

const hook = replaceableHook()
let local: Awaited<ReturnType<typeof startWithTable>>
beforeAll(async () => {
  local = await startWithTable(hook.onRequest)
})
afterAll(() => local.close())
beforeEach(() => hook.reset())

const put = (id: string, more: object = {}) => local.documents.send(new PutCommand({ TableName: TABLE, Item: { id, n: 1, ...more } }))
const get = async (id: string) => (await local.documents.send(new GetCommand({ TableName: TABLE, Key: { id, n: 1 } }))).Item
/** Acts on the first request of that operation only. */
const onFirst = (operation: string, action: ReturnType<typeof hook.next>) => {
  let done = false
  hook.next = (name) => {
    if (done || name !== operation) return undefined
    done = true
    return action
  }
}

test('the hook sees each request as it was sent, once', async () => {
  const name = { TableName: ARN, Item: { id: 'seen', n: 1 } }
  await local.documents.send(new PutCommand(name))
  await local.documents.send(new TransactWriteCommand({ TransactItems: [{ Put: name }], ClientRequestToken: 'seen' }))
  const sent = { TableName: ARN, Item: { id: { S: 'seen' }, n: { N: '1' } } }
  expect(hook.requests).toEqual([
    { operation: 'PutItem', body: sent },
    { operation: 'TransactWriteItems', body: { TransactItems: [{ Put: sent }], ClientRequestToken: 'seen' } },
  ])
})

test('respond answers in place of the server', async () => {
  onFirst('PutItem', { respond: { status: 400, body: { __type: 'x#ProvisionedThroughputExceededException', message: 'slow down' } } })
  await expect(put('responded')).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException', message: 'slow down' })
  expect(await get('responded')).toBeUndefined()
  onFirst('GetItem', { respond: { status: 200, body: { Item: { id: { S: 'made up' } } } } })
  expect(await get('responded')).toEqual({ id: 'made up' })
})

test('a request dropped before is not executed', async () => {
  onFirst('PutItem', { drop: 'before' })
  await expect(put('dropped-before')).rejects.toThrow()
  expect(await get('dropped-before')).toBeUndefined()
})

test('a request dropped after is executed, though the client sees it fail', async () => {
  onFirst('PutItem', { drop: 'after' })
  await expect(put('dropped-after')).rejects.toThrow()
  expect(await get('dropped-after')).toEqual({ id: 'dropped-after', n: 1 })
})

test('a client that tries again after a lost answer repeats an update, but not a transaction', async () => {
  const patient = DynamoDBDocumentClient.from(clientFor(local.endpoint, 3))
  const add = (id: string) => ({
    TableName: TABLE,
    Key: { id, n: 1 },
    UpdateExpression: 'ADD v :one',
    ExpressionAttributeValues: { ':one': 1 },
  })
  onFirst('UpdateItem', { drop: 'after' })
  await patient.send(new UpdateCommand(add('single')))
  onFirst('TransactWriteItems', { drop: 'after' })
  await patient.send(new TransactWriteCommand({ TransactItems: [{ Update: add('transaction') }] }))
  patient.destroy()
  expect(hook.requests.map(({ operation }) => operation)).toEqual(['UpdateItem', 'UpdateItem', 'TransactWriteItems', 'TransactWriteItems'])
  expect(await get('single')).toMatchObject({ v: 2 })
  expect(await get('transaction')).toMatchObject({ v: 1 })
})

test('a delayed request is overtaken', async () => {
  onFirst('PutItem', { delayMs: 200 })
  const slow = put('overtaken', { by: 'slow' })
  await expect.poll(() => hook.requests.length).toBe(1)
  await put('overtaken', { by: 'fast' })
  expect(await get('overtaken')).toMatchObject({ by: 'fast' })
  await slow
  expect(await get('overtaken')).toMatchObject({ by: 'slow' })
})

test('part of a batch write comes back unprocessed and is not executed', async () => {
  const writes = ['batch-1', 'batch-2', 'batch-3'].map((id) => ({ PutRequest: { Item: { id: { S: id }, n: { N: '1' } } } }))
  onFirst('BatchWriteItem', {
    transformRequest: (body) => ({ ...body, RequestItems: { [TABLE]: writes.slice(0, 1) } }),
    transformResponse: (body) => ({ ...body, UnprocessedItems: { [TABLE]: writes.slice(1) } }),
  })
  const items = ['batch-1', 'batch-2', 'batch-3'].map((id) => ({ PutRequest: { Item: { id, n: 1 } } }))
  const { UnprocessedItems } = await local.documents.send(new BatchWriteCommand({ RequestItems: { [TABLE]: items } }))
  expect(UnprocessedItems).toEqual({ [TABLE]: items.slice(1) })
  expect(await get('batch-1')).toBeDefined()
  expect(await get('batch-2')).toBeUndefined()
})

test('part of a batch read comes back as unprocessed keys', async () => {
  await put('read-1')
  await put('read-2')
  const rest = { Keys: [{ id: { S: 'read-2' }, n: { N: '1' } }] }
  onFirst('BatchGetItem', {
    transformResponse: (body) => ({ ...body, Responses: { [TABLE]: [] }, UnprocessedKeys: { [TABLE]: rest } }),
  })
  const Keys = ['read-1', 'read-2'].map((id) => ({ id, n: 1 }))
  const answer = await local.documents.send(new BatchGetCommand({ RequestItems: { [TABLE]: { Keys } } }))
  expect(answer.Responses).toEqual({ [TABLE]: [] })
  expect(answer.UnprocessedKeys).toEqual({ [TABLE]: { Keys: [{ id: 'read-2', n: 1 }] } })
})

test('errors are not given to transformResponse', async () => {
  onFirst('PutItem', { transformResponse: () => ({}) })
  await expect(local.documents.send(new PutCommand({ TableName: 'nowhere', Item: {} }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  })
})

test('what the hook throws fails the call, once, with its message', async () => {
  hook.next = (operation) => {
    if (operation === 'PutItem') throw new Error('plaintext on the wire')
    return undefined
  }
  const patient = DynamoDBDocumentClient.from(clientFor(local.endpoint, 3))
  await expect(patient.send(new PutCommand({ TableName: TABLE, Item: { id: 'thrown', n: 1 } }))).rejects.toMatchObject({
    name: 'LocalDynamoDbFailure',
    message: 'plaintext on the wire',
  })
  patient.destroy()
  expect(hook.requests).toHaveLength(1)
})

test('a hook may be asynchronous', async () => {
  const server = await startLocalDynamoDb({
    onRequest: async ({ operation }) => {
      await Promise.resolve()
      return operation === 'GetItem' ? { respond: { status: 200, body: {} } } : undefined
    },
  })
  const client = clientFor(server.endpoint)
  await createTable(client, TABLE)
  const documents = DynamoDBDocumentClient.from(client)
  await documents.send(new PutCommand({ TableName: TABLE, Item: { id: 'a', n: 1 } }))
  expect((await documents.send(new GetCommand({ TableName: TABLE, Key: { id: 'a', n: 1 } }))).Item).toBeUndefined()
  client.destroy()
  await server.close()
})
