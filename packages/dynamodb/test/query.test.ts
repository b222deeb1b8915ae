import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  paginateQuery as paginatePlainQuery,
  paginateScan as paginatePlainScan,
} from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import { FORMATS } from './formats.ts'
import { KINDS, type Native, toItem } from './kinds.ts'
import { person, usePeople } from './people.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  const ATS = [1, 2, 3, 4, 5, 6, 7]

  beforeAll(() => people.seed(...ATS.map((at) => person(at, { version: at % 2, city: 'Paris' }))))

  describe.each(KINDS)('with a $kind client', ({ kind, item, send }) => {
    const ofOne = { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: item({ ':id': '1' }) }
    const everybody = (order = ATS) => order.map((at) => item(person(at, { version: at % 2, city: 'Paris' })))
    const query = (input: object) => send(people.client, 'Query', { TableName: people.table, ...input })
    const scan = (input: object) => send(people.client, 'Scan', { TableName: people.table, ...input })
    const values = (values: Record<string, Native>) => ({ ExpressionAttributeValues: item({ ':id': '1', ...values }) })

    test('Query gives the items of a page in their order', async () => {
      expect((await query(ofOne)).Items).toEqual(everybody())
      expect((await query({ ...ofOne, ScanIndexForward: false })).Items).toEqual(everybody([...ATS].reverse()))
      expect((await query({ ...ofOne, TableName: people.arn })).Items).toEqual(everybody())
    })

    test('Scan gives every item', async () => {
      expect((await scan({})).Items).toEqual(everybody())
    })

    test('Select: COUNT counts', async () => {
      const count = await query({ ...ofOne, Select: 'COUNT' })
      expect(count).toMatchObject({ Count: 7 })
      expect(count.Items).toBeUndefined()
      expect(await scan({ Select: 'COUNT' })).toMatchObject({ Count: 7 })
    })

    test('filters and key conditions on attributes that are not encrypted work', async () => {
      const odd = [1, 3, 5, 7]
      const filter = { FilterExpression: '#v = :one', ExpressionAttributeNames: { '#v': 'version' } }
      expect((await query({ ...ofOne, ...filter, ...values({ ':one': 1 }) })).Items).toEqual(everybody(odd))
      expect((await scan({ ...filter, ExpressionAttributeValues: item({ ':one': 1 }) })).Items).toEqual(everybody(odd))
      const between = { KeyConditionExpression: 'id = :id AND #at BETWEEN :a AND :b', ExpressionAttributeNames: { '#at': 'at' } }
      expect((await query({ ...between, ...values({ ':a': 2, ':b': 4 }) })).Items).toEqual(everybody([2, 3, 4]))
    })

    test('pages end and go on where DynamoDB says', async () => {
      const first = await query({ ...ofOne, Limit: 3 })
      expect(first.LastEvaluatedKey).toEqual(item({ id: '1', at: 3 }))
      const second = await query({ ...ofOne, ExclusiveStartKey: first.LastEvaluatedKey })
      expect([...(first.Items as []), ...(second.Items as [])]).toEqual(everybody())
    })

    test('paginators give every page', async () => {
      const config = { client: kind === 'plain' ? people.client : DynamoDBDocumentClient.from(people.client), pageSize: 2 } as {
        client: DynamoDBClient
        pageSize: number
      }
      const [ofQuery, ofScan] = (kind === 'plain' ? [paginatePlainQuery, paginatePlainScan] : [paginateQuery, paginateScan]) as [
        typeof paginatePlainQuery,
        typeof paginatePlainScan,
      ]
      for (const pages of [
        ofQuery(config, { TableName: people.table, ...ofOne } as Parameters<typeof ofQuery>[1]),
        ofScan(config, { TableName: people.table }),
      ]) {
        people.server.reset()
        const items: unknown[] = []
        for await (const { Items } of pages) items.push(...Items!)
        expect(items).toEqual(everybody())
        expect(people.server.requests.length).toBeGreaterThan(3)
      }
    })

    test('an index that is known to hold whole items is read as asked', async () => {
      const byEmail = { IndexName: 'byEmail', KeyConditionExpression: 'email = :e' }
      for (const more of [{}, { Select: 'ALL_PROJECTED_ATTRIBUTES' }, { Select: 'ALL_ATTRIBUTES' }]) {
        const { Items } = await query({ ...byEmail, ...more, ExpressionAttributeValues: item({ ':e': 'ada@example.org' }) })
        expect(Items).toHaveLength(7)
        expect(Items).toEqual(expect.arrayContaining(everybody()))
      }
      expect(people.server.requests.map(({ body }) => body.Select)).toEqual([undefined, 'ALL_PROJECTED_ATTRIBUTES', 'ALL_ATTRIBUTES'])
    })

    test('of a local index that holds parts of items, DynamoDB is asked for the whole ones', async () => {
      const byRank = { IndexName: 'byRank', KeyConditionExpression: 'id = :id AND #r > :r', ExpressionAttributeNames: { '#r': 'rank' } }
      expect((await query({ ...byRank, ...values({ ':r': 5 }) })).Items).toEqual(everybody([6, 7]))
      expect(people.server.requests[0]!.body.Select).toBe('ALL_ATTRIBUTES')
    })

    test('of a global index that holds parts of items, DynamoDB itself says that it has no whole ones', async () => {
      const byCity = { IndexName: 'byCity', KeyConditionExpression: 'city = :c', ExpressionAttributeValues: item({ ':c': 'Paris' }) }
      await expect(query(byCity)).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('ALL_ATTRIBUTES') })
      expect(await query({ ...byCity, Select: 'COUNT' })).toMatchObject({ Count: 7 })
    })

    test('one bad item fails the page, and the failure says which', async () => {
      const bad = { id: 'bad', at: 2 }
      await people.seed({ id: 'bad', at: 1, name: 'Alice' })
      await people.raw.send(new PutItemCommand({ TableName: people.table, Item: toItem({ ...bad, name: 'Mallory' }) }))
      people.server.reset()
      await expect(query({ ...ofOne, ExpressionAttributeValues: item({ ':id': 'bad' }) })).rejects.toMatchObject({
        name: 'ItemCryptoError',
        code: 'NOT_AUTHENTIC',
        message: expect.stringMatching(`^table "people-\\w+": Items\\[1\\]: ${format.foreign}`),
      })
      expect(people.server.requests).toHaveLength(1)
      for (const at of [1, 2]) await people.raw.send(new DeleteItemCommand({ TableName: people.table, Key: toItem({ id: 'bad', at }) }))
    })
  })
})
