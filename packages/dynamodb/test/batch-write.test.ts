import { CreateTableCommand, DeleteTableCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { FORMATS } from './formats.ts'
import { KINDS, type Native, toItem } from './kinds.ts'
import { ADA, peopleTable, person, SECRETS, usePeople } from './people.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)

  describe.each(KINDS)('with a $kind client', ({ item, send, kind }) => {
    const put = (attributes: Record<string, Native>) => ({ PutRequest: { Item: item(attributes) } })
    const remove = (at: number) => ({ DeleteRequest: { Key: item({ id: '1', at }) } })
    const read = async () => (await send(people.client, 'Scan', { TableName: people.table })).Items

    test('BatchWriteItem encrypts what it puts and deletes what it deletes', async () => {
      await people.seed(person(9))
      const RequestItems = { [people.table]: [put(ADA), remove(9), put(person(2))] }
      const before = structuredClone(RequestItems)
      const { UnprocessedItems } = await send(people.client, 'BatchWriteItem', { RequestItems })
      expect(UnprocessedItems ?? {}).toEqual({})
      expect(RequestItems).toEqual(before)
      const wire = JSON.stringify(people.server.requests)
      for (const secret of [...SECRETS, 'Person 2']) expect(wire).not.toContain(secret)
      expect(await read()).toEqual([item(ADA), item(person(2))])
    })

    test('writes to other tables pass as they are', async () => {
      const other = `other-${crypto.randomUUID().slice(0, 8)}`
      await people.raw.send(new CreateTableCommand(peopleTable(other)))
      await send(people.client, 'BatchWriteItem', { RequestItems: { [people.arn]: [put(ADA)], [other]: [put(ADA)] } })
      expect((await people.raw.send(new ScanCommand({ TableName: other }))).Items).toEqual([toItem(ADA)])
      await people.raw.send(new DeleteTableCommand({ TableName: other }))
    })

    test.each(['name', 'arn'])('what is left unprocessed is given back as it was, and can be sent again (table by %s)', async (given) => {
      const name = given === 'arn' ? people.arn : people.table
      const requests = [put(ADA), remove(9), put(person(2)), put(person(1.5))]
      people.server.onRequest = (_, body) => {
        const [first, ...others] = (body.RequestItems as Record<string, unknown[]>)[name]!
        people.server.onRequest = () => undefined
        return {
          transformRequest: (request) => ({ ...request, RequestItems: { [name]: [first] } }),
          transformResponse: (response) => ({ ...response, UnprocessedItems: { [name]: others } }),
        }
      }
      const { UnprocessedItems } = await send(people.client, 'BatchWriteItem', { RequestItems: { [name]: requests } })
      expect(UnprocessedItems).toEqual({ [name]: requests.slice(1) })
      await send(people.client, 'BatchWriteItem', { RequestItems: UnprocessedItems })
      expect(await read()).toEqual([item(ADA), item(person(1.5)), item(person(2))])
      await send(people.client, 'DeleteItem', { TableName: people.table, Key: item({ id: '1', at: 1.5 }) })
    })

    test('an unprocessed item is found by its key in whatever form its numbers come back', async () => {
      const at = kind === 'plain' ? { N: '12.50' } : 12.5
      const request = { PutRequest: { Item: { ...item(ADA), at } } }
      people.server.onRequest = (_, body) => {
        const [{ PutRequest }] = (body.RequestItems as Record<string, [{ PutRequest: { Item: object } }]>)[people.table]!
        const normalized = { PutRequest: { Item: { ...PutRequest.Item, at: { N: '1.25E1' } } } }
        return { respond: { status: 200, body: { UnprocessedItems: { [people.table]: [normalized] } } } }
      }
      const { UnprocessedItems } = await send(people.client, 'BatchWriteItem', { RequestItems: { [people.table]: [request] } })
      expect(UnprocessedItems).toEqual({ [people.table]: [request] })
    })
  })
})
