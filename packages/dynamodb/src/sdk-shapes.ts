/**
 * The AWS SDK as far as we look at it, so that nothing of it is imported: its middleware stack, its requests and its
 * responses. All requests share one set of member names, each with one meaning, so one type serves for all.
 *
 * @module
 */
import type { AttributeValue, Item } from '@itemseal/core'

export type Middleware = (next: Handler, context: Context) => Handler

/** Of one call. */
export interface Context {
  readonly commandName?: string | undefined
  /** Versions of the SDK that do not tell of the caller's signal here heed it all the same, once they send. */
  readonly __smithy_context?: { readonly abortSignal?: AbortSignal | undefined } | undefined
}

export type Handler = (args: { input: object }) => Promise<{ response: unknown; output?: object }>

/** The SDK's stack takes handlers that are generic over all its commands: a type that cannot be named without importing it. */
export interface MiddlewareStack {
  addRelativeTo(
    middleware: never,
    options: { readonly name: string; readonly relation: 'before' | 'after'; readonly toMiddleware: string; readonly override?: boolean },
  ): void
}

/** What an expression needs besides its own text. */
export interface ExpressionAliases {
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>> | undefined
  readonly ExpressionAttributeValues?: Item | undefined
}

/** A request about one table, or one action of a transaction. */
export interface Request extends ExpressionAliases {
  readonly TableName?: string
  readonly Item?: Item
  readonly Key?: Item
  readonly ExclusiveStartKey?: Item
  readonly IndexName?: string
  readonly Select?: string
  readonly ProjectionExpression?: string
  readonly AttributesToGet?: readonly string[]
  readonly ReturnValues?: string
  readonly ConditionExpression?: string | undefined
  readonly FilterExpression?: string
  readonly KeyConditionExpression?: string
  readonly UpdateExpression?: string
}

export interface BatchGetRequest {
  readonly RequestItems?: Readonly<Record<string, Request & { readonly Keys?: readonly Item[] }>>
}

export interface WriteRequest {
  readonly PutRequest?: { readonly Item?: Item }
  readonly DeleteRequest?: { readonly Key?: Item }
}

export interface BatchWriteRequest {
  readonly RequestItems?: Readonly<Record<string, readonly WriteRequest[]>>
}

export interface TransactGetRequest {
  readonly TransactItems?: readonly { readonly Get?: Request }[]
}

export type TransactAction = 'Put' | 'Update' | 'Delete' | 'ConditionCheck'

export interface TransactWriteRequest {
  readonly TransactItems?: readonly { readonly [A in TransactAction]?: Request }[]
}

export interface PartiqlRequest {
  readonly Statement?: string
  readonly Statements?: readonly PartiqlRequest[]
  readonly TransactStatements?: readonly PartiqlRequest[]
}

export interface ItemResponse {
  readonly Item?: Item
}

export interface AttributesResponse {
  readonly Attributes?: Item
}

export interface ItemsResponse {
  readonly Items?: readonly Item[]
}

export interface BatchGetResponse {
  readonly UnprocessedKeys?: BatchGetRequest['RequestItems']
  readonly Responses?: Readonly<Record<string, readonly Item[]>>
}

export interface BatchWriteResponse {
  readonly UnprocessedItems?: Readonly<Record<string, readonly WriteRequest[]>>
}

export interface TransactGetResponse {
  readonly Responses?: readonly ItemResponse[]
}

/** `ConditionalCheckFailedException` and `TransactionCanceledException`: objects of the SDK, made for this call alone. */
export interface ServiceError {
  readonly name: string
  Item?: Record<string, AttributeValue>
  /** Of whom the service says that the fault is; it says nothing if there was no answer. */
  readonly $fault?: 'client' | 'server'
  readonly CancellationReasons?: { readonly Code?: string; Item?: Record<string, AttributeValue> }[]
}
