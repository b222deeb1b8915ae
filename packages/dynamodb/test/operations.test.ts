import * as sdk from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { usePeople } from './people.ts'

const people = usePeople()

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
      message: expect.stringMatching(/operation "MergeItems" is unknown/),
    })
    expect(people.server.requests).toEqual([])
  })

  test('passes if it does not', async () => {
    people.server.onRequest = () => ({ respond: { status: 200, body: { Table: { TableName: 'elsewhere' } } } })
    const input = { TableName: 'elsewhere', Data: new Uint8Array(8), More: null, Count: 1 }
    expect((await people.client.send(future(input))).Table).toEqual({ TableName: 'elsewhere' })
  })
})
