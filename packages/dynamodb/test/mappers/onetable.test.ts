import { ScanCommand } from '@aws-sdk/client-dynamodb'
import { Table } from 'dynamodb-onetable'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ONETABLE_MARKERS } from '../../src/mappers.ts'
import { FORMATS } from '../formats.ts'
import { type MapperServer, startMapperServer } from './mapper-server.ts'

describe.each(FORMATS)('$format:', (format) => {
  let server: MapperServer
  let Person: Record<
    'create' | 'update' | 'upsert' | 'get' | 'find' | 'scan' | 'remove',
    (item: object, options?: object) => Promise<unknown>
  >
  const table = 'onetable'

  beforeAll(async () => {
    server = await startMapperServer(format, table, ONETABLE_MARKERS)
    const oneTable = new Table({
      name: table,
      client: server.client as never, // its types are of another version of the SDK
      partial: false,
      schema: {
        format: 'onetable:1.1.0',
        version: '0.0.1',
        indexes: { primary: { hash: 'pk', sort: 'sk' }, gsi1: { hash: 'gsi1pk', sort: 'gsi1sk', project: 'all' } },
        models: {
          Person: {
            pk: { type: String, value: 'person' },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: OneTable's own templates
            sk: { type: String, value: '${id}' },
            gsi1pk: { type: String, value: 'team' },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: OneTable's own templates
            gsi1sk: { type: String, value: '${id}' },
            id: { type: String, required: true },
            name: { type: String },
            diary: { type: Object },
          },
        } as never,
      },
    })
    Person = oneTable.getModel('Person') as never // its own types depend on a schema given as a literal
  })
  beforeEach(() => server.reset())
  afterAll(() => server.close())

  const ada = { id: '1', name: 'Ada Lovelace', diary: { pages: [1, 2] } }

  describe('OneTable', () => {
    test('creates, gets, finds, scans', async () => {
      await Person.create(ada)
      await Person.create({ ...ada, id: '2' })
      server.expectNoSecret('Ada Lovelace')
      expect(await Person.get({ id: '1' })).toEqual(ada)
      expect(await Person.find({ sk: { begins: '2' } })).toEqual([{ ...ada, id: '2' }])
      expect(await Person.find({ gsi1pk: 'team' }, { index: 'gsi1' })).toHaveLength(2)
      expect(await Person.scan({})).toHaveLength(2)
      await expect(Person.create(ada)).rejects.toThrow(/Cannot create|exists|conditional/i)
    })

    test('updates and upserts are refused before anything is sent', async () => {
      const signed = /attribute ".*" is signed and cannot be updated in place/
      await expect(Person.update({ id: '1', name: 'Countess' })).rejects.toThrow(signed)
      await expect(Person.upsert({ id: '1', name: 'Countess' })).rejects.toThrow(signed)
      expect(server.requests).toEqual([])
    })

    test('filters on encrypted attributes are refused', async () => {
      await expect(Person.scan({ name: 'Ada Lovelace' })).rejects.toThrow(/attribute "name" is encrypted/)
      expect(server.requests).toEqual([])
    })

    test('gets parts of items', async () => {
      expect(await Person.get({ id: '2' }, { fields: ['name'] })).toEqual({ name: 'Ada Lovelace' })
    })

    test('removes', async () => {
      await Person.remove({ id: '2' })
      expect(await Person.scan({})).toHaveLength(1)
    })

    test('the marker is readable in the table, and the rest is not', async () => {
      const { Items } = await server.raw.send(new ScanCommand({ TableName: table }))
      expect(Items![0]).toMatchObject({ _type: { S: 'Person' }, name: { B: expect.anything() }, id: { B: expect.anything() } })
    })
  })
})
