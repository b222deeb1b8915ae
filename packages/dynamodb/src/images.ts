/**
 * Items that come another way than from the table itself, in streams and exports: found by the name of their table, and
 * decrypted one by one.
 *
 * @module
 */
import { type Item, ItemCryptoError, type ItemEncryptor, itemFromJson } from '@itemseal/core'
import { decryptFrom } from './passage.ts'
import type { DescribeTable } from './schema.ts'
import type { TableConfig } from './table.ts'
import { makeTables } from './tables.ts'

/** How items are decrypted: those of one table by its encryptor, or those of several by what `itemEncryption` is given. */
export type ImageOptions =
  | { readonly encryptor: ItemEncryptor }
  | { readonly tables: Readonly<Record<string, TableConfig>>; readonly describeTable?: DescribeTable }

/** Decrypts an item; `where` is the place that a failure names. */
export type DecryptImage = (item: Item, where: string) => Promise<Item>

/** What decrypts the items of a table, named by its name or any ARN that has it; undefined for a table that is not configured. */
export type FindTable = (nameOrArn: string | undefined) => Promise<DecryptImage | undefined>

/** @throws `CONFIGURATION` as `itemEncryption` does. */
export function imageTables(options: ImageOptions): FindTable {
  if ('encryptor' in options) {
    const { encryptor } = options
    return async () => async (item, where) =>
      Object.keys(item).length === 0 ? item : inPlace(`${where}: `, () => encryptor.decryptItem(item))
  }
  const tables = makeTables(options.tables, options.describeTable)
  return async (nameOrArn) => {
    const table = await tables.find(nameOrArn)
    return table && ((item, where) => decryptFrom(table, item, where))
  }
}

/** An item as it is told of in JSON, where binary is base64, or by the SDK, where it is bytes. */
export function imageFrom(json: unknown, where: string): Promise<Item> {
  return inPlace(`${where}: `, async () => itemFromJson(json))
}

/** Runs a step so that its failure names the place. */
export async function inPlace<T>(place: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof ItemCryptoError)) throw error
    throw new ItemCryptoError(error.code, place + error.message, error.cause === undefined ? {} : { cause: error.cause })
  }
}

/** Puts entries through a step, so many at once, and gives the results in their order. Reads no further than that ahead. */
export async function* inOrder<T, U>(
  entries: AsyncIterable<T> | Iterable<T>,
  limit: number,
  step: (entry: T) => Promise<U>,
): AsyncGenerator<U, void, void> {
  const started: Promise<U>[] = []
  for await (const entry of entries) {
    const result = step(entry)
    result.catch(() => {}) // it is heard of when its turn comes
    started.push(result)
    if (started.length >= limit) yield await started.shift()!
  }
  for (const result of started) yield await result
}
