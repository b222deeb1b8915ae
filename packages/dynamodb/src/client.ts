/**
 * What is needed of DynamoDB where this package makes calls of its own, for keys that are kept in tables and for updates in
 * place: plain objects with the API's own field names. Who uses it names the slice that it needs, so that an object with one
 * or two methods is a client. Failures are passed on as they come: a failed condition is known by the name of its error.
 *
 * @module
 */
import type { Item } from '@itemseal/core'
import type { TableAnswer } from './schema.ts'

/** For one call. */
export interface DynamoDbCallOptions {
  readonly signal?: AbortSignal | undefined
}

/** Of `GetItem`. */
export interface GetItemInput {
  readonly TableName: string
  readonly Key: Item
  readonly ConsistentRead?: boolean
}

/** A condition, and what it speaks of. */
export interface ConditionInput {
  readonly ConditionExpression?: string
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>
  readonly ExpressionAttributeValues?: Item
}

/** Of `PutItem`. */
export interface PutItemInput extends ConditionInput {
  readonly TableName: string
  readonly Item: Item
}

/** Of `Query`. */
export interface QueryInput extends Omit<ConditionInput, 'ConditionExpression'> {
  readonly TableName: string
  readonly KeyConditionExpression: string
  readonly ProjectionExpression?: string
  readonly ScanIndexForward?: boolean
  readonly ConsistentRead?: boolean
  readonly Limit?: number
  readonly ExclusiveStartKey?: Item
}

/** What `Query` answers: a page. */
export interface QueryOutput {
  readonly Items?: readonly Item[] | undefined
  readonly LastEvaluatedKey?: Item | undefined
}

/** Of `TransactWriteItems`. */
export interface TransactWriteInput {
  readonly TransactItems: readonly { readonly Put: PutItemInput }[]
  /** The same request, sent again with it, does nothing. */
  readonly ClientRequestToken?: string
}

/** Of `CreateTable`, as far as key stores need it. */
export interface CreateTableInput {
  readonly TableName: string
  readonly BillingMode: 'PAY_PER_REQUEST'
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' }[]
  readonly AttributeDefinitions: readonly { readonly AttributeName: string; readonly AttributeType: 'S' | 'N' | 'B' }[]
}

/** What `GetItem` answers. */
export interface GetItemOutput {
  readonly Item?: Item | undefined
}

/** Who can get an item. */
export interface DynamoDbGet {
  getItem(input: GetItemInput, options?: DynamoDbCallOptions): Promise<GetItemOutput>
}

/** Who can put an item. */
export interface DynamoDbPut {
  putItem(input: PutItemInput, options?: DynamoDbCallOptions): Promise<object>
}

/** Who can query a table. */
export interface DynamoDbQuery {
  query(input: QueryInput, options?: DynamoDbCallOptions): Promise<QueryOutput>
}

/** Who can put several items at once, or none. */
export interface DynamoDbTransactWrite {
  transactWriteItems(input: TransactWriteInput, options?: DynamoDbCallOptions): Promise<object>
}

/** For who makes the table. */
export interface DynamoDbTableAdmin {
  describeTable(input: { readonly TableName: string }, options?: DynamoDbCallOptions): Promise<TableAnswer>
  createTable(input: CreateTableInput, options?: DynamoDbCallOptions): Promise<object>
}

/** All of it: what `sdkDynamoDbCalls` of `@itemseal/dynamodb/sdk` gives. */
export type DynamoDbCalls = DynamoDbGet & DynamoDbPut & DynamoDbQuery & DynamoDbTransactWrite & DynamoDbTableAdmin
