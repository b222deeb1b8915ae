/**
 * What is measured of an encryptor.
 *
 * @module
 */
import type { Item, ItemEncryptor } from '@itemseal/core'

export const OPERATIONS = ['encrypt', 'decrypt'] as const
export type Operation = (typeof OPERATIONS)[number]

/** The operation on all items at once. */
export function operationOn(encryptor: ItemEncryptor, operation: Operation, items: readonly Item[]): () => Promise<unknown> {
  const [only] = items
  if (items.length === 1) return () => encryptor[`${operation}Item`](only!)
  return () => Promise.all(items.map((item) => encryptor[`${operation}Item`](item)))
}

/** What the operation starts from: the items, encrypted if they are to be decrypted. */
export async function inputsOf(encryptor: ItemEncryptor, operation: Operation, items: readonly Item[]): Promise<readonly Item[]> {
  return operation === 'encrypt' ? items : Promise.all(items.map((item) => encryptor.encryptItem(item)))
}
