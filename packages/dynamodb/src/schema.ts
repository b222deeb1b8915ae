/**
 * What must be known of a table before its items can be encrypted: its key attributes, and those of its indexes.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'

/** The keys of a table and of its indexes. */
export interface TableSchema {
  readonly partitionKey: string
  readonly sortKey?: string
  /** Secondary indexes by name. Their keys are never encrypted, so the plugin needs to know of them. */
  readonly indexes?: Readonly<Record<string, IndexSchema>>
}

/** A secondary index. */
export interface IndexSchema {
  /** Names of all key attributes, partition and sort keys alike. */
  readonly keys: readonly string[]
  /** Whether the index holds whole items. If this is not known, reads of the index ask DynamoDB for `ALL_ATTRIBUTES`. */
  readonly projectsAll?: boolean
}

/** Asks DynamoDB about a table: `(input) => client.send(new DescribeTableCommand(input))`. */
export type DescribeTable = (input: { TableName: string }) => Promise<TableAnswer>

/** The answer to DescribeTable, as far as it is looked at. */
export interface TableAnswer {
  readonly Table?:
    | {
        readonly TableStatus?: string | undefined
        readonly KeySchema?: KeySchema | undefined
        readonly GlobalSecondaryIndexes?: readonly IndexAnswer[] | undefined
        readonly LocalSecondaryIndexes?: readonly IndexAnswer[] | undefined
      }
    | undefined
}

interface IndexAnswer {
  readonly IndexName?: string | undefined
  readonly KeySchema?: KeySchema | undefined
  readonly Projection?: { readonly ProjectionType?: string | undefined } | undefined
}

type KeySchema = readonly { readonly AttributeName: string | undefined; readonly KeyType: string | undefined }[]

/** @throws `CONFIGURATION` for an answer without a partition key. */
export function schemaFromAnswer({ Table: table = {} }: TableAnswer): TableSchema {
  const keyOf = (type: string) => table.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName
  const [partitionKey, sortKey] = [keyOf('HASH'), keyOf('RANGE')]
  if (partitionKey === undefined) throw new ItemCryptoError('CONFIGURATION', 'the answer to DescribeTable names no partition key')
  const indexes = [...(table.GlobalSecondaryIndexes ?? []), ...(table.LocalSecondaryIndexes ?? [])]
  return { partitionKey, ...(sortKey !== undefined && { sortKey }), indexes: Object.fromEntries(indexes.map(indexFromAnswer)) }
}

function indexFromAnswer({ IndexName, KeySchema = [], Projection }: IndexAnswer): [string, IndexSchema] {
  const keys = KeySchema.flatMap(({ AttributeName }) => AttributeName ?? [])
  return [IndexName ?? '', { keys, projectsAll: Projection?.ProjectionType === 'ALL' }]
}
