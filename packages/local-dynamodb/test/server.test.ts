import {
  CreateTableCommand,
  DeleteTableCommand,
  ExecuteStatementCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb'
import { PutCommand, paginateQuery, TransactWriteCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLocalDynamoDb } from '../src/index.ts'
import { clientFor, createTable, startWithTable, TABLE } from './local-table.ts'

let local: Awaited<ReturnType<typeof startWithTable>>
beforeAll(async () => {
  local = await startWithTable()
})
afterAll(() => local.close())

test('a table is usable as soon as it is created, and can be made again as soon as it is deleted', async () => {
  for (let i = 0; i < 10; i++) {
    await createTable(local.client, 'short-lived')
    await local.client.send(new PutItemCommand({ TableName: 'short-lived', Item: { id: { S: 'a' }, n: { N: '1' } } }))
    await local.client.send(new DeleteTableCommand({ TableName: 'short-lived' }))
  }
  expect((await local.client.send(new ListTablesCommand())).TableNames).toEqual([TABLE])
})

test('a table that comes back with another key has that key in transactions', async () => {
  const put = (Item: object) =>
    local.documents.send(new TransactWriteCommand({ TransactItems: [{ Put: { TableName: 'changing', Item } }] }))
  await createTable(local.client, 'changing')
  await put({ id: 'a', n: 1 })
  await local.client.send(new DeleteTableCommand({ TableName: 'changing' }))
  const create = new CreateTableCommand({
    TableName: 'changing',
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: [{ AttributeName: 'other', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }],
  })
  await local.client.send(create)
  await put({ other: 'a' })
  await local.client.send(new DeleteTableCommand({ TableName: 'changing' }))
})

test('everything else is answered by dynalite: pages of a query, and what it does not know', async () => {
  for (let n = 0; n < 5; n++) await local.documents.send(new PutCommand({ TableName: TABLE, Item: { id: 'pages', n } }))
  const query = { TableName: TABLE, KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': 'pages' } }
  const found: unknown[] = []
  for await (const page of paginateQuery({ client: local.documents, pageSize: 2 }, query)) found.push(...(page.Items ?? []))
  expect(found).toEqual([0, 1, 2, 3, 4].map((n) => ({ id: 'pages', n })))
  const statement = new ExecuteStatementCommand({ Statement: `SELECT * FROM ${TABLE}` })
  await expect(local.client.send(statement)).rejects.toMatchObject({ name: 'UnknownOperationException' })
})

test('a web page of another origin may use it', async () => {
  const origin = { origin: 'http://127.0.0.1:1' }
  const asked = { 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-amz-target' }
  const preflight = await fetch(local.endpoint, { method: 'OPTIONS', headers: { ...origin, ...asked } })
  expect(preflight.status).toBe(200)
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect(preflight.headers.get('access-control-allow-headers')).toBe('x-amz-target')

  const made = await fetch(local.endpoint, {
    method: 'POST',
    headers: { ...origin, 'x-amz-target': 'DynamoDB_20120810.TransactWriteItems' },
    body: '{}',
  })
  expect(made.status).toBe(400)
  expect(made.headers.get('access-control-allow-origin')).toBe('*')
})

test('a body that is not JSON gets an error of the protocol', async () => {
  const headers = { 'x-amz-target': 'DynamoDB_20120810.PutItem', 'content-type': 'application/x-amz-json-1.0' }
  const answer = await fetch(local.endpoint, { method: 'POST', headers, body: '{' })
  expect(await answer.json()).toMatchObject({ __type: expect.stringContaining('SerializationException') })
})

test('a client that goes away in the middle of a request does no harm', async () => {
  const abort = new AbortController()
  const requests = Array.from({ length: 5 }, (_, n) =>
    local.documents.send(new PutCommand({ TableName: TABLE, Item: { id: 'aborted', n, text: 'x'.repeat(300_000) } }), {
      abortSignal: abort.signal,
    }),
  )
  setTimeout(() => abort.abort(), 5)
  await Promise.allSettled(requests)
  await local.documents.send(new PutCommand({ TableName: TABLE, Item: { id: 'after abort', n: 1 } }))
})

test('servers are separate, listen where they are told, and can be closed with connections open', async () => {
  const first = await startLocalDynamoDb()
  const client = clientFor(first.endpoint)
  expect((await client.send(new ListTablesCommand())).TableNames).toEqual([])
  await first.close()
  await expect(client.send(new ListTablesCommand())).rejects.toThrow()

  const port = Number(new URL(first.endpoint).port)
  const second = await startLocalDynamoDb({ port, host: '127.0.0.1' })
  expect(second.endpoint).toBe(first.endpoint)
  await expect(startLocalDynamoDb({ port })).rejects.toThrow('EADDRINUSE')
  await second.close()
  client.destroy()
})
