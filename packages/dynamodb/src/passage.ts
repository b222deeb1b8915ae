/**
 * Items on their way into a table and out of it.
 *
 * @module
 */
import type { Item } from '@itemseal/core'
import { type EncryptedTable, isEncrypted, located, refuse, tableError } from './table.ts'

const TYPE = /^([SNB]S?|BOOL|NULL|[LM])$/

/** The item as the table is to hold it. */
export async function encryptFor(table: EncryptedTable, item: Item | undefined): Promise<Item> {
  if (item == null) throw tableError('MALFORMED', table.name, 'no Item')
  checkShape(table, item)
  return within(table, '', () => table.encryptor.encryptItem(item))
}

/** The item as it was before it came into the table, or what is picked of it. An empty one stands for none at all. */
export async function decryptFrom(
  table: EncryptedTable,
  item: Item,
  where: string,
  pick = (decrypted: Item): Item => decrypted,
): Promise<Item> {
  return Object.keys(item).length === 0 ? item : pick(await within(table, `${where}: `, () => table.encryptor.decryptItem(item)))
}

/** An answer with the item in it decrypted; where there is none, the answer itself. */
export async function decryptIn<Name extends 'Item' | 'Attributes', T extends { readonly [N in Name]?: Item }>(
  table: EncryptedTable,
  answer: T,
  name: Name,
  where: string,
  pick?: (decrypted: Item) => Item,
): Promise<T> {
  const item = answer[name]
  return item ? { ...answer, [name]: await decryptFrom(table, item, where, pick) } : answer
}

/**
 * A key is sent as it is, so nothing but the table's key attributes may be in it. A read of an index starts with that one's too:
 * of those, which may not be known here, none is encrypted.
 */
export function checkKey(table: EncryptedTable, key: Item | undefined, index?: string): void {
  checkShape(table, key)
  for (const name of Object.keys(key ?? {})) {
    if (name !== table.partitionKey && name !== table.sortKey && (index === undefined || isEncrypted(table, name)))
      refuse(table, `attribute ${JSON.stringify(name)} is no key`)
  }
}

/**
 * If something stands between the document client and us, we get plain JavaScript values, of which the SDK would make empty
 * attributes.
 *
 * @throws `MALFORMED` for what is no item or key in DynamoDB's own form.
 */
export function checkShape(table: EncryptedTable, item: Item | undefined): void {
  for (const [name, value] of Object.entries(item ?? {})) {
    if (!TYPE.test(Object.keys(value ?? {}).join()))
      // several are joined by commas, and a text has its indexes as keys
      throw tableError(
        'MALFORMED',
        table.name,
        `attribute ${JSON.stringify(name)} is not an AttributeValue, or another middleware has replaced the input`,
      )
  }
}

async function within<T>(table: EncryptedTable, place: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (error) {
    throw located(error, table, place)
  }
}
