/** A server with one table `people` (partition key `id`, a string; sort key `n`, a number), and clients for it. */
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { type RequestAction, type RequestHook, startLocalDynamoDb } from '../src/index.ts'

export const TABLE = 'people'
export const ARN = `arn:aws:dynamodb:eu-central-1:123456789012:table/${TABLE}`

export function clientFor(endpoint: string, maxAttempts = 1): DynamoDBClient {
  return new DynamoDBClient({ endpoint, maxAttempts, region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
}

export async function startWithTable(onRequest?: RequestHook) {
  const server = await startLocalDynamoDb(onRequest ? { onRequest } : {})
  const client = clientFor(server.endpoint)
  await createTable(client, TABLE)
  const documents = DynamoDBDocumentClient.from(client)
  const close = async () => {
    client.destroy()
    await server.close()
  }
  return { endpoint: server.endpoint, client, documents, close }
}

/** A hook that hands each request to whatever the running test put there. */
export function replaceableHook() {
  const requests: { operation: string; body: unknown }[] = []
  const hook = {
    requests,
    next: (_operation: string): RequestAction | undefined => undefined,
    onRequest: (request: { operation: string; body: unknown }) => {
      requests.push(request)
      return hook.next(request.operation)
    },
    reset: () => {
      requests.length = 0
      hook.next = () => undefined
    },
  }
  return hook
}

export async function createTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'id', KeyType: 'HASH' },
        { AttributeName: 'n', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'n', AttributeType: 'N' },
      ],
    }),
  )
}
