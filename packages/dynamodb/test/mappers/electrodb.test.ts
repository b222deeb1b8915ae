import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Entity } from 'electrodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ELECTRODB_MARKERS } from '../../src/mappers.ts'
import { FORMATS } from '../formats.ts'
import { type MapperServer, startMapperServer } from './mapper-server.ts'

describe.each(FORMATS)('$format:', (format) => {
  let server: MapperServer
  const table = 'electro'

  beforeAll(async () => {
    server = await startMapperServer(format, table, ELECTRODB_MARKERS)
  })
  beforeEach(() => server.reset())
  afterAll(() => server.close())

  const schema = {
    model: { entity: 'person', version: '1', service: 'people' },
    attributes: {
      id: { type: 'string', required: true },
      at: { type: 'number', required: true },
      team: { type: 'string' },
      name: { type: 'string' },
      note: { type: 'string' },
      diary: { type: 'map', properties: { pages: { type: 'list', items: { type: 'number' } } } },
    },
    indexes: {
      byId: { pk: { field: 'pk', composite: ['id'] }, sk: { field: 'sk', composite: ['at'] } },
      byTeam: { index: 'gsi1', pk: { field: 'gsi1pk', composite: ['team'] }, sk: { field: 'gsi1sk', composite: ['at'] } },
    },
  } as const

  describe.each(['plain', 'document'])('ElectroDB over a %s client', (kind) => {
    let people: Entity<string, string, string, typeof schema>
    const ada = { id: kind, at: 1, team: `${kind} team`, name: 'Ada Lovelace', note: 'n', diary: { pages: [1, 2] } }

    beforeAll(() => {
      const client =
        kind === 'plain' ? server.client : DynamoDBDocumentClient.from(server.client, { marshallOptions: { removeUndefinedValues: true } })
      people = new Entity(schema, { client, table })
    })

    test('creates, once', async () => {
      await people.create(ada).go()
      server.expectNoSecret('Ada Lovelace')
      await expect(people.create(ada).go()).rejects.toThrow(/conditional request failed/)
    })

    test('puts, gets, queries, scans', async () => {
      await people.put({ ...ada, at: 2 }).go()
      expect((await people.get({ id: kind, at: 1 }).go()).data).toEqual(ada)
      expect((await people.query.byId({ id: kind }).go()).data).toEqual([ada, { ...ada, at: 2 }])
      expect((await people.query.byTeam({ team: ada.team }).gt({ at: 1 }).go()).data).toEqual([{ ...ada, at: 2 }])
      expect((await people.scan.go()).data).toEqual(expect.arrayContaining([ada, { ...ada, at: 2 }]))
      expect((await people.get([1, 2].map((at) => ({ id: kind, at }))).go()).data).toHaveLength(2)
      server.expectNoSecret('Ada Lovelace')
    })

    test('updates of signed attributes and upserts are refused before anything is sent', async () => {
      const signed = /attribute ".*" is signed and cannot be updated in place/
      await expect(people.update({ id: kind, at: 1 }).set({ name: 'Countess' }).go()).rejects.toThrow(signed)
      await expect(people.patch({ id: kind, at: 1 }).set({ name: 'Countess' }).go()).rejects.toThrow(signed)
      await expect(people.upsert({ ...ada, name: 'Countess' }).go()).rejects.toThrow(signed)
      expect(server.requests).toEqual([])
    })

    test('filters on encrypted attributes are refused', async () => {
      const filtered = people.query.byId({ id: kind }).where(({ name }, { eq }) => eq(name, 'Ada Lovelace'))
      await expect(filtered.go()).rejects.toThrow(/attribute "name" is encrypted/)
      expect(server.requests).toEqual([])
    })

    test('gets parts of items', async () => {
      expect((await people.get({ id: kind, at: 2 }).go({ attributes: ['name'] })).data).toEqual({ name: 'Ada Lovelace' })
    })

    test('removes', async () => {
      expect((await people.delete({ id: kind, at: 2 }).go({ response: 'all_old' })).data).toEqual({ ...ada, at: 2 })
      expect((await people.get({ id: kind, at: 2 }).go()).data).toBeNull()
    })
  })

  test('the markers are readable in the table, and the rest is not', async () => {
    const { Items } = await server.raw.send(new ScanCommand({ TableName: table }))
    expect(Items![0]).toMatchObject({
      __edb_e__: { S: 'person' },
      __edb_v__: { S: '1' },
      name: { B: expect.anything() },
      id: { B: expect.anything() },
    })
  })
})
