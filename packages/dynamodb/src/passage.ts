/**
 * Items on their way into a table and out of it.
 *
 * @module
 */
import { type Item, ItemCryptoError } from '@itemseal/core'
import type { EncryptedTable } from './table.ts'

const TYPES = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M']

/** The item as the table is to hold it. */
export async function encryptFor(table: EncryptedTable, item: Item | undefined): Promise<Item> {
  if (item == null) throw new ItemCryptoError('MALFORMED', `table ${JSON.stringify(table.name)}: no Item to put`)
  checkShape(table, item)
  return within(table, undefined, () => table.encryptor.encryptItem(item))
}

/** The item as it was before it came into the table; where there is none, there is none. */
export async function decryptFrom<T extends Item | undefined>(table: EncryptedTable, item: T, where: string): Promise<T | Item> {
  if (item === undefined || Object.keys(item).length === 0) return item
  return within(table, where, () => table.encryptor.decryptItem(item))
}

/**
 * If something stands between the document client and us, we get plain JavaScript values, of which the SDK would make empty
 * attributes.
 *
 * @throws `MALFORMED` for what is no item or key in DynamoDB's own form.
 */
export function checkShape(table: EncryptedTable, item: Item | undefined): void {
  for (const [name, value] of Object.entries(item ?? {})) {
    const types = typeof value === 'object' && value !== null ? Object.keys(value) : []
    if (types.length !== 1 || !TYPES.includes(types[0]!))
      throw new ItemCryptoError(
        'MALFORMED',
        `table ${JSON.stringify(table.name)}: attribute ${JSON.stringify(name)} is not an AttributeValue: does another middleware change the input?`,
      )
  }
}

async function within<T>(table: EncryptedTable, where: string | undefined, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    if (!(error instanceof ItemCryptoError)) throw error
    const place = where === undefined ? '' : `, ${where}`
    throw new ItemCryptoError(error.code, `table ${JSON.stringify(table.name)}${place}: ${error.message}`, {
      ...(error.cause !== undefined && { cause: error.cause }),
    })
  }
}
