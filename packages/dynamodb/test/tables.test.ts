import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { classicTable } from '../src/classic.ts'
import { itemEncryption, type TableConfig } from '../src/index.ts'
import { FORMATS, PROVIDER } from './formats.ts'
import { KINDS, type OperationName, toItem } from './kinds.ts'
import { ADA, ADA_KEY, usePeople } from './people.ts'

const [plain] = KINDS as [(typeof KINDS)[0]]
const configuration = (message: RegExp) =>
  expect.objectContaining({ name: 'ItemCryptoError', code: 'CONFIGURATION', message: expect.stringMatching(message) })

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)

  describe('a table configured without its keys', () => {
    const describing = (table: TableConfig = format.table({ schema: undefined }), before = async () => {}) =>
      people.clientWith({
        tables: { [people.table]: table },
        describeTable: async (input) => {
          await before()
          return people.raw.send(new DescribeTableCommand(input))
        },
      })
    const put = (client: ReturnType<typeof describing>) => plain.send(client, 'PutItem', { TableName: people.table, Item: toItem(ADA) })
    const operations = () => people.server.requests.map(({ operation }) => operation)

    test('is described on first use, once for all who ask at the same time', async () => {
      const client = describing()
      expect(operations()).toEqual([])
      await Promise.all(Array.from({ length: 20 }, () => put(client)))
      await put(client)
      expect(operations().filter((operation) => operation === 'DescribeTable')).toHaveLength(1)
      expect(operations()[0]).toBe('DescribeTable')
      expect(operations()).toHaveLength(22)
    })

    test('is described through the same client, if that is what it is given', async () => {
      const client = people.clientWith({
        tables: { [people.table]: format.table({ schema: undefined }) },
        describeTable: (input) => client.send(new DescribeTableCommand(input)),
      })
      const { Item } = await plain.send(client, 'GetItem', { TableName: people.arn, Key: toItem(ADA_KEY) })
      expect(Item).toEqual(toItem(ADA))
      expect(operations()).toEqual(['DescribeTable', 'GetItem'])
    })

    test('is read and written the same as one configured by hand: the keys of indexes are not encrypted', async () => {
      await put(describing())
      const { Item } = await plain.send(people.client, 'GetItem', { TableName: people.table, Key: toItem(ADA_KEY) })
      expect(Item).toEqual(toItem(ADA))
      expect(people.server.requests[1]!.body.Item).toMatchObject(
        toItem({ id: '1', at: 1, email: ADA.email, city: ADA.city, rank: ADA.rank }),
      )
    })

    test('is described again after a failure, which everybody who asked hears of', async () => {
      let failures = 1
      const client = describing(undefined, async () => {
        if (failures-- > 0) throw Object.assign(new Error('no network'), { name: 'NetworkError' })
      })
      const first = await Promise.allSettled([put(client), put(client)])
      expect(first.map((result) => result.status === 'rejected' && result.reason.name)).toEqual(['NetworkError', 'NetworkError'])
      expect(operations()).toEqual([])
      await put(client)
      expect(operations()).toEqual(['DescribeTable', 'PutItem'])
    })

    test('is not used if a key of an index would be encrypted', async () => {
      const client = describing(format.table({ schema: undefined, attributes: { city: 'ENCRYPT_AND_SIGN' } }))
      await expect(put(client)).rejects.toEqual(configuration(/attribute "city" is a key of index "byCity": make it SIGN/))
      expect(operations()).toEqual(['DescribeTable'])
    })

    test('is not used if the answer makes no sense', async () => {
      const client = people.clientWith({ tables: { [people.table]: format.table({ schema: undefined }) }, describeTable: async () => ({}) })
      await expect(put(client)).rejects.toEqual(configuration(/names no partition key/))
    })

    test('needs describeTable', () => {
      expect(() => itemEncryption({ tables: { people: format.table({ schema: undefined }) } })).toThrow(
        configuration(/^table "people": give partitionKey or describeTable/),
      )
    })
  })

  test('keys of indexes may be unsigned, if they are configured so', async () => {
    const table = format.table({ attributes: { city: 'DO_NOTHING' } })
    const client = people.clientWith({ tables: { [people.table]: table } })
    await plain.send(client, 'PutItem', { TableName: people.table, Item: toItem({ id: '2', at: 1, city: 'Turin' }) })
    const update = { UpdateExpression: 'SET city = :c', ExpressionAttributeValues: toItem({ ':c': 'Paris' }), ReturnValues: 'ALL_NEW' }
    const { Attributes } = await plain.send(client, 'UpdateItem', { TableName: people.table, Key: toItem({ id: '2', at: 1 }), ...update })
    expect(Attributes).toEqual(toItem({ id: '2', at: 1, city: 'Paris' }))
  })
})

describe('configuration that cannot be is refused when the plugin is made', () => {
  test.each([
    [
      'an encrypted key of an index',
      'people',
      { indexes: { byEmail: { keys: ['email'] } }, attributes: { email: 'ENCRYPT_AND_SIGN' } },
      /"email" is a key of index "byEmail"/,
    ],
    ['an encrypted key', 'people', { attributes: { id: 'ENCRYPT_AND_SIGN' } }, /key attribute "id" is SIGN_ONLY always/],
    ['an ARN in place of a name', 'arn:aws:dynamodb:eu-central-1:123456789012:table/people', {}, /configure it by its name/],
    [
      'an action of another format',
      'people',
      { attributes: { a: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' } },
      /classic actions are ENCRYPT_AND_SIGN, SIGN_ONLY, DO_NOTHING/,
    ],
  ] as const)('%s', (_, name, options, message) => {
    const { attributes = {}, ...more } = options as { attributes?: Record<string, 'ENCRYPT_AND_SIGN'> }
    const table = classicTable({ partitionKey: 'id', provider: PROVIDER, actions: { attributes }, ...more })
    expect(() => itemEncryption({ tables: { [name]: table } })).toThrow(configuration(message))
  })
})

describe('whatever the format,', () => {
  const people = usePeople()

  test('a table that is not configured passes untouched, whatever is asked of it', async () => {
    const client = people.clientWith({ tables: {} })
    for (const { item, send } of KINDS) {
      const key = { TableName: people.table, Key: item(ADA_KEY) }
      await send(client, 'PutItem', { TableName: people.table, Item: item(ADA) })
      expect((await send(client, 'GetItem', { ...key, ProjectionExpression: 'id, born' })).Item).toEqual(item({ id: '1', born: ADA.born }))
      const update = { UpdateExpression: 'SET born = :b', ExpressionAttributeValues: item({ ':b': 1816 }), ReturnValues: 'ALL_NEW' }
      expect((await send(client, 'UpdateItem', { ...key, ...update })).Attributes).toEqual(item({ ...ADA, born: 1816 }))
      expect(
        (
          await send(client, 'Scan', {
            TableName: people.table,
            FilterExpression: 'born = :b',
            ExpressionAttributeValues: item({ ':b': 1816 }),
          })
        ).Count,
      ).toBe(1)
    }
  })

  describe.each(KINDS)('with a $kind client, what is no name or ARN of a table is not sent anywhere, in', ({ item, send }) => {
    const names: [string, (name: string) => unknown][] = [
      ['nothing', () => undefined],
      ['null', () => null],
      ['an empty text', () => ''],
      ['white space before the name', (name) => ` ${name}`],
      ['white space behind it', (name) => `${name}\n`],
      ['a space without width', (name) => `${name}\u200b`],
      ['a letter that looks alike', (name) => name.replace('e', '\u0435')],
      ['a String object', (name) => Object(name)],
      ['an object that becomes a text', (name) => ({ toString: () => name, toJSON: () => name })],
      ['a list', (name) => [name]],
      ['a number', () => 1],
      ['an ARN with white space', (name) => `arn:aws:dynamodb:eu-central-1:123456789012:table/${name} `],
      ['an ARN in capitals', (name) => `ARN:aws:dynamodb:eu-central-1:123456789012:table/${name}`],
      ['a path', (name) => `table/${name}`],
    ]
    const secret = { Item: item(ADA), Key: item({ ...ADA_KEY, name: 'Ada Lovelace' }) }
    const calls: [OperationName, (TableName: unknown) => object][] = [
      ['PutItem', (TableName) => ({ TableName, Item: secret.Item })],
      ['GetItem', (TableName) => ({ TableName, Key: secret.Key })],
      ['DeleteItem', (TableName) => ({ TableName, Key: secret.Key })],
      ['UpdateItem', (TableName) => ({ TableName, Key: secret.Key })],
      ['Query', (TableName) => ({ TableName, ExclusiveStartKey: secret.Key })],
      ['Scan', (TableName) => ({ TableName, ExclusiveStartKey: secret.Key })],
      ['TransactWriteItems', (TableName) => ({ TransactItems: [{ Put: { TableName, Item: secret.Item } }] })],
      ['TransactGetItems', (TableName) => ({ TransactItems: [{ Get: { TableName, Key: secret.Key } }] })],
    ]
    test.each(calls)('%s', async (operation, input) => {
      for (const [title, name] of names) {
        const call = send(people.client, operation, input(name(people.table)))
        await expect(call, title).rejects.toMatchObject({ name: 'ItemCryptoError', code: 'MALFORMED', message: /name or ARN of a table/ })
        await expect(call, title).rejects.not.toMatchObject({ message: expect.stringContaining(people.table) })
      }
      expect(people.server.requests).toEqual([])
    })

    test('BatchWriteItem and BatchGetItem', async () => {
      for (const name of ['', ` ${people.table}`, `${people.table}\u200b`]) {
        for (const [operation, entry] of [
          ['BatchWriteItem', [{ PutRequest: { Item: secret.Item } }]],
          ['BatchGetItem', { Keys: [secret.Key] }],
        ] as const) {
          const call = send(people.client, operation, { RequestItems: { [name]: entry } })
          await expect(call, name).rejects.toMatchObject({ code: 'MALFORMED', message: /name or ARN of a table/ })
        }
      }
      expect(people.server.requests).toEqual([])
    })

    test('an action of a transaction that is none', async () => {
      const call = send(people.client, 'TransactGetItems', { TransactItems: [{}] })
      await expect(call).rejects.toMatchObject({ code: 'MALFORMED' })
      expect(people.server.requests).toEqual([])
    })
  })
})
