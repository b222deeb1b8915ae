import { ScanCommand as RawScan } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Entity } from 'dynamodb-toolbox/entity'
import { DeleteItemCommand } from 'dynamodb-toolbox/entity/actions/delete'
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get'
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put'
import { UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update'
import { item, list, map, number, string } from 'dynamodb-toolbox/schema'
import { Table } from 'dynamodb-toolbox/table'
import { QueryCommand } from 'dynamodb-toolbox/table/actions/query'
import { ScanCommand } from 'dynamodb-toolbox/table/actions/scan'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DYNAMODB_TOOLBOX_MARKERS } from '../../src/mappers.ts'
import { FORMATS } from '../formats.ts'
import { type MapperServer, startMapperServer } from './mapper-server.ts'

describe.each(FORMATS)('$format:', (format) => {
  let server: MapperServer
  const table = 'toolbox'

  beforeAll(async () => {
    server = await startMapperServer(format, table, DYNAMODB_TOOLBOX_MARKERS)
  })
  beforeEach(() => server.reset())
  afterAll(() => server.close())

  const ada = { pk: 'p', sk: '1', gsi1pk: 'team', gsi1sk: '1', name: 'Ada Lovelace', diary: { pages: [1, 2] } }

  function people() {
    const documents = DynamoDBDocumentClient.from(server.client)
    const toolbox = new Table({
      name: table,
      documentClient: documents,
      partitionKey: { name: 'pk', type: 'string' },
      sortKey: { name: 'sk', type: 'string' },
      indexes: { gsi1: { type: 'global', partitionKey: { name: 'gsi1pk', type: 'string' }, sortKey: { name: 'gsi1sk', type: 'string' } } },
    })
    const Person = new Entity({
      name: 'person',
      table: toolbox,
      schema: item({
        pk: string().key(),
        sk: string().key(),
        gsi1pk: string().optional(),
        gsi1sk: string().optional(),
        name: string(),
        diary: map({ pages: list(number()) }),
      }),
    })
    return { Person, toolbox }
  }

  describe('dynamodb-toolbox', () => {
    test('puts, gets, queries, scans', async () => {
      const { Person, toolbox } = people()
      await Person.build(PutItemCommand)
        .item(ada)
        .options({ condition: { attr: 'pk', exists: false } })
        .send()
      await Person.build(PutItemCommand)
        .item({ ...ada, sk: '2', gsi1sk: '2' })
        .send()
      server.expectNoSecret('Ada Lovelace')
      const { Item } = await Person.build(GetItemCommand).key({ pk: 'p', sk: '1' }).send()
      expect(Item).toMatchObject({ ...ada, created: expect.any(String) })
      const query = { partition: 'p', range: { gt: '1' } } as const
      expect((await toolbox.build(QueryCommand).entities(Person).query(query).send()).Items).toMatchObject([
        { ...ada, sk: '2', gsi1sk: '2' },
      ])
      const byTeam = { index: 'gsi1', partition: 'team' } as const
      expect((await toolbox.build(QueryCommand).entities(Person).query(byTeam).send()).Items).toHaveLength(2)
      expect((await toolbox.build(ScanCommand).entities(Person).send()).Items).toHaveLength(2)
      await expect(
        Person.build(PutItemCommand)
          .item(ada)
          .options({ condition: { attr: 'pk', exists: false } })
          .send(),
      ).rejects.toThrow(/conditional/)
    })

    test('updates are refused before anything is sent', async () => {
      const { Person } = people()
      await expect(Person.build(UpdateItemCommand).item({ pk: 'p', sk: '1', name: 'Countess' }).send()).rejects.toThrow(
        /attribute ".*" is signed and cannot be updated in place/,
      )
      expect(server.requests).toEqual([])
    })

    test('filters on encrypted attributes are refused', async () => {
      const { Person, toolbox } = people()
      const filtered = toolbox
        .build(ScanCommand)
        .entities(Person)
        .options({ filters: { person: { attr: 'name', eq: 'Ada' } } })
      await expect(filtered.send()).rejects.toThrow(/attribute "name" is encrypted/)
      expect(server.requests).toEqual([])
    })

    test('gets parts of items', async () => {
      const { Person } = people()
      const { Item } = await Person.build(GetItemCommand)
        .key({ pk: 'p', sk: '2' })
        .options({ attributes: ['name'] })
        .send()
      expect(Item).toEqual({ name: 'Ada Lovelace' })
    })

    test('deletes', async () => {
      const { Person } = people()
      const deleted = await Person.build(DeleteItemCommand).key({ pk: 'p', sk: '2' }).options({ returnValues: 'ALL_OLD' }).send()
      expect(deleted.Attributes).toMatchObject({ name: 'Ada Lovelace' })
    })

    test('the markers are readable in the table, and the rest is not', async () => {
      const { Items } = await server.raw.send(new RawScan({ TableName: table }))
      expect(Items![0]).toMatchObject({
        _et: { S: 'person' },
        _ct: { S: expect.any(String) },
        _md: { S: expect.any(String) },
        name: { B: expect.anything() },
      })
    })
  })
})
