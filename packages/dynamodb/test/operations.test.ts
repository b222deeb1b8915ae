import * as sdk from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { usePeople } from './people.ts'

const people = usePeople()
const ITEMS = [
  ...['GetItem', 'BatchGetItem', 'TransactGetItems', 'Query', 'Scan'],
  ...['PutItem', 'DeleteItem', 'UpdateItem', 'BatchWriteItem', 'TransactWriteItems'],
  ...['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction'],
]
const UNKNOWN = ['SearchVectors', 'StartBulkPutItems'] // they carry items, in ways that we cannot protect
const COMMANDS = Object.entries(sdk).flatMap(([name, Command]) =>
  /^[A-Z]\w+Command$/.test(name)
    ? [[name.replace(/Command$/, ''), Command as new (input: object) => sdk.DescribeTableCommand] as const]
    : [],
)

test('every operation of the SDK is either one with items or not', () => {
  expect(COMMANDS.map(([name]) => name)).toEqual(expect.arrayContaining([...ITEMS, ...UNKNOWN]))
  expect(COMMANDS).toHaveLength(ITEMS.length + UNKNOWN.length + 47)
})

test.each(COMMANDS.filter(([name]) => !ITEMS.includes(name) && !UNKNOWN.includes(name)))(
  '%s carries no items and passes',
  async (name, Command) => {
    people.server.onRequest = () => ({ respond: { status: 400, body: { __type: 'ValidationException', message: 'it arrived' } } })
    const command = new Command({ TableName: people.table, ResourceArn: people.arn, BulkOperationArn: `${people.arn}/bulk/1` })
    await expect(people.client.send(command)).rejects.toThrow('it arrived')
    expect(people.server.requests.map(({ operation }) => operation)).toEqual([name])
  },
)

test.each(COMMANDS.filter(([name]) => UNKNOWN.includes(name)))('%s is refused', async (_, Command) => {
  await expect(people.client.send(new Command({ TableName: people.table, IndexName: 'i' }))).rejects.toMatchObject({ code: 'UNSUPPORTED' })
  expect(people.server.requests).toEqual([])
})

describe('an operation that we do not know', () => {
  /** A command of the future: an old one under another name. */
  const future = (input: object) => {
    const command = new sdk.DescribeTableCommand(input as sdk.DescribeTableCommandInput)
    command.middlewareStack.add(
      (next, context) => {
        context.commandName = 'MergeItemsCommand'
        return next
      },
      { step: 'build' }, // resolved from the inside outwards, and so before ours
    )
    return command
  }

  test.each([
    ['as its table', () => ({ TableName: people.table })],
    ['by ARN', () => ({ TableName: people.arn })],
    ['with something around it', () => ({ TableName: ` ${people.table}\n` })],
    ['as an object that becomes a text', () => ({ TableName: Object(people.table) })],
    ['anywhere', () => ({ TableName: 'elsewhere', Into: [{ Tables: { [people.table]: [] } }] })],
  ])('is refused if it names a configured table %s', async (_, input) => {
    await expect(people.client.send(future(input()))).rejects.toMatchObject({
      name: 'ItemCryptoError',
      code: 'UNSUPPORTED',
      message: expect.stringMatching(/operation "MergeItems" is not known here, and might carry items/),
    })
    expect(people.server.requests).toEqual([])
  })

  test('passes if it does not', async () => {
    people.server.onRequest = () => ({ respond: { status: 200, body: { Table: { TableName: 'elsewhere' } } } })
    const input = { TableName: 'elsewhere', Data: new Uint8Array(8), More: null, Count: 1 }
    expect((await people.client.send(future(input))).Table).toEqual({ TableName: 'elsewhere' })
  })
})
