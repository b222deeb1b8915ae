/**
 * The two kinds of client, behind one way to write a test: values are plain JavaScript in the test, and what each client
 * takes on the way in; answers are what each client gives.
 */
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  BatchExecuteStatementCommand as PlainBatchExecuteStatement,
  ExecuteStatementCommand as PlainExecuteStatement,
  ExecuteTransactionCommand as PlainExecuteTransaction,
  QueryCommand as PlainQuery,
  ScanCommand as PlainScan,
  PutItemCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import {
  BatchExecuteStatementCommand,
  BatchGetCommand,
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  ExecuteStatementCommand,
  ExecuteTransactionCommand,
  GetCommand,
  PutCommand,
  QueryCommand,
  ScanCommand,
  TransactGetCommand,
  TransactWriteCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { AttributeValue } from '@itemseal/core'

type CommandClass = new (input: never) => object

const PLAIN = {
  GetItem: GetItemCommand,
  BatchGetItem: BatchGetItemCommand,
  TransactGetItems: TransactGetItemsCommand,
  Query: PlainQuery,
  Scan: PlainScan,
  PutItem: PutItemCommand,
  DeleteItem: DeleteItemCommand,
  UpdateItem: UpdateItemCommand,
  BatchWriteItem: BatchWriteItemCommand,
  TransactWriteItems: TransactWriteItemsCommand,
  ExecuteStatement: PlainExecuteStatement,
  BatchExecuteStatement: PlainBatchExecuteStatement,
  ExecuteTransaction: PlainExecuteTransaction,
} satisfies Record<string, CommandClass>

export type OperationName = keyof typeof PLAIN

const DOCUMENT: Record<OperationName, CommandClass> = {
  GetItem: GetCommand,
  BatchGetItem: BatchGetCommand,
  TransactGetItems: TransactGetCommand,
  Query: QueryCommand,
  Scan: ScanCommand,
  PutItem: PutCommand,
  DeleteItem: DeleteCommand,
  UpdateItem: UpdateCommand,
  BatchWriteItem: BatchWriteCommand,
  TransactWriteItems: TransactWriteCommand,
  ExecuteStatement: ExecuteStatementCommand,
  BatchExecuteStatement: BatchExecuteStatementCommand,
  ExecuteTransaction: ExecuteTransactionCommand,
}

export type Native =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | ReadonlySet<string>
  | readonly Native[]
  | { readonly [name: string]: Native }
export type Answer = Record<string, unknown>

export interface Kind {
  readonly kind: 'plain' | 'document'
  /** The item, key or map of values in the form that the client takes and gives. */
  readonly item: (item: { readonly [name: string]: Native }) => Record<string, unknown>
  readonly command: (operation: OperationName, input: object) => object
  /** What sends the commands of this kind, over a plain client. */
  readonly sender: (client: DynamoDBClient) => { send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown> }
  readonly send: (
    client: DynamoDBClient,
    operation: OperationName,
    input: object,
    options?: { readonly abortSignal?: AbortSignal },
  ) => Promise<Answer>
}

export const KINDS: readonly Kind[] = [
  makeKind('plain', PLAIN, (client) => client, toItem),
  makeKind('document', DOCUMENT, DynamoDBDocumentClient.from, (item) => ({ ...item })),
]

export function clientAt(endpoint: string, options: object = {}): DynamoDBClient {
  return new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, ...options })
}

/** DynamoDB's form of a plain item. */
export function toItem(item: { readonly [name: string]: Native }): Record<string, AttributeValue> {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toValue(value)]))
}

export function toValue(value: Native): AttributeValue {
  if (value === null) return { NULL: true }
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  if (typeof value === 'boolean') return { BOOL: value }
  if (value instanceof Uint8Array) return { B: value }
  if (value instanceof Set) return { SS: [...value] }
  if (Array.isArray(value)) return { L: value.map(toValue) }
  return { M: toItem(value as { readonly [name: string]: Native }) }
}

function makeKind(kind: Kind['kind'], commands: Record<OperationName, CommandClass>, sender: Kind['sender'], item: Kind['item']): Kind {
  const command = (operation: OperationName, input: object) => new commands[operation](input as never)
  return {
    kind,
    item,
    command,
    sender,
    send: async (client, operation, input, options) => (await sender(client).send(command(operation, input) as never, options)) as Answer,
  }
}
