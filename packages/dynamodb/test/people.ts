/**
 * A table of people on a fresh server, and clients for it with and without the plugin.
 *
 *     id (S, partition key), at (N, sort key)     signed, as all keys
 *     email, city, rank                           keys of indexes, signed
 *     version                                     signed
 *     note                                        neither signed nor encrypted
 *     everything else                             encrypted
 */
import { CreateTableCommand, DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type ItemEncryptionOptions, itemEncryption } from '../src/index.ts'
import { FORMATS, type Format } from './formats.ts'
import { clientAt, type Kind, type Native } from './kinds.ts'
import { type ObservedServer, startServer } from './server.ts'

export const ADA = {
  id: '1',
  at: 1,
  email: 'ada@example.org',
  city: 'London',
  rank: 1,
  version: 7,
  note: 'first programmer',
  name: 'Ada Lovelace',
  born: 18151210,
  diary: { pages: [1, 2, { text: 'Bernoulli' }], secret: true, gone: null },
  portrait: new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9]),
} as const satisfies Record<string, Native>

export const ADA_KEY = { id: '1', at: 1 } as const

/**
 * What must never be on the wire in clear when Ada is written: text as it is, bytes as base64. Long enough not to be in ciphertext
 * by chance.
 */
export const SECRETS = ['Ada Lovelace', '18151210', 'Bernoulli', 'AQIDBAUGBwgJ']

/** A person beside Ada: of the same shape, with another sort key. */
export const person = (at: number, more: Record<string, Native> = {}): Record<string, Native> => ({
  ...ADA,
  at,
  rank: at,
  name: `Person ${at}`,
  ...more,
})

export interface People {
  server: ObservedServer
  table: string
  arn: string
  /** Sees the table as it is. */
  raw: DynamoDBClient
  /** With the plugin. */
  client: DynamoDBClient
  clientWith(options: Partial<ItemEncryptionOptions>, clientOptions?: object): DynamoDBClient
  /** Puts an item through the plugin, by the plain client, and forgets the request. */
  seed(...items: Record<string, Native>[]): Promise<void>
}

/** Prepares one server and one table for the tests of a file or a group, and forgets requests between tests. */
export function usePeople(format: Format = FORMATS[0]!): People {
  const people = {} as People // filled before the first test runs
  beforeAll(async () => {
    const server = await startServer()
    const table = `people-${crypto.randomUUID().slice(0, 8)}`
    const raw = clientAt(server.endpoint)
    await raw.send(new CreateTableCommand(peopleTable(table)))
    const clientWith: People['clientWith'] = (options, clientOptions) => {
      const client = clientAt(server.endpoint, clientOptions)
      client.middlewareStack.use(itemEncryption({ tables: { [table]: format.table() }, ...options }))
      return client
    }
    Object.assign(people, {
      server,
      table,
      arn: `arn:aws:dynamodb:eu-central-1:123456789012:table/${table}`,
      raw,
      client: clientWith({}),
      clientWith,
      async seed(...items) {
        const { KINDS } = await import('./kinds.ts')
        const plain = KINDS[0] as Kind
        for (const item of items) await plain.send(people.client, 'PutItem', { TableName: table, Item: plain.item(item) })
        server.reset()
      },
    } satisfies People)
    server.reset()
  })
  beforeEach(() => people.server.reset())
  afterAll(async () => {
    people.server.reset()
    await people.raw.send(new DeleteTableCommand({ TableName: people.table }))
    for (const client of [people.raw, people.client]) client.destroy()
    await people.server.close()
  })
  return people
}

export function peopleTable(TableName: string) {
  const key = (AttributeName: string, KeyType: 'HASH' | 'RANGE') => ({ AttributeName, KeyType })
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: [key('id', 'HASH'), key('at', 'RANGE')],
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' as const },
      { AttributeName: 'at', AttributeType: 'N' as const },
      { AttributeName: 'email', AttributeType: 'S' as const },
      { AttributeName: 'city', AttributeType: 'S' as const },
      { AttributeName: 'rank', AttributeType: 'N' as const },
    ],
    GlobalSecondaryIndexes: [
      { IndexName: 'byEmail', KeySchema: [key('email', 'HASH')], Projection: { ProjectionType: 'ALL' as const } },
      { IndexName: 'byCity', KeySchema: [key('city', 'HASH')], Projection: { ProjectionType: 'KEYS_ONLY' as const } },
    ],
    LocalSecondaryIndexes: [
      { IndexName: 'byRank', KeySchema: [key('id', 'HASH'), key('rank', 'RANGE')], Projection: { ProjectionType: 'KEYS_ONLY' as const } },
    ],
  }
}
