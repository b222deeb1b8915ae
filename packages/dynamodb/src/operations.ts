/**
 * What happens to each operation of DynamoDB: transformed, passed, or refused.
 *
 * @module
 */
import { type MaybePromise, snapshot } from '@itemseal/core'
import { batchWriteItem } from './batch-write.ts'
import { type Call, type Operation, STORED } from './call.ts'
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
  '^((Describe|List)\\w+|(Create|Delete|Update)(Global)?Table|(Create|Delete)Backup|(Restore|Export)Table\\w+|ImportTable|' +
    'Update(ContinuousBackups|ContributorInsights|GlobalTableSettings|TableReplicaAutoScaling|TimeToLive)|' +
    '(Enable|Disable|Update)Kinesis\\w+|(Get|Put|Delete)ResourcePolicy|(T|Unt)agResource|CancelBulkOperation)$',
)

/** @throws `UNSUPPORTED` for an operation that we do not know, if it speaks of a configured table. */
export function prepareCall(operation: string, input: object, tables: Tables, signal: AbortSignal | undefined): MaybePromise<Call> {
  if (operation === 'GetItem' && STORED in input) return { input }
  if (Object.hasOwn(TRANSFORMED, operation)) return TRANSFORMED[operation]!(snapshot(input), tables, signal)
  if (!PASSED.test(operation)) {
    // Of an unknown operation, the place of a table's name is unknown too.
    const words = JSON.stringify(input).split(/\\.|[^\w.-]+/)
    const table = words.find((word) => tables.nameIn(word))
    if (table) throw tableError('UNSUPPORTED', table, `operation ${JSON.stringify(operation)} is unknown`)
  }
  return { input }
}
