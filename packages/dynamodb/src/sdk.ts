/**
 * DynamoDB through the AWS SDK for JavaScript, version 3, where this package makes calls of its own.
 *
 * @module
 */
import {
  type AttributeDefinition,
  CreateTableCommand,
  DescribeTableCommand,
  type DynamoDBClient,
  GetItemCommand,
  type KeySchemaElement,
  PutItemCommand,
  QueryCommand,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb'
import type { DynamoDbCallOptions, DynamoDbCalls, GetItemOutput, QueryOutput } from './client.ts'

/**
 * Region, credentials, attempts and time limits are the client's own, and so are the errors. Give it a `DynamoDBClient` (not a
 * document client) that has no plugin for the tables in question: what passes here is encrypted already.
 *
 * @example
 * const calls = sdkDynamoDbCalls(new DynamoDBClient({ region: 'eu-west-1' }))
 */
export function sdkDynamoDbCalls(client: Pick<DynamoDBClient, 'send'>): DynamoDbCalls {
  const within = ({ signal }: DynamoDbCallOptions = {}) => (signal === undefined ? {} : { abortSignal: signal })
  // The SDK's types want arrays that could be written to, and allow for kinds of values that are not known yet.
  return {
    getItem: (input, own) => client.send(new GetItemCommand(input), within(own)) as Promise<GetItemOutput>,
    putItem: (input, own) => client.send(new PutItemCommand(input), within(own)),
    query: (input, own) => client.send(new QueryCommand(input), within(own)) as Promise<QueryOutput>,
    transactWriteItems: (input, own) =>
      client.send(new TransactWriteItemsCommand({ ...input, TransactItems: input.TransactItems as TransactWriteItem[] }), within(own)),
    describeTable: (input, own) => client.send(new DescribeTableCommand(input), within(own)),
    createTable: ({ KeySchema, AttributeDefinitions, ...input }, own) =>
      client.send(
        new CreateTableCommand({
          ...input,
          KeySchema: KeySchema as KeySchemaElement[],
          AttributeDefinitions: AttributeDefinitions as AttributeDefinition[],
        }),
        within(own),
      ),
  }
}
