/**
 * An embedded DynamoDB server for tests and the demo. It is no part of what itemseal publishes.
 *
 * @module
 */
export type { LocalRequest, RequestAction, RequestHook } from './request-hook.ts'
export { type LocalDynamoDb, type LocalDynamoDbOptions, startLocalDynamoDb } from './server.ts'
export type { Json } from './wire.ts'
