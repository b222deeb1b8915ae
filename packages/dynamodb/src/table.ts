/**
 * A table whose items are encrypted, as the operations see it: they know no format.
 *
 * @module
 */
import { type CryptoAction, type ErrorCode, type Item, ItemCryptoError, type ItemEncryptor, type MaybePromise } from '@itemseal/core'
import type { Call } from './call.ts'
import type { TableAnswer, TableSchema } from './schema.ts'
import type { Request } from './sdk-shapes.ts'

/** What a format does for one table. */
export interface TableProtection {
  readonly encryptor: ItemEncryptor
  /** What the encryptor does with an attribute of this name. */
  actionOf(attribute: string): CryptoAction
  /** Whether the name is one of those that the format itself adds to an item. */
  isReserved(attribute: string): boolean
  /** Whether new items are not encrypted yet: then they are put as they are, unchecked. */
  readonly writesPlaintext?: boolean
  /** Reads of indexes, and of parts of items: that of `@itemseal/dynamodb/projections`. Without it, both are refused. */
  readonly planRead?: PlanRead
  /** Updates: that of `@itemseal/dynamodb/in-place` or of `@itemseal/dynamodb/updates`. Without it, they are refused. */
  readonly planUpdate?: PlanUpdate
}

/** What is done for an UpdateItem, or an Update of a transaction. The signal is the caller's own, if the SDK tells of it. */
export type PlanUpdate = (table: EncryptedTable, request: Request, signal?: AbortSignal) => MaybePromise<Call>

/** What is sent in place of a request to read, so that whole items come; and what of an item is given to the caller. */
export type PlanRead = (
  table: EncryptedTable,
  request: Request,
) => { readonly request: Request; readonly pick?: ((item: Item) => Item) | undefined }

/**
 * The entry of a table in the options of `itemEncryption`: made by `classicTable` or `structuredTable`, or by hand around any `ItemEncryptor`.
 */
export interface TableConfig {
  /** Or what reads it in DynamoDB's answer, which is asked for when the table is first used. */
  readonly schema: TableSchema | ((answer: TableAnswer) => TableSchema)
  /** Called when the plugin is made, with all of its tables. @throws `CONFIGURATION` for what cannot be beside another. */
  checkAmong?(tables: Readonly<Record<string, TableConfig>>, name: string): void
  /** Called once, when the schema is known. @throws `CONFIGURATION` for what cannot be. */
  protect(name: string, schema: TableSchema): TableProtection
}

export interface EncryptedTable extends TableSchema, TableProtection {
  readonly name: string
}

/**
 * Joins a table's configuration and its schema.
 *
 * @throws `CONFIGURATION` for a key, of the table or of an index, that would be encrypted: DynamoDB needs to read it.
 */
export function openTable(name: string, config: TableConfig, schema: TableSchema): EncryptedTable {
  const protection = config.protect(name, schema)
  const checkKeys = (owner: string, keys: readonly string[]) => {
    for (const key of keys) {
      if (isEncrypted(protection, key)) refuse({ name }, `attribute ${JSON.stringify(key)} is a key of ${owner}: make it SIGN_ONLY`)
    }
  }
  checkKeys('the table', [schema.partitionKey, schema.sortKey ?? schema.partitionKey])
  for (const [index, { keys }] of Object.entries(schema.indexes ?? {})) checkKeys(`index ${JSON.stringify(index)}`, keys)
  return { ...schema, ...protection, name }
}

export function isEncrypted({ isReserved, actionOf }: TableProtection, attribute: string): boolean {
  return !isReserved(attribute) && actionOf(attribute) === 'ENCRYPT_AND_SIGN'
}

/** Asks the table for its plan. */
export const planRead: PlanRead = (table, request) => {
  const { ProjectionExpression, AttributesToGet, Select, IndexName } = request
  const isWhole = !(ProjectionExpression ?? AttributesToGet ?? Select ?? IndexName)
  return table.planRead?.(table, request) ?? (isWhole ? { request } : refuse(table, 'configured without planRead'))
}

/** Refuses a request about this table, or its configuration. The message says what to do instead. */
export function refuse({ name }: Pick<EncryptedTable, 'name'>, message: string): never {
  throw tableError('CONFIGURATION', name, message)
}

/** Refuses what makes no sense, whatever table it is about; as DynamoDB would. */
export function malformed(problem: string): never {
  throw new ItemCryptoError('MALFORMED', problem)
}

/** A failure that names the table, as all of ours do. */
export function tableError(code: ErrorCode, name: string, message: string, cause?: unknown): ItemCryptoError {
  return new ItemCryptoError(code, `table ${JSON.stringify(name)}: ${message}`, { cause })
}

/** An error of ours with its place in front; any other as it is. */
export function located(error: unknown, { name }: EncryptedTable, place: string): unknown {
  return error instanceof ItemCryptoError ? tableError(error.code, name, place + error.message, error.cause) : error
}
