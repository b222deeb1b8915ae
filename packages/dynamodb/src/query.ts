/**
 * Reads of many items: Query and Scan, of a table or of an index.
 *
 * @module
 */
import { type Operation, onTable } from './call.ts'
import { checkConditions, checkProjection } from './checks.ts'
import { checkKey, decryptFrom } from './passage.ts'
import type { ItemsResponse, Request } from './sdk-shapes.ts'
import { type EncryptedTable, refuse } from './table.ts'

export const queryOrScan: Operation = onTable((table, input) => {
  checkProjection(table, input)
  checkConditions(table, input)
  checkKey(table, input.ExclusiveStartKey, input.IndexName)
  return {
    input: wholeItems(table, input),
    async output(output: ItemsResponse) {
      const { Items: items } = output // absent if only the count was asked for
      if (items === undefined) return output
      return { ...output, Items: await Promise.all(items.map((item, i) => decryptFrom(table, item, `Items[${i}]`))) }
    },
  }
})

/**
 * An index may hold parts of items only, which no signature covers. Unless it is known to hold whole ones, DynamoDB is asked for
 * them: it fetches what a local index lacks, and refuses what a global one cannot give.
 */
function wholeItems(table: EncryptedTable, input: Request): Request {
  const { IndexName: index, Select: select } = input
  if (index === undefined || select === 'COUNT' || select === 'ALL_ATTRIBUTES') return input
  const { indexes = {} } = table
  if (Object.hasOwn(indexes, index) && indexes[index]!.projectsAll) return input
  if (select !== undefined)
    refuse(
      table,
      `Select: ${select}: index ${JSON.stringify(index)} is not known to project ALL: say so in the configuration, or use ALL_ATTRIBUTES`,
    )
  return { ...input, Select: 'ALL_ATTRIBUTES' } // the caller left it to the index
}
