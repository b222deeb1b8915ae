/**
 * What happens to each operation of DynamoDB: transformed, passed, or refused.
 *
 * @module
 */
import { ItemCryptoError, type MaybePromise } from '@itemseal/core'
import { batchWriteItem } from './batch-write.ts'
import type { Call, Operation } from './call.ts'
import { partiql } from './partiql.ts'
import { queryOrScan } from './query.ts'
import { batchGetItem, getItem, transactGetItems } from './read.ts'
import type { Tables } from './tables.ts'
import { deleteItem, putItem, transactWriteItems, updateItem } from './write.ts'

const TRANSFORMED: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    GetItem: getItem,
    BatchGetItem: batchGetItem,
    TransactGetItems: transactGetItems,
    Query: queryOrScan,
    Scan: queryOrScan,
    PutItem: putItem,
    DeleteItem: deleteItem,
    UpdateItem: updateItem,
    BatchWriteItem: batchWriteItem,
    TransactWriteItems: transactWriteItems,
    ExecuteStatement: partiql,
    BatchExecuteStatement: partiql,
    ExecuteTransaction: partiql,
  }),
)

/** Administration of tables, which carries no items. (StartBulkPutItems has items put that we do not see; SearchVectors gives parts of some.) */
const PASSED = new RegExp(
  `^(${[
    '(Describe|List)\\w+',
    '(Create|Delete)(Backup|GlobalTable|Table)',
    'Update(ContinuousBackups|ContributorInsights|GlobalTable|GlobalTableSettings|KinesisStreamingDestination|Table|TableReplicaAutoScaling|TimeToLive)',
    '(Enable|Disable)KinesisStreamingDestination',
    'ExportTableToPointInTime|ImportTable|RestoreTableFromBackup|RestoreTableToPointInTime',
    '(Get|Put|Delete)ResourcePolicy|(Tag|Untag)Resource|CancelBulkOperation',
  ].join('|')})$`,
)

/** @throws `UNSUPPORTED` for an operation that we do not know, if it speaks of a configured table. */
export function prepareCall(operation: string, input: object, tables: Tables): MaybePromise<Call> {
  const prepare = TRANSFORMED.get(operation)
  if (prepare !== undefined) return prepare(input, tables)
  if (!PASSED.test(operation)) {
    const table = tableNamedIn(input, tables)
    if (table !== undefined)
      throw new ItemCryptoError(
        'UNSUPPORTED',
        `table ${JSON.stringify(table)}: operation ${JSON.stringify(operation)} is not known here, and might carry items`,
      )
  }
  return { input }
}

/** Wherever in the input a table's name stands: of an unknown operation, the place is unknown too. */
function tableNamedIn(input: unknown, tables: Tables): string | undefined {
  if (typeof input === 'string') return tables.nameIn(input)
  if (typeof input !== 'object' || input === null || ArrayBuffer.isView(input)) return undefined
  for (const value of [...Object.keys(input), ...Object.values(input)]) {
    const table = tableNamedIn(value, tables)
    if (table !== undefined) return table
  }
  return undefined
}
