import { DescribeTableCommand, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { planRead } from '../src/projections.ts'
import { schemaFromAnswer } from '../src/schema.ts'
import type { EncryptedTable } from '../src/table.ts'
import { FORMATS } from './formats.ts'
import { KINDS, toItem } from './kinds.ts'
import { ADA, ADA_KEY, person, usePeople } from './people.ts'
import { attributes, comparable, path, written } from './random-items.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  beforeAll(() => people.seed(ADA, person(2), person(3)))

  describe.each(KINDS)('with a $kind client', ({ item, send }) => {
    const key = { TableName: people.table, Key: item(ADA_KEY) }
    const on = (input: object) => ({ TableName: people.table, ...input })
    const names = { ExpressionAttributeNames: { '#n': 'name', '#p': 'pages' } }
    const projection = { ProjectionExpression: '#n, diary.#p[2].text, diary.#p[0], missing', ...names }
    const part = (name = 'Ada Lovelace') => item({ name, diary: { pages: [1, { text: 'Bernoulli' }] } })

    test('GetItem gives what was asked for, and no key unless it was', async () => {
      expect((await send(people.client, 'GetItem', on({ ...key, TableName: people.table, ...projection }))).Item).toEqual(part())
      expect(people.server.requests[0]!.body).toEqual({ TableName: people.table, Key: toItem(ADA_KEY) })
      const withKey = on({ Key: item(ADA_KEY), ProjectionExpression: 'id, born' })
      expect((await send(people.client, 'GetItem', withKey)).Item).toEqual(item({ id: '1', born: ADA.born }))
    })

    test('GetItem of an item without what was asked for gives an empty one, and none where there is none', async () => {
      const of = (id: string) => on({ Key: item({ id, at: 1 }), ProjectionExpression: 'missing, city.x' })
      expect((await send(people.client, 'GetItem', of('1'))).Item).toEqual({})
      expect((await send(people.client, 'GetItem', of('0'))).Item).toBeUndefined()
    })

    test('the whole item is verified: one that is not ours is refused, though what was asked for may be right', async () => {
      await people.raw.send(new PutItemCommand({ TableName: people.table, Item: toItem({ id: 'bad', at: 1, note: 'x' }) }))
      const bad = on({ Key: item({ id: 'bad', at: 1 }), ProjectionExpression: 'note' })
      await expect(send(people.client, 'GetItem', bad)).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' })
    })

    test('BatchGetItem gives parts, and keys that are left as the caller would ask for them', async () => {
      const RequestItems = { [people.table]: { Keys: [item(ADA_KEY), item({ id: '1', at: 2 })], ...projection } }
      const { Responses } = await send(people.client, 'BatchGetItem', { RequestItems })
      const items = (Responses as Record<string, unknown[]>)[people.table]!
      expect(items).toHaveLength(2)
      expect(items).toEqual(expect.arrayContaining([part(), part('Person 2')]))
      const { body } = people.server.requests[0]!
      expect(body).toEqual({ RequestItems: { [people.table]: { Keys: [toItem(ADA_KEY), toItem({ id: '1', at: 2 })] } } })

      const left = { [people.table]: { Keys: [toItem(ADA_KEY)] } }
      people.server.onRequest = () => ({ respond: { status: 200, body: { Responses: {}, UnprocessedKeys: left } } })
      const { UnprocessedKeys } = await send(people.client, 'BatchGetItem', { RequestItems })
      expect(UnprocessedKeys).toEqual({ [people.table]: { Keys: [item(ADA_KEY)], ...projection } })
    })

    test('TransactGetItems gives parts, of each item its own', async () => {
      const get = (at: number, more: object) => ({ Get: on({ Key: item({ id: '1', at }), ...more }) })
      const { Responses } = await send(people.client, 'TransactGetItems', {
        TransactItems: [get(1, projection), get(2, { ProjectionExpression: 'at' }), get(3, {})],
      })
      expect(Responses).toEqual([{ Item: part() }, { Item: item({ at: 2 }) }, { Item: item(person(3)) }])
    })

    test('Query and Scan give parts of each item; names that other expressions use are sent', async () => {
      const query = {
        KeyConditionExpression: '#id = :id AND #at < :at',
        ProjectionExpression: '#at, #n',
        ExpressionAttributeNames: { '#id': 'id', '#at': 'at', '#n': 'name' },
        ExpressionAttributeValues: item({ ':id': '1', ':at': 3 }),
      }
      const two = [item({ at: 1, name: 'Ada Lovelace' }), item({ at: 2, name: 'Person 2' })]
      expect((await send(people.client, 'Query', on(query))).Items).toEqual(two)
      expect(people.server.requests[0]!.body).toMatchObject({ ExpressionAttributeNames: { '#id': 'id', '#at': 'at' } })
      expect(people.server.requests[0]!.body).not.toHaveProperty('ProjectionExpression')
      expect((await send(people.client, 'Query', on({ ...query, Select: 'SPECIFIC_ATTRIBUTES' }))).Items).toEqual(two)

      const scan = {
        FilterExpression: 'version = :v AND begins_with(email, :e)',
        ExpressionAttributeValues: item({ ':v': 7, ':e': 'ada' }),
      }
      const { Items } = await send(people.client, 'Scan', on({ ...scan, ...projection }))
      expect(Items).toEqual([part(), part('Person 2'), part('Person 3')])
    })

    test('of an index, whole items are asked for where it may hold parts', async () => {
      const byRank = {
        IndexName: 'byRank',
        KeyConditionExpression: 'id = :id AND #r > :r',
        ProjectionExpression: '#n',
        ExpressionAttributeNames: { '#r': 'rank', '#n': 'name' },
        ExpressionAttributeValues: item({ ':id': '1', ':r': 2 }),
      }
      expect((await send(people.client, 'Query', on(byRank))).Items).toEqual([item({ name: 'Person 3' })])
      expect(people.server.requests[0]!.body.Select).toBe('ALL_ATTRIBUTES')
    })

    test('an index that is known to lack attributes is refused, by their names, before anything is sent', async () => {
      const client = people.clientWith({
        tables: { [people.table]: format.table({ schema: undefined }) },
        describeTable: (input) => people.raw.send(new DescribeTableCommand(input)),
      })
      await send(client, 'GetItem', on({ Key: item(ADA_KEY) }))
      people.server.reset()
      const byCity = { IndexName: 'byCity', KeyConditionExpression: 'city = :c', ExpressionAttributeValues: item({ ':c': 'London' }) }
      const holds = 'index "byCity" holds only "id", "at", "city": '
      await expect(send(client, 'Query', on({ ...byCity, ProjectionExpression: 'city, born' }))).rejects.toMatchObject({
        code: 'CONFIGURATION',
        message: expect.stringContaining(`${holds}"born" and the signature, with all that it covers, are missing`),
      })
      await expect(send(client, 'Query', on(byCity))).rejects.toMatchObject({ message: expect.stringContaining(`${holds}the signature`) })
      expect(people.server.requests).toEqual([])
      expect(await send(client, 'Query', on({ ...byCity, Select: 'COUNT' }))).toMatchObject({ Count: 3 })
      const byRank = { IndexName: 'byRank', KeyConditionExpression: 'id = :id', ExpressionAttributeValues: item({ ':id': '1' }) }
      expect((await send(client, 'Query', on({ ...byRank, ProjectionExpression: 'at' }))).Items).toEqual(
        [1, 2, 3].map((at) => item({ at })),
      )
      client.destroy()
    })
  })
})

test('DescribeTable tells what an index holds', () => {
  const index = (IndexName: string, ProjectionType: string, NonKeyAttributes?: string[]) => ({
    IndexName,
    KeySchema: [{ AttributeName: 'k', KeyType: 'HASH' }],
    Projection: { ProjectionType, ...(NonKeyAttributes && { NonKeyAttributes }) },
  })
  const { indexes } = schemaFromAnswer({
    Table: {
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [index('all', 'ALL'), index('keys', 'KEYS_ONLY'), index('some', 'INCLUDE', ['x'])],
      LocalSecondaryIndexes: [index('local', 'KEYS_ONLY')],
    },
  })
  expect(indexes).toEqual({
    all: { keys: ['k'], projectsAll: true },
    keys: { keys: ['k'], projectsAll: false, nonKeyAttributes: [] },
    some: { keys: ['k'], projectsAll: false, nonKeyAttributes: ['x'] },
    local: { keys: ['k'], projectsAll: false, nonKeyAttributes: [], local: true },
  })
})

describe('what is picked of an item', () => {
  const people = usePeople()

  test('is what a server gives of one that is not encrypted, for any projection; and what it refuses is refused', async () => {
    const projection = fc.array(path, { minLength: 1, maxLength: 4 }).map((paths) => paths.map(written).join(', '))
    await fc.assert(
      fc.asyncProperty(attributes, projection, async (more, ProjectionExpression) => {
        const key = toItem({ id: 'p', at: 1 })
        const item = { ...more, ...key }
        await people.raw.send(new PutItemCommand({ TableName: people.table, Item: item }))
        const asked = people.raw.send(new GetItemCommand({ TableName: people.table, Key: key, ProjectionExpression }))
        const expected = await asked.then(
          ({ Item }) => comparable(Item as typeof item),
          () => 'refused',
        )
        let picked: unknown = 'refused'
        try {
          picked = comparable(planRead({ name: 'people' } as EncryptedTable, { ProjectionExpression }).pick!(item))
        } catch (error) {
          expect(error).toMatchObject({ code: 'MALFORMED' })
        }
        expect(picked).toEqual(expected)
      }),
      { numRuns: 300 },
    )
  })

  test('is found among its own attributes only', () => {
    const { pick } = planRead({ name: 'people' } as EncryptedTable, {
      ProjectionExpression: '#p, a.#p.x, toString',
      ExpressionAttributeNames: { '#p': '__proto__' },
    })
    expect(pick!({ a: { M: {} } })).toEqual({})
    const a = { M: JSON.parse('{"__proto__":{"M":{"x":{"N":"1"}}}}') }
    expect(JSON.stringify(pick!({ a }))).toBe('{"a":{"M":{"__proto__":{"M":{"x":{"N":"1"}}}}}}')
  })
})
