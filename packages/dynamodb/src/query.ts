/**
 * Reads of many items: Query and Scan, of a table or of an index.
 *
 * @module
 */
import { type Operation, onTable } from './call.ts'
import { checkConditions } from './checks.ts'
import { checkKey, decryptFrom } from './passage.ts'
import type { ItemsResponse } from './sdk-shapes.ts'
import { planRead } from './table.ts'

export const queryOrScan: Operation = onTable((table, input) => {
  checkConditions(table, input)
  checkKey(table, input.ExclusiveStartKey, input.IndexName)
  const { request, pick } = planRead(table, input)
  return {
    input: request,
    async output(output: ItemsResponse) {
      const { Items: items } = output // absent if only the count was asked for
      if (!items) return output
      return { ...output, Items: await Promise.all(items.map((item, i) => decryptFrom(table, item, `Items[${i}]`, pick))) }
    },
  }
})
