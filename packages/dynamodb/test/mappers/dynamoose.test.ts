import { DynamoDB, ScanCommand } from '@aws-sdk/client-dynamodb'
import dynamoose from 'dynamoose'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { FORMATS } from '../formats.ts'
import { type MapperServer, startMapperServer } from './mapper-server.ts'

describe.each(FORMATS)('$format:', (format) => {
  let server: MapperServer
  const table = 'dynamoose'

  beforeAll(async () => {
    server = await startMapperServer(format, table, {}) // it adds no markers
    const dynamodb = new DynamoDB({ endpoint: server.endpoint, region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
    server.protect(dynamodb)
    dynamoose.aws.ddb.set(dynamodb)
  })
  beforeEach(() => server.reset())
  afterAll(() => server.close())

  const ada = { pk: 'p', sk: '1', gsi1pk: 'team', gsi1sk: '1', name: 'Ada Lovelace', diary: { pages: [1, 2] } }
  const schema = new dynamoose.Schema({
    pk: { type: String, hashKey: true },
    sk: { type: String, rangeKey: true },
    gsi1pk: { type: String, index: { name: 'gsi1', rangeKey: 'gsi1sk' } },
    gsi1sk: String,
    name: String,
    diary: { type: Object, schema: { pages: { type: Array, schema: [Number] } } },
  })
  const Person = dynamoose.model('Person', schema)
  new dynamoose.Table(table, [Person], { create: false, waitForActive: false })

  describe('Dynamoose', () => {
    const plain = (items: Iterable<object>) => [...items].map((item) => ({ ...item }))

    test('creates, gets, queries, scans', async () => {
      await Person.create(ada)
      await new Person({ ...ada, sk: '2', gsi1sk: '2' }).save()
      server.expectNoSecret('Ada Lovelace')
      expect({ ...(await Person.get({ pk: 'p', sk: '1' })) }).toEqual(ada)
      expect(plain(await Person.batchGet([{ pk: 'p', sk: '1' }]))).toEqual([ada])
      expect(plain(await Person.query('pk').eq('p').where('sk').gt('1').exec())).toEqual([{ ...ada, sk: '2', gsi1sk: '2' }])
      expect(await Person.query('gsi1pk').eq('team').using('gsi1').exec()).toHaveLength(2)
      expect(await Person.scan().exec()).toHaveLength(2)
      expect(await Person.query('pk').eq('p').count().exec()).toMatchObject({ count: 2 })
      await expect(Person.create(ada)).rejects.toThrow(/conditional/i)
    })

    test('updates are refused before anything is sent', async () => {
      await expect(Person.update({ pk: 'p', sk: '1' }, { name: 'Countess' })).rejects.toThrow(
        /attribute "name" is signed and cannot be updated in place/,
      )
      expect(server.requests).toEqual([])
    })

    test('filters on encrypted attributes are refused', async () => {
      await expect(Person.scan('name').eq('Ada Lovelace').exec()).rejects.toThrow(/attribute "name" is encrypted/)
      expect(server.requests).toEqual([])
    })

    test('gives parts of items', async () => {
      const parts = (await Person.scan().attributes(['name']).exec()).map((part) => part.toJSON())
      expect(new Set(parts.flatMap((part) => Object.keys(part)))).toEqual(new Set(['name']))
    })

    test('deletes', async () => {
      await Person.delete({ pk: 'p', sk: '2' })
      expect(await Person.scan().exec()).toHaveLength(1)
    })

    test('nothing but keys is readable in the table', async () => {
      const { Items } = await server.raw.send(new ScanCommand({ TableName: table }))
      const readable = Object.entries(Items![0]!).flatMap(([name, value]) => (value.B === undefined ? [name] : []))
      expect(readable.sort()).toEqual(['gsi1pk', 'gsi1sk', 'pk', 'sk'])
    })
  })
})
