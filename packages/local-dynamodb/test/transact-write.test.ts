import { TransactionCanceledException, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb'
import { GetCommand, PutCommand, ScanCommand, TransactWriteCommand, type TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWithTable, TABLE } from './local-table.ts'

let local: Awaited<ReturnType<typeof startWithTable>>
beforeAll(async () => {
  local = await startWithTable()
})
afterAll(() => local.close())

type Actions = NonNullable<TransactWriteCommandInput['TransactItems']>

const put = async (item: Record<string, unknown>) => local.documents.send(new PutCommand({ TableName: TABLE, Item: item }))
const get = async (id: string, n = 1) => (await local.documents.send(new GetCommand({ TableName: TABLE, Key: { id, n } }))).Item
const transact = (TransactItems: Actions, ClientRequestToken?: string) =>
  local.documents.send(new TransactWriteCommand({ TransactItems, ClientRequestToken }))
const cancellation = async (actions: Actions) => {
  const error = await transact(actions).then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof TransactionCanceledException)) throw error
  return error.CancellationReasons
}
/** The whole table, to compare before and after. */
const everything = async () => (await local.documents.send(new ScanCommand({ TableName: TABLE }))).Items

test('a transaction puts, updates, deletes and checks', async () => {
  await put({ id: 'all-updated', n: 1, count: 1 })
  await put({ id: 'all-deleted', n: 1 })
  await put({ id: 'all-checked', n: 1, state: 'open' })
  await transact([
    { Put: { TableName: TABLE, Item: { id: 'all-put', n: 1 }, ConditionExpression: 'attribute_not_exists(id)' } },
    {
      Update: {
        TableName: TABLE,
        Key: { id: 'all-updated', n: 1 },
        UpdateExpression: 'SET #c = #c + :one',
        ConditionExpression: '#c = :one',
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: { ':one': 1 },
      },
    },
    { Delete: { TableName: TABLE, Key: { id: 'all-deleted', n: 1 } } },
    {
      ConditionCheck: {
        TableName: TABLE,
        Key: { id: 'all-checked', n: 1 },
        ConditionExpression: '#s = :open',
        ExpressionAttributeNames: { '#s': 'state' },
        ExpressionAttributeValues: { ':open': 'open' },
      },
    },
  ])
  expect(await get('all-put')).toEqual({ id: 'all-put', n: 1 })
  expect(await get('all-updated')).toEqual({ id: 'all-updated', n: 1, count: 2 })
  expect(await get('all-deleted')).toBeUndefined()
  expect(await get('all-checked')).toEqual({ id: 'all-checked', n: 1, state: 'open' })
})

test('a check that an item does not exist leaves none behind', async () => {
  await transact([
    { ConditionCheck: { TableName: TABLE, Key: { id: 'absent', n: 1 }, ConditionExpression: 'attribute_not_exists(id)' } },
    { Put: { TableName: TABLE, Item: { id: 'beside-absent', n: 1 } } },
  ])
  expect(await get('absent')).toBeUndefined()
  expect(await get('beside-absent')).toBeDefined()
})

test('one failed condition undoes everything, and every action gets its reason', async () => {
  await put({ id: 'kept-put', n: 1, tags: new Set(['c', 'a', 'b']), bytes: new Uint8Array([1, 2]) })
  await put({ id: 'kept-updated', n: 1, deep: { list: [1, { x: null }] } })
  await put({ id: 'kept-deleted', n: 1, text: '' })
  await put({ id: 'guard', n: 1, state: 'closed' })
  const before = await everything()
  const reasons = await cancellation([
    { Put: { TableName: TABLE, Item: { id: 'kept-put', n: 1, other: true } } },
    { Put: { TableName: TABLE, Item: { id: 'never', n: 1 } } },
    {
      Update: {
        TableName: TABLE,
        Key: { id: 'kept-updated', n: 1 },
        UpdateExpression: 'REMOVE deep.#l[0]',
        ExpressionAttributeNames: { '#l': 'list' },
      },
    },
    { Delete: { TableName: TABLE, Key: { id: 'kept-deleted', n: 1 } } },
    {
      ConditionCheck: {
        TableName: TABLE,
        Key: { id: 'guard', n: 1 },
        ConditionExpression: 'attribute_not_exists(id)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    },
  ])
  expect(reasons?.map(({ Code }) => Code)).toEqual(['None', 'None', 'None', 'None', 'ConditionalCheckFailed'])
  expect(reasons?.[4]).toMatchObject({
    Message: 'The conditional request failed',
    Item: { id: { S: 'guard' }, n: { N: '1' }, state: { S: 'closed' } },
  })
  expect(await everything()).toEqual(before)
})

test('all failed conditions are reported, with the item only where it is asked for and exists', async () => {
  await put({ id: 'both', n: 1, v: 1 })
  const condition = { TableName: TABLE, ConditionExpression: 'v = :v', ExpressionAttributeValues: { ':v': 9 } }
  const reasons = await cancellation([
    { Put: { ...condition, Item: { id: 'both', n: 1 }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
    { Delete: { ...condition, Key: { id: 'both-absent', n: 1 }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
    { Update: { ...condition, Key: { id: 'both', n: 2 }, UpdateExpression: 'SET w = :v', ReturnValuesOnConditionCheckFailure: 'NONE' } },
  ])
  expect(reasons?.map(({ Code, Item }) => [Code, Item])).toEqual([
    ['ConditionalCheckFailed', { id: { S: 'both' }, n: { N: '1' }, v: { N: '1' } }],
    ['ConditionalCheckFailed', undefined],
    ['ConditionalCheckFailed', undefined],
  ])
})

test('what is wrong with an item cancels the transaction with ValidationError', async () => {
  await put({ id: 'text', n: 1, v: 'text' })
  const before = await everything()
  const reasons = await cancellation([
    { Put: { TableName: TABLE, Item: { id: 'not-written', n: 1 } } },
    {
      Update: { TableName: TABLE, Key: { id: 'text', n: 1 }, UpdateExpression: 'ADD v :one', ExpressionAttributeValues: { ':one': 1 } },
    },
    { Put: { TableName: TABLE, Item: { id: 'no sort key' } } },
  ])
  expect(reasons?.map(({ Code }) => Code)).toEqual(['None', 'ValidationError', 'ValidationError'])
  expect(reasons?.[1]?.Message).toMatch(/data type|mismatch/)
  expect(await everything()).toEqual(before)
})

test('what is wrong with the request itself is a ValidationException, and nothing is written', async () => {
  const before = await everything()
  const good = { Put: { TableName: TABLE, Item: { id: 'not-written', n: 1 } } }
  const item = (id: string, n: number) => ({ Put: { TableName: TABLE, Item: { id, n } } })
  const wrong: Actions[] = [
    [good, { Put: { TableName: TABLE, Item: { id: 'x', n: 1 }, ConditionExpression: 'syntax error (' } }],
    [good, { Update: { TableName: TABLE, Key: { id: 'x', n: 1 }, UpdateExpression: undefined } }],
    [good, { ConditionCheck: { TableName: TABLE, Key: { id: 'x', n: 1 }, ConditionExpression: undefined } }],
    [good, { ...item('x', 1), Delete: { TableName: TABLE, Key: { id: 'y', n: 1 } } }],
    [good, {}],
    [],
    Array.from({ length: 101 }, (_, i) => item('many', i)),
    [item('twice', 1), { Delete: { TableName: TABLE, Key: { id: 'twice', n: 1 } } }],
  ]
  for (const actions of wrong) await expect(transact(actions)).rejects.toMatchObject({ name: 'ValidationException' })
  expect(await everything()).toEqual(before)
})

test('two spellings of one number are one key', async () => {
  const numbers = [
    ['1', '1.0'],
    ['100', '1e2'],
    ['-0.50', '-5E-1'],
    ['0', '-0.00'],
    ['+7', '07'],
  ]
  for (const pair of numbers) {
    const TransactItems = pair.map((N) => ({ Delete: { TableName: TABLE, Key: { id: { S: 'number' }, n: { N } } } }))
    await expect(local.client.send(new TransactWriteItemsCommand({ TransactItems }))).rejects.toThrow('multiple operations on one item')
  }
  const TransactItems = ['1', '10', '-1', '0.1'].map((N) => ({ Delete: { TableName: TABLE, Key: { id: { S: 'number' }, n: { N } } } }))
  await local.client.send(new TransactWriteItemsCommand({ TransactItems }))
})

test('a hundred actions are one transaction', async () => {
  await transact(Array.from({ length: 100 }, (_, n) => ({ Put: { TableName: TABLE, Item: { id: 'hundred', n } } })))
  expect(await get('hundred', 99)).toBeDefined()
})

test('a table that does not exist is a ResourceNotFoundException, and nothing is written', async () => {
  const actions = [TABLE, 'nowhere'].map((TableName) => ({ Put: { TableName, Item: { id: 'not-written', n: 1 } } }))
  await expect(transact(actions)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  expect(await get('not-written')).toBeUndefined()
})

test('the same token and actions succeed again without being done again, other actions are a mismatch', async () => {
  await put({ id: 'token', n: 1, count: 0 })
  const add = (by: number): Actions => [
    {
      Update: {
        TableName: TABLE,
        Key: { id: 'token', n: 1 },
        UpdateExpression: 'ADD #c :by',
        ExpressionAttributeNames: { '#c': 'count' },
        ExpressionAttributeValues: { ':by': by },
      },
    },
  ]
  await transact(add(1), 'token-1')
  await transact(add(1), 'token-1')
  expect(await get('token')).toMatchObject({ count: 1 })
  await expect(transact(add(2), 'token-1')).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' })
  await transact(add(2), 'token-2')
  expect(await get('token')).toMatchObject({ count: 3 })
})

test('the token of a cancelled transaction can be used again', async () => {
  const actions: Actions = [{ Put: { TableName: TABLE, Item: { id: 'again', n: 1 }, ConditionExpression: 'attribute_not_exists(id)' } }]
  await put({ id: 'again', n: 1, old: true })
  await expect(transact(actions, 'token-3')).rejects.toThrow('ConditionalCheckFailed')
  await local.documents.send(new TransactWriteCommand({ TransactItems: [{ Delete: { TableName: TABLE, Key: { id: 'again', n: 1 } } }] }))
  await transact(actions, 'token-3')
  expect(await get('again')).toEqual({ id: 'again', n: 1 })
})

test('no reader sees a half-done transaction, committed or cancelled', async () => {
  await put({ id: 'pair', n: 1, v: 0 })
  await put({ id: 'pair', n: 2, v: 0 })
  const set = (n: number, v: number) => ({
    Update: { TableName: TABLE, Key: { id: 'pair', n }, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': v } },
  })
  const never = { Put: { TableName: TABLE, Item: { id: 'pair', n: 1.5 }, ConditionExpression: 'attribute_exists(id)' } }
  const write = (v: number) => (v % 2 === 0 ? transact([set(1, v), set(2, v)]) : transact([set(1, v), set(2, v), never]).catch(() => {}))
  const read = async () => {
    const { Items = [] } = await local.documents.send(
      new ScanCommand({ TableName: TABLE, FilterExpression: 'id = :p', ExpressionAttributeValues: { ':p': 'pair' } }),
    )
    return Items.map(({ v }) => v as number)
  }
  const reads: Promise<number[]>[] = []
  const writes: Promise<unknown>[] = []
  for (let v = 1; v <= 20; v++) {
    writes.push(write(v))
    reads.push(read(), read())
  }
  await Promise.all(writes)
  const seen = await Promise.all(reads)
  for (const pair of seen) {
    expect(pair).toHaveLength(2)
    expect(pair[0]).toBe(pair[1])
    expect(pair[0]! % 2, 'a cancelled value was seen').toBe(0)
  }
  expect(new Set(seen.map(([v]) => v)).size, 'reads fell between the writes').toBeGreaterThan(2)
})

test('racing transactions on one condition have one winner', async () => {
  const attempts = Array.from({ length: 10 }, (_, by) =>
    transact([{ Put: { TableName: TABLE, Item: { id: 'race', n: 1, by }, ConditionExpression: 'attribute_not_exists(id)' } }]),
  )
  const results = await Promise.allSettled(attempts)
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})
