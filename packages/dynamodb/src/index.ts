/**
 * Encryption of DynamoDB items within the clients of the AWS SDK v3. The formats are entries of their own: `./classic`
 * and `./structured`; and so are the names that object mappers need: `./mappers`.
 *
 * @module
 */
export { type ErrorCode, ItemCryptoError } from '@itemseal/core'
export type * from './client.ts'
export { type ItemEncryptionOptions, type ItemEncryptionPlugin, itemEncryption } from './plugin.ts'
export type { DescribeTable, IndexSchema, TableAnswer, TableSchema } from './schema.ts'
export type { MiddlewareStack } from './sdk-shapes.ts'
export type { TableConfig, TableProtection } from './table.ts'
