/** A server with one table for a mapper: keys `pk` and `sk`, and an index `gsi1` of `gsi1pk` and `gsi1sk`, all strings. */
import { CreateTableCommand, DeleteTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { CryptoAction } from '@itemseal/core'
import { expect } from 'vitest'
import { itemEncryption } from '../../src/index.ts'
import { sdkDynamoDbCalls } from '../../src/sdk.ts'
import { itemUpdates } from '../../src/updates.ts'
import type { Format } from '../formats.ts'
import { clientAt } from '../kinds.ts'
import { type ObservedServer, startServer } from '../server.ts'

export interface MapperServer extends Pick<ObservedServer, 'requests' | 'reset' | 'close'> {
  readonly client: DynamoDBClient
  readonly raw: DynamoDBClient
  /** Puts the plugin on a client that the mapper's test has made itself. */
  protect(client: Pick<DynamoDBClient, 'middlewareStack'>): void
  readonly endpoint: string
  /** Requests were sent, and the text was in none of them. */
  expectNoSecret(text: string): void
}

export async function startMapperServer(
  format: Format,
  table: string,
  attributes: Readonly<Record<string, CryptoAction>>,
  { withUpdates = false } = {},
): Promise<MapperServer> {
  const server = await startServer()
  const raw = clientAt(server.endpoint)
  const keys = (pk: string, sk: string) => [
    { AttributeName: pk, KeyType: 'HASH' as const },
    { AttributeName: sk, KeyType: 'RANGE' as const },
  ]
  const description = {
    TableName: table,
    BillingMode: 'PAY_PER_REQUEST' as const,
    KeySchema: keys('pk', 'sk'),
    AttributeDefinitions: ['pk', 'sk', 'gsi1pk', 'gsi1sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    GlobalSecondaryIndexes: [{ IndexName: 'gsi1', KeySchema: keys('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'ALL' as const } }],
  }
  await raw.send(new DeleteTableCommand({ TableName: table })).catch(() => {}) // of an earlier run, on a server that lasts
  await raw.send(new CreateTableCommand(description))
  const plugin = itemEncryption({
    tables: {
      [table]: format.table({
        schema: undefined,
        partitionKey: 'pk',
        attributes,
        ...(withUpdates && { updates: itemUpdates(sdkDynamoDbCalls(raw)) }),
      }),
    },
    describeTable: (input) => raw.send(new DescribeTableCommand(input)),
  })
  const protect = (client: Pick<DynamoDBClient, 'middlewareStack'>) => client.middlewareStack.use(plugin)
  const client = clientAt(server.endpoint)
  protect(client)
  await raw.send(new DescribeTableCommand({ TableName: table }))
  return {
    endpoint: server.endpoint,
    requests: server.requests,
    reset: server.reset,
    raw,
    client,
    protect,
    close: async () => {
      await raw.send(new DeleteTableCommand({ TableName: table }))
      await server.close()
    },
    expectNoSecret(text) {
      expect(server.requests.length).toBeGreaterThan(0)
      expect(JSON.stringify(server.requests)).not.toContain(text)
    },
  }
}
