/**
 * BatchWriteItem. What DynamoDB leaves unprocessed is given back as the caller had it: if it were given back encrypted, sending
 * it again would encrypt it twice.
 *
 * @module
 */
import { type Item, normalizeNumber } from '@itemseal/core'
import { eachTable, type Operation } from './call.ts'
import { checkKey, decryptFrom, encryptFor } from './passage.ts'
import type { BatchWriteRequest, BatchWriteResponse, WriteRequest } from './sdk-shapes.ts'
import type { EncryptedTable } from './table.ts'

export const batchWriteItem: Operation = async (input: BatchWriteRequest, tables) => {
  const originals = new Map<string, WriteRequest>()

  async function encrypt(table: EncryptedTable, request: WriteRequest): Promise<WriteRequest> {
    checkKey(table, request.DeleteRequest?.Key)
    if (!request.PutRequest) return request
    const encrypted = await encryptFor(table, request.PutRequest.Item)
    originals.set(identity(table, encrypted), request)
    return { ...request, PutRequest: { ...request.PutRequest, Item: encrypted } }
  }

  async function original(table: EncryptedTable, request: WriteRequest): Promise<WriteRequest> {
    const item = request.PutRequest?.Item
    if (!item) return request
    return originals.get(identity(table, item)) ?? { PutRequest: { Item: await decryptFrom(table, item, 'UnprocessedItems') } }
  }

  return {
    input: { ...input, RequestItems: await eachTable(tables, input.RequestItems ?? {}, encrypt) },
    async output(output: BatchWriteResponse) {
      const { UnprocessedItems: unprocessed } = output
      return { ...output, ...(unprocessed && { UnprocessedItems: await eachTable(tables, unprocessed, original) }) }
    },
  }
}

/** The item's primary key as text, whatever form a number is in. (Bytes have several; then `original` decrypts.) */
function identity({ name, partitionKey, sortKey = '' }: EncryptedTable, item: Item): string {
  const keys = [item[partitionKey], item[sortKey]].map((value) => (value && 'N' in value ? normalizeNumber(value.N) : value))
  return JSON.stringify([name, keys])
}
