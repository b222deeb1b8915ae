/**
 * What happens to each operation of DynamoDB: transformed, passed, or refused.
 *
 * @module
 */
import type { MaybePromise } from '@itemseal/core'
import { batchWriteItem } from './batch-write.ts'
import type { Call, Operation } from './call.ts'
import { partiql } from './partiql.ts'
import { queryOrScan } from './query.ts'
import { batchGetItem, getItem, transactGetItems } from './read.ts'
import { tableError } from './table.ts'
import type { Tables } from './tables.ts'
import { deleteItem, putItem, transactWriteItems, updateItem } from './write.ts'

const TRANSFORMED: Readonly<Record<string, Operation>> = {
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
}

/** Administration of tables, which carries no items. (StartBulkPutItems has items put that we do not see; SearchVectors gives parts of some.) */
const PASSED = new RegExp(
  `^(${[
    '(Describe|List)\\w+',
    '(Create|Delete|Update)(Global)?Table',
    '(Create|Delete)Backup|RestoreTable(FromBackup|ToPointInTime)|ExportTableToPointInTime|ImportTable',
    'Update(ContinuousBackups|ContributorInsights|GlobalTableSettings|TableReplicaAutoScaling|TimeToLive)',
    '(Enable|Disable|Update)KinesisStreamingDestination',
    '(Get|Put|Delete)ResourcePolicy|(T|Unt)agResource|CancelBulkOperation',
  ].join('|')})$`,
)

/** @throws `UNSUPPORTED` for an operation that we do not know, if it speaks of a configured table. */
export function prepareCall(operation: string, input: object, tables: Tables): MaybePromise<Call> {
  if (Object.hasOwn(TRANSFORMED, operation)) return TRANSFORMED[operation]!(input, tables)
  if (!PASSED.test(operation)) {
    const table = tableNamedIn(input, tables)
    if (table !== undefined)
      throw tableError('UNSUPPORTED', table, `operation ${JSON.stringify(operation)} is not known here, and might carry items`)
  }
  return { input }
}

/** Wherever in the input a table's name stands: of an unknown operation, the place is unknown too. */
function tableNamedIn(input: unknown, tables: Tables): string | undefined {
  if (typeof input === 'string') return tables.nameIn(input)
  if (typeof input !== 'object' || input === null || ArrayBuffer.isView(input)) return undefined
  for (const value of Object.entries(input).flat()) {
    const table = tableNamedIn(value, tables)
    if (table !== undefined) return table
  }
  return undefined
}
