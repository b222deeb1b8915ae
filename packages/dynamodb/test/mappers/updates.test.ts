/** The mappers' updates of encrypted attributes, on a table that has them switched on. */
import { DynamoDB } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { Table } from 'dynamodb-onetable'
import { Entity as ToolboxEntity } from 'dynamodb-toolbox/entity'
import { GetItemCommand } from 'dynamodb-toolbox/entity/actions/get'
import { PutItemCommand } from 'dynamodb-toolbox/entity/actions/put'
import { $add, UpdateItemCommand } from 'dynamodb-toolbox/entity/actions/update'
import { item, number, string } from 'dynamodb-toolbox/schema'
import { Table as ToolboxTable } from 'dynamodb-toolbox/table'
import dynamoose from 'dynamoose'
import { Entity } from 'electrodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DYNAMODB_TOOLBOX_MARKERS, ELECTRODB_MARKERS, ONETABLE_MARKERS } from '../../src/mappers.ts'
import { FORMATS } from '../formats.ts'
import { type MapperServer, startMapperServer } from './mapper-server.ts'

describe.each(FORMATS)('$format:', (format) => {
  let server: MapperServer
  const table = 'updates'

  beforeAll(async () => {
    const markers = { ...DYNAMODB_TOOLBOX_MARKERS, ...ELECTRODB_MARKERS, ...ONETABLE_MARKERS }
    server = await startMapperServer(format, table, markers, { withUpdates: true })
  })
  afterAll(() => server.close())

  test.each(['plain', 'document'])('ElectroDB updates, patches and upserts over a %s client', async (kind) => {
    const client = kind === 'plain' ? server.client : DynamoDBDocumentClient.from(server.client)
    const people = new Entity(
      {
        model: { entity: 'person', version: '1', service: 'people' },
        attributes: { id: { type: 'string', required: true }, name: { type: 'string' }, born: { type: 'number' } },
        indexes: { byId: { pk: { field: 'pk', composite: ['id'] }, sk: { field: 'sk', composite: [] } } },
      } as const,
      { client, table },
    )
    const key = { id: `electro ${kind}` }
    const read = async () => (await people.get(key).go()).data
    await people.upsert({ ...key, name: 'Ada Lovelace', born: 1815 }).go()
    expect(await read()).toEqual({ ...key, name: 'Ada Lovelace', born: 1815 })
    await people.update(key).set({ name: 'Countess' }).add({ born: 1 }).go()
    expect(await read()).toEqual({ ...key, name: 'Countess', born: 1816 })
    const { data } = await people.patch(key).remove(['born']).go({ response: 'all_new' })
    expect(data).toEqual({ ...key, name: 'Countess' })
    await expect(people.patch({ id: 'nobody' }).set({ born: 1 }).go()).rejects.toThrow(/conditional request failed/)
    await people.upsert({ ...key, name: 'Lady' }).go()
    expect(await read()).toEqual({ ...key, name: 'Lady' })
    server.expectNoSecret('Countess')
  })

  test('dynamodb-toolbox updates', async () => {
    const toolbox = new ToolboxTable({
      name: table,
      documentClient: DynamoDBDocumentClient.from(server.client),
      partitionKey: { name: 'pk', type: 'string' },
      sortKey: { name: 'sk', type: 'string' },
    })
    const schema = item({ pk: string().key(), sk: string().key(), name: string(), born: number() })
    const Person = new ToolboxEntity({ name: 'person', table: toolbox, schema })
    const key = { pk: 'toolbox', sk: '1' }
    await Person.build(PutItemCommand)
      .item({ ...key, name: 'Ada Lovelace', born: 1815 })
      .send()
    await Person.build(UpdateItemCommand)
      .item({ ...key, name: 'Countess', born: $add(1) })
      .send()
    expect((await Person.build(GetItemCommand).key(key).send()).Item).toMatchObject({ ...key, name: 'Countess', born: 1816 })
    server.expectNoSecret('Countess')
  })

  test('Dynamoose updates', async () => {
    const dynamodb = new DynamoDB({ endpoint: server.endpoint, region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
    server.protect(dynamodb)
    dynamoose.aws.ddb.set(dynamodb)
    const schema = new dynamoose.Schema({
      pk: { type: String, hashKey: true },
      sk: { type: String, rangeKey: true },
      name: String,
      born: Number,
    })
    const Person = dynamoose.model(`Person of ${format.format}`, schema)
    new dynamoose.Table(table, [Person], { create: false, waitForActive: false })
    const key = { pk: 'dynamoose', sk: '1' }
    await Person.create({ ...key, name: 'Ada Lovelace', born: 1815 })
    const changed = await Person.update(key, { $SET: { name: 'Countess' }, $ADD: { born: 1 } })
    expect({ ...changed }).toEqual({ ...key, name: 'Countess', born: 1816 })
    expect({ ...(await Person.get(key)) }).toEqual({ ...key, name: 'Countess', born: 1816 })
    server.expectNoSecret('Countess')
  })

  test('OneTable updates and upserts', async () => {
    const oneTable = new Table({
      name: table,
      client: server.client as never, // its types are of another version of the SDK
      partial: false,
      schema: {
        format: 'onetable:1.1.0',
        version: '0.0.1',
        indexes: { primary: { hash: 'pk', sort: 'sk' } },
        models: {
          Person: {
            pk: { type: String, value: 'onetable' },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: OneTable's own templates
            sk: { type: String, value: '${id}' },
            id: { type: String, required: true },
            name: { type: String },
            born: { type: Number },
          },
        } as never,
      },
    })
    const Person = oneTable.getModel('Person') as unknown as Record<
      'update' | 'upsert' | 'get',
      (item: object, options?: object) => Promise<unknown>
    > // its own types depend on a schema given as a literal
    await Person.upsert({ id: '1', name: 'Ada Lovelace', born: 1815 })
    expect(await Person.get({ id: '1' })).toEqual({ id: '1', name: 'Ada Lovelace', born: 1815 })
    await Person.update({ id: '1', name: 'Countess' }, { add: { born: 1 } })
    expect(await Person.get({ id: '1' })).toEqual({ id: '1', name: 'Countess', born: 1816 })
    server.expectNoSecret('Countess')
  })
})
