/**
 * Reads by key.
 *
 * @module
 */
import { type Operation, onTable } from './call.ts'
import { checkLegacy, checkProjection } from './checks.ts'
import { checkShape, decryptFrom } from './passage.ts'
import type { BatchGetRequest, BatchGetResponse, ItemResponse, Request, TransactGetRequest, TransactGetResponse } from './sdk-shapes.ts'
import type { EncryptedTable } from './table.ts'

export const getItem: Operation = onTable((table, input) => {
  checkGet(table, input)
  return { input, output: (output) => withItem(table, output, 'Item') }
})

export const batchGetItem: Operation = async (input: BatchGetRequest, tables) => {
  for (const [name, request] of Object.entries(input.RequestItems ?? {})) {
    const table = await tables.find(name)
    if (table === undefined) continue
    checkLegacy(table, request)
    checkProjection(table, request)
  }
  return {
    input,
    async output(output: BatchGetResponse) {
      const responses = Object.entries(output.Responses ?? {}).map(async ([name, items]) => {
        const table = await tables.find(name)
        const place = (i: number) => `Responses[${JSON.stringify(name)}][${i}]`
        return [name, table === undefined ? items : await Promise.all(items.map((item, i) => decryptFrom(table, item, place(i))))] as const
      })
      return output.Responses === undefined ? output : { ...output, Responses: Object.fromEntries(await Promise.all(responses)) }
    },
  }
}

export const transactGetItems: Operation = async (input: TransactGetRequest, tables) => {
  const found = await Promise.all((input.TransactItems ?? []).map(({ Get }) => tables.find(Get?.TableName)))
  for (const [i, table] of found.entries()) {
    if (table !== undefined) checkGet(table, input.TransactItems![i]!.Get!)
  }
  return {
    input,
    async output(output: TransactGetResponse) {
      const { Responses: responses } = output
      if (responses === undefined) return output
      const items = responses.map((response, i) => {
        const table = found[i]
        return table === undefined ? response : withItem(table, response, `Responses[${i}]`)
      })
      return { ...output, Responses: await Promise.all(items) }
    },
  }
}

function checkGet(table: EncryptedTable, request: Request): void {
  checkLegacy(table, request)
  checkProjection(table, request)
  checkShape(table, request.Key)
}

async function withItem(table: EncryptedTable, response: ItemResponse, where: string): Promise<ItemResponse> {
  return response.Item === undefined ? response : { ...response, Item: await decryptFrom(table, response.Item, where) }
}
