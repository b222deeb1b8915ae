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
  /** What an index that holds parts of items holds beside keys, if this is known: nothing, for `KEYS_ONLY`. */
  readonly nonKeyAttributes?: readonly string[]
  /** Of a local index, DynamoDB fetches what it lacks. */
  readonly local?: boolean
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
  readonly Projection?:
    | { readonly ProjectionType?: string | undefined; readonly NonKeyAttributes?: readonly string[] | undefined }
    | undefined
}

type KeySchema = readonly { readonly AttributeName: string | undefined; readonly KeyType: string | undefined }[]

/** @throws `CONFIGURATION` for an answer without a partition key. */
export function schemaFromAnswer({ Table: table = {} }: TableAnswer): TableSchema {
  const keyOf = (type: string) => table.KeySchema?.find(({ KeyType }) => KeyType === type)?.AttributeName
  const [partitionKey, sortKey] = [keyOf('HASH'), keyOf('RANGE')]
  if (partitionKey === undefined) throw new ItemCryptoError('CONFIGURATION', 'the answer to DescribeTable names no partition key')
  const indexes = [
    ...(table.GlobalSecondaryIndexes ?? []).map((index) => indexFromAnswer(index, false)),
    ...(table.LocalSecondaryIndexes ?? []).map((index) => indexFromAnswer(index, true)),
  ]
  return { partitionKey, ...(sortKey !== undefined && { sortKey }), indexes: Object.fromEntries(indexes) }
}

function indexFromAnswer({ IndexName, KeySchema = [], Projection }: IndexAnswer, local: boolean): [string, IndexSchema] {
  const keys = KeySchema.flatMap(({ AttributeName }) => AttributeName ?? [])
  const { ProjectionType: type, NonKeyAttributes: others = [] } = Projection ?? {}
  const part = type !== undefined && type !== 'ALL'
  return [IndexName ?? '', { keys, projectsAll: type === 'ALL', ...(part && { nonKeyAttributes: others }), ...(local && { local }) }]
}
