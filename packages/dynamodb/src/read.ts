/**
 * Reads by key.
 *
 * @module
 */
import { eachTable, type Operation, onTable } from './call.ts'
import { checkProjection } from './checks.ts'
import { checkKey, decryptFrom, decryptIn } from './passage.ts'
import type { BatchGetRequest, BatchGetResponse, Request, TransactGetRequest, TransactGetResponse } from './sdk-shapes.ts'
import type { EncryptedTable } from './table.ts'

export const getItem: Operation = onTable((table, input) => {
  checkGet(table, input)
  return { input, output: (output) => decryptIn(table, output, 'Item', 'Item') }
})

export const batchGetItem: Operation = async (input: BatchGetRequest, tables) => {
  for (const [name, request] of Object.entries(input.RequestItems ?? {})) {
    const table = await tables.find(name)
    if (table === undefined) continue
    checkProjection(table, request)
    for (const key of request.Keys ?? []) checkKey(table, key)
  }
  return {
    input,
    async output(output: BatchGetResponse) {
      const { Responses: responses } = output
      if (responses === undefined) return output
      const decrypted = await eachTable(tables, responses, (table, item, place) => decryptFrom(table, item, `Responses${place}`))
      return { ...output, Responses: decrypted }
    },
  }
}

export const transactGetItems: Operation = async (input: TransactGetRequest, tables) => {
  const found = await Promise.all(
    (input.TransactItems ?? []).map(async ({ Get: request = {} }) => {
      const table = await tables.find(request.TableName)
      if (table !== undefined) checkGet(table, request)
      return table
    }),
  )
  return {
    input,
    async output(output: TransactGetResponse) {
      const { Responses: responses } = output
      if (responses === undefined) return output
      const items = responses.map((response, i) => {
        const table = found[i]
        return table === undefined ? response : decryptIn(table, response, 'Item', `Responses[${i}]`)
      })
      return { ...output, Responses: await Promise.all(items) }
    },
  }
}

function checkGet(table: EncryptedTable, request: Request): void {
  checkProjection(table, request)
  checkKey(table, request.Key)
}
