/**
 * BatchWriteItem. What DynamoDB leaves unprocessed is given back as the caller had it: if it were given back encrypted, sending
 * it again would encrypt it twice.
 *
 * @module
 */
import { type AttributeValue, type Item, normalizeNumber } from '@itemseal/core'
import type { Operation } from './call.ts'
import { checkShape, decryptFrom, encryptFor } from './passage.ts'
import type { BatchWriteRequest, BatchWriteResponse, WriteRequest } from './sdk-shapes.ts'
import type { EncryptedTable } from './table.ts'
import type { Tables } from './tables.ts'

type Requests = readonly WriteRequest[]

export const batchWriteItem: Operation = async (input: BatchWriteRequest, tables) => {
  if (input.RequestItems === undefined) return { input }
  const originals = new Map<string, WriteRequest>()

  async function encrypt(table: EncryptedTable, request: WriteRequest): Promise<WriteRequest> {
    checkShape(table, request.DeleteRequest?.Key)
    if (request.PutRequest === undefined) return request
    const encrypted = await encryptFor(table, request.PutRequest.Item)
    originals.set(identity(table, encrypted), request)
    return { ...request, PutRequest: { ...request.PutRequest, Item: encrypted } }
  }

  async function original(table: EncryptedTable, request: WriteRequest): Promise<WriteRequest> {
    const item = request.PutRequest?.Item
    if (item === undefined) return request
    return originals.get(identity(table, item)) ?? { PutRequest: { Item: await decryptFrom(table, item, 'UnprocessedItems') } }
  }

  return {
    input: { ...input, RequestItems: await eachRequest(tables, input.RequestItems, encrypt) },
    async output(output: BatchWriteResponse) {
      if (output.UnprocessedItems === undefined) return output
      return { ...output, UnprocessedItems: await eachRequest(tables, output.UnprocessedItems, original) }
    },
  }
}

async function eachRequest(
  tables: Tables,
  items: Readonly<Record<string, Requests>>,
  change: (table: EncryptedTable, request: WriteRequest) => Promise<WriteRequest>,
): Promise<Record<string, Requests>> {
  const changed = Object.entries(items).map(async ([name, requests]): Promise<[string, Requests]> => {
    const table = await tables.find(name)
    return [name, table === undefined ? requests : await Promise.all(requests.map((request) => change(table, request)))]
  })
  return Object.fromEntries(await Promise.all(changed))
}

/** The item's primary key as text: one item, one text, whatever form its numbers are in. */
function identity({ name, partitionKey, sortKey }: EncryptedTable, item: Item): string {
  const keys = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])]
  return JSON.stringify([name, ...keys.map((key) => keyText(item[key]))])
}

function keyText(value: AttributeValue | undefined): unknown {
  if (value === undefined) return null
  if ('N' in value) return { N: normalizeNumber(value.N) }
  return 'B' in value ? { B: [...value.B] } : value
}
