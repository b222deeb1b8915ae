/**
 * What the formats' tables share: which of their options are the schema, and what is done with the keys of indexes.
 *
 * @module
 */
import type { AttributeActions, CryptoAction } from '@itemseal/core'
import { schemaFromAnswer, type TableSchema } from './schema.ts'
import type { TableConfig } from './table.ts'

/** Those options of a table that are its schema. */
export type SchemaOptions = { readonly [Name in keyof TableSchema]?: TableSchema[Name] | undefined }

/** The schema in a table's options, or how to come by it. */
export function schemaIn({ partitionKey, sortKey, indexes }: SchemaOptions): Pick<TableConfig, 'schema'> {
  return { schema: partitionKey ? { partitionKey, ...(sortKey && { sortKey }), ...(indexes && { indexes }) } : schemaFromAnswer }
}

/**
 * The configured actions, and `SIGN_ONLY` for the keys of indexes that have none: DynamoDB must read them, and nobody shall
 * change them. The table's own keys are left to the format, and so are the names that it leaves unsigned.
 */
export function withIndexKeys(
  { attributes = {} }: AttributeActions,
  { partitionKey, sortKey, indexes = {} }: TableSchema,
  isUnsigned: (attribute: string) => boolean = () => false,
): Map<string, CryptoAction> {
  const keys = Object.values(indexes).flatMap(({ keys }) => keys)
  const signed = keys.filter((key) => key !== partitionKey && key !== sortKey && !isUnsigned(key))
  return new Map([...signed.map((key): [string, CryptoAction] => [key, 'SIGN_ONLY']), ...Object.entries(attributes)])
}
