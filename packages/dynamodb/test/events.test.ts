import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { eventAttributes, type ItemEvent, itemEvents } from '../src/events.ts'
import { FORMATS } from './formats.ts'
import { KINDS } from './kinds.ts'
import { ADA, ADA_KEY, person, SECRETS, usePeople } from './people.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  const name = format.format.split(',')[0]!
  const watching = (observe: (event: ItemEvent) => unknown): DynamoDBClient => {
    let time = 0
    return people.clientWith({ observer: itemEvents(observe, () => time++) })
  }

  describe.each(KINDS)('with a $kind client', ({ item, send }) => {
    test('an event tells of each call: operation, table, how many items, format, keys, times, and no value', async () => {
      const events: ItemEvent[] = []
      const client = watching((event) => events.push(event))
      const TableName = people.arn
      await send(client, 'PutItem', { TableName, Item: item(ADA) })
      await send(client, 'GetItem', { TableName, Key: item(ADA_KEY) })
      const puts = [person(2), person(3)].map((one) => ({ PutRequest: { Item: item(one) } }))
      await send(client, 'BatchWriteItem', { RequestItems: { [people.table]: puts } })
      await send(client, 'Scan', { TableName })
      expect(events.map(({ operation, itemsEncrypted, itemsDecrypted }) => [operation, itemsEncrypted, itemsDecrypted])).toEqual([
        ['PutItem', 1, 0],
        ['GetItem', 0, 1],
        ['BatchWriteItem', 2, 0],
        ['Scan', 0, 3],
      ])
      for (const event of events) {
        expect(event).toMatchObject({ tables: [people.table], formats: [name] })
        expect(event).not.toHaveProperty('error')
        const keys = name === 'structured' ? [expect.objectContaining({ kind: 'raw-aes', keyProviderId: 'tests', keyName: 'people' })] : []
        expect(event.dataKeys).toEqual(keys)
        expect(event.cryptography).toBeGreaterThan(0)
        expect(event.duration).toBeGreaterThan(event.cryptography)
      }
      for (const secret of [...SECRETS, 'Person']) expect(JSON.stringify(events)).not.toContain(secret)
    })

    test('failures have their code, those of DynamoDB their name', async () => {
      const events: ItemEvent[] = []
      const client = watching((event) => events.push(event))
      const TableName = people.table
      const filter = { FilterExpression: 'diary = :d', ExpressionAttributeValues: item({ ':d': 'Bernoulli' }) }
      await expect(send(client, 'Scan', { TableName, ...filter })).rejects.toThrow()
      await expect(send(client, 'PutItem', { TableName: ' x', Item: item(ADA) })).rejects.toThrow()
      await expect(
        send(client, 'PutItem', { TableName, Item: item(ADA), ConditionExpression: 'attribute_not_exists(id)' }),
      ).rejects.toThrow()
      people.server.onRequest = () => ({
        transformResponse: ({ Item, ...rest }) => ({ ...rest, Item: { ...(Item as object), version: { N: '8' } } }),
      })
      await expect(send(client, 'GetItem', { TableName, Key: item(ADA_KEY) })).rejects.toThrow()
      expect(events.map(({ operation, tables, itemsDecrypted, error }) => [operation, tables.length, itemsDecrypted, error])).toEqual([
        ['Scan', 1, 0, 'CONFIGURATION'],
        ['PutItem', 0, 0, 'MALFORMED'],
        ['PutItem', 1, 0, 'ConditionalCheckFailedException'],
        ['GetItem', 1, 0, 'NOT_AUTHENTIC'],
      ])
      for (const secret of SECRETS) expect(JSON.stringify(events)).not.toContain(secret)
    })

    test('a receiver that throws or rejects disturbs nobody', async () => {
      for (const receive of [
        () => {
          throw new Error('mine')
        },
        async () => Promise.reject(new Error('mine')),
      ]) {
        const client = watching(receive)
        expect((await send(client, 'GetItem', { TableName: people.table, Key: item(ADA_KEY) })).Item).toEqual(item(ADA))
        await expect(send(client, 'GetItem', { TableName: '', Key: item(ADA_KEY) })).rejects.toMatchObject({ code: 'MALFORMED' })
      }
    })

    test('calls to other tables are told of to nobody', async () => {
      const events: ItemEvent[] = []
      const client = watching((event) => events.push(event))
      people.server.onRequest = () => ({ respond: { status: 200, body: {} } })
      await send(client, 'PutItem', { TableName: 'elsewhere', Item: item(ADA) })
      expect(events).toEqual([])
    })
  })
})

test('an event as attributes of a span', () => {
  const event: ItemEvent = {
    operation: 'PutItem',
    tables: ['people'],
    itemsEncrypted: 1,
    itemsDecrypted: 0,
    formats: ['structured'],
    dataKeys: [
      { kind: 'aws-kms', keyProviderId: 'aws-kms', keyProviderInfo: 'arn:aws:kms:eu-west-1:1:key/a' },
      { kind: 'raw-aes', keyProviderId: 'tests', keyName: 'one' },
    ],
    materialIds: [],
    duration: 5,
    cryptography: 2,
    error: 'NO_MATERIALS',
  }
  expect(eventAttributes(event)).toEqual({
    'db.system.name': 'aws.dynamodb',
    'db.operation.name': 'PutItem',
    'db.collection.name': 'people',
    'itemseal.tables': ['people'],
    'itemseal.formats': ['structured'],
    'itemseal.items.encrypted': 1,
    'itemseal.items.decrypted': 0,
    'itemseal.cryptography.duration': 2,
    'itemseal.data_keys': ['aws-kms arn:aws:kms:eu-west-1:1:key/a', 'tests one'],
    'itemseal.material_ids': [],
    'error.type': 'NO_MATERIALS',
  })
  expect(eventAttributes({ ...event, tables: ['a', 'b'] })).not.toHaveProperty('db.collection.name')
})
