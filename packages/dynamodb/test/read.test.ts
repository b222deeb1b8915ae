import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import { FORMATS } from './formats.ts'
import { KINDS, toItem } from './kinds.ts'
import { ADA, ADA_KEY, person, usePeople } from './people.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  const BAD = { id: 'bad', at: 1 } // not written by us

  beforeAll(async () => {
    await people.seed(ADA, person(2), person(3))
    await people.raw.send(new PutItemCommand({ TableName: people.table, Item: toItem({ ...BAD, name: 'Mallory' }) }))
  })

  describe.each(KINDS)('with a $kind client', ({ item, send }) => {
    const refusal = (message: string) => expect.objectContaining({ name: 'ItemCryptoError', message: expect.stringMatching(message) })

    test('GetItem gives back what was put', async () => {
      const { Item } = await send(people.client, 'GetItem', { TableName: people.table, Key: item(ADA_KEY) })
      expect(Item).toEqual(item(ADA))
    })

    test('GetItem finds the table by its ARN', async () => {
      const { Item } = await send(people.client, 'GetItem', { TableName: people.arn, Key: item(ADA_KEY) })
      expect(Item).toEqual(item(ADA))
    })

    test('GetItem of nothing gives nothing', async () => {
      expect((await send(people.client, 'GetItem', { TableName: people.table, Key: item({ id: '0', at: 0 }) })).Item).toBeUndefined()
    })

    test('GetItem refuses an item that was not written by a holder of the keys', async () => {
      await expect(send(people.client, 'GetItem', { TableName: people.table, Key: item(BAD) })).rejects.toEqual(
        refusal(`^table "people-.*": Item: ${format.foreign}`),
      )
    })

    test('BatchGetItem gives back the items of each table, named or by ARN', async () => {
      const { Responses } = await send(people.client, 'BatchGetItem', {
        RequestItems: { [people.table]: { Keys: [item(ADA_KEY), item({ id: '1', at: 3 })] } },
      })
      const items = (Responses as Record<string, unknown[]>)[people.table]!
      expect(items).toHaveLength(2)
      expect(items).toEqual(expect.arrayContaining([item(ADA), item(person(3))]))

      const byArn = await send(people.client, 'BatchGetItem', { RequestItems: { [people.arn]: { Keys: [item(ADA_KEY)] } } })
      expect(byArn.Responses).toEqual({ [people.arn]: [item(ADA)] })
    })

    test('BatchGetItem hands on UnprocessedKeys as they are', async () => {
      const unprocessed = { [people.table]: { Keys: [toItem(ADA_KEY)] } }
      people.server.onRequest = () => ({ respond: { status: 200, body: { Responses: {}, UnprocessedKeys: unprocessed } } })
      const answer = await send(people.client, 'BatchGetItem', { RequestItems: { [people.table]: { Keys: [item(ADA_KEY)] } } })
      expect(answer.UnprocessedKeys).toEqual({ [people.table]: { Keys: [item(ADA_KEY)] } })
      expect(answer.Responses).toEqual({})
    })

    test('BatchGetItem says which of the items is not ours', async () => {
      const RequestItems = { [people.table]: { Keys: [item(BAD)] } }
      await expect(send(people.client, 'BatchGetItem', { RequestItems })).rejects.toEqual(
        refusal(`^table "people-.*": Responses\\["people-.*"\\]\\[0\\]: ${format.foreign}`),
      )
    })

    test('TransactGetItems gives back the items in their places, missing ones included', async () => {
      const get = (key: { id: string; at: number }, TableName = people.table) => ({ Get: { TableName, Key: item(key) } })
      const { Responses } = await send(people.client, 'TransactGetItems', {
        TransactItems: [get({ id: '1', at: 2 }), get({ id: '0', at: 0 }), get(ADA_KEY, people.arn)],
      })
      const [first, missing, last] = Responses as { Item?: unknown }[]
      expect(first!.Item).toEqual(item(person(2)))
      expect(missing!.Item).toBeUndefined()
      expect(last!.Item).toEqual(item(ADA))
    })

    test('TransactGetItems says which of the items is not ours', async () => {
      const TransactItems = [ADA_KEY, BAD].map((key) => ({ Get: { TableName: people.table, Key: item(key) } }))
      await expect(send(people.client, 'TransactGetItems', { TransactItems })).rejects.toEqual(
        refusal(`Responses\\[1\\]: ${format.foreign}`),
      )
    })
  })
})
