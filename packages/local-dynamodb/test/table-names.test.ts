import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import {
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ARN, startWithTable, TABLE } from './local-table.ts'

let local: Awaited<ReturnType<typeof startWithTable>>
beforeAll(async () => {
  local = await startWithTable()
})
afterAll(() => local.close())

const item = { id: 'a', n: 1 }

test('every operation on items takes the ARN of the table', async () => {
  const { documents } = local
  await documents.send(new PutCommand({ TableName: ARN, Item: item }))
  expect((await documents.send(new GetCommand({ TableName: ARN, Key: item }))).Item).toEqual(item)
  expect((await documents.send(new GetCommand({ TableName: TABLE, Key: item }))).Item).toEqual(item)
  await documents.send(
    new UpdateCommand({ TableName: ARN, Key: item, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': 1 } }),
  )
  const query = { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': 'a' } }
  expect((await documents.send(new QueryCommand({ TableName: ARN, ...query }))).Count).toBe(1)
  expect((await documents.send(new ScanCommand({ TableName: ARN }))).Items).toEqual([{ ...item, v: 1 }])
  await documents.send(new DeleteCommand({ TableName: ARN, Key: item }))
  expect((await documents.send(new ScanCommand({ TableName: ARN }))).Count).toBe(0)
})

test('DescribeTable takes an ARN and answers with the name', async () => {
  const { Table } = await local.client.send(new DescribeTableCommand({ TableName: ARN }))
  expect(Table?.TableName).toBe(TABLE)
})

test('batches by ARN are answered by ARN', async () => {
  const { documents } = local
  await documents.send(new BatchWriteCommand({ RequestItems: { [ARN]: [{ PutRequest: { Item: item } }] } }))
  const { Responses, ConsumedCapacity } = await documents.send(
    new BatchGetCommand({ RequestItems: { [ARN]: { Keys: [item] } }, ReturnConsumedCapacity: 'TOTAL' }),
  )
  expect(Responses).toEqual({ [ARN]: [item] })
  expect(ConsumedCapacity?.map(({ TableName }) => TableName)).toEqual([ARN])
})

test('a batch that names a table both by name and by ARN is refused', async () => {
  const batch = new BatchGetCommand({ RequestItems: { [ARN]: { Keys: [item] }, [TABLE]: { Keys: [item] } } })
  await expect(local.documents.send(batch)).rejects.toThrow('named twice')
})

test('transactions take ARNs, and the ARN and the name of a table are the same table', async () => {
  const { documents } = local
  const put = (TableName: string) => ({ Put: { TableName, Item: { id: 't', n: 1 } } })
  await documents.send(new TransactWriteCommand({ TransactItems: [put(ARN)] }))
  const read = new TransactGetCommand({ TransactItems: [{ Get: { TableName: ARN, Key: { id: 't', n: 1 } } }] })
  expect((await documents.send(read)).Responses).toEqual([{ Item: { id: 't', n: 1 } }])
  await expect(documents.send(new TransactWriteCommand({ TransactItems: [put(ARN), put(TABLE)] }))).rejects.toThrow('one item')
})

test('a failed condition on a table named by ARN carries the item', async () => {
  await local.documents.send(new PutCommand({ TableName: TABLE, Item: { id: 'old', n: 1 } }))
  const put = new PutCommand({
    TableName: ARN,
    Item: { id: 'old', n: 1 },
    ConditionExpression: 'attribute_not_exists(id)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  })
  await expect(local.documents.send(put)).rejects.toMatchObject({ Item: { id: { S: 'old' }, n: { N: '1' } } })
})

test('the ARN of a table that does not exist is a ResourceNotFoundException', async () => {
  const get = new GetCommand({ TableName: ARN.replace(TABLE, 'nowhere'), Key: item })
  await expect(local.documents.send(get)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})
