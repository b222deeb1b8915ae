/**
 * Reads by key.
 *
 * @module
 */
import { eachTable, type Operation, onTable } from './call.ts'
import { checkKey, decryptFrom, decryptIn } from './passage.ts'
import type { BatchGetRequest, BatchGetResponse, Request, TransactGetRequest, TransactGetResponse } from './sdk-shapes.ts'
import { type EncryptedTable, type PlanRead, planRead } from './table.ts'

export const getItem: Operation = onTable((table, input) => {
  const { request, pick } = planGet(table, input)
  return { input: request, output: (output) => decryptIn(table, output, 'Item', 'Item', pick) }
})

export const batchGetItem: Operation = async (input: BatchGetRequest, tables) => {
  const { RequestItems: requests = {} } = input
  const plans = new Map<string, ReturnType<PlanRead>>() // of configured tables, by the name or ARN in the request
  for (const [name, request] of Object.entries(requests)) {
    const table = await tables.find(name)
    if (!table) continue
    for (const key of request.Keys ?? []) checkKey(table, key)
    plans.set(name, planRead(table, request))
  }
  const sent = Object.entries(requests).map(([name, request]) => [name, plans.get(name)?.request ?? request])
  return {
    input: { ...input, RequestItems: Object.fromEntries(sent) },
    async output(output: BatchGetResponse) {
      const { Responses: responses, UnprocessedKeys: unprocessed = {} } = output
      // They come as they were sent: the caller's are asked for again as the caller would.
      const left = Object.entries(unprocessed).map(([name, request]) => [
        name,
        plans.get(name)?.pick ? { ...requests[name], Keys: request.Keys } : request,
      ])
      return {
        ...output,
        ...(output.UnprocessedKeys && { UnprocessedKeys: Object.fromEntries(left) }),
        ...(responses && {
          Responses: await eachTable(tables, responses, (table, item, place, name) =>
            decryptFrom(table, item, `Responses${place}`, plans.get(name)?.pick),
          ),
        }),
      }
    },
  }
}

export const transactGetItems: Operation = async (input: TransactGetRequest, tables) => {
  const planned = await Promise.all(
    (input.TransactItems ?? []).map(async (entry) => {
      const { Get: request = {} } = entry
      const table = await tables.find(request.TableName)
      const plan = table && planGet(table, request)
      return { table, plan, entry: plan ? { Get: plan.request } : entry }
    }),
  )
  return {
    input: { ...input, TransactItems: planned.map(({ entry }) => entry) },
    async output(output: TransactGetResponse) {
      const { Responses: responses } = output
      if (!responses) return output
      const items = responses.map((response, i) => {
        const { table, plan } = planned[i] ?? {}
        return table ? decryptIn(table, response, 'Item', `Responses[${i}]`, plan?.pick) : response
      })
      return { ...output, Responses: await Promise.all(items) }
    },
  }
}

function planGet(table: EncryptedTable, request: Request): ReturnType<PlanRead> {
  checkKey(table, request.Key)
  return planRead(table, request)
}
