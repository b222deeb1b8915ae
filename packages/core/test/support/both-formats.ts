/** Encryptors of both formats, for what is true of both. */
import type { AttributeActions, ItemEncryptor } from '../../src/item.ts'
import { structuredItemEncryptor } from '../../src/structured/index.ts'
import { encryptorFor } from './classic-encryptor.ts'
import { tableWith } from './structured-encryptors.ts'

export type { AttributeValue } from '../../src/attribute-value.ts'
export type { Item } from '../../src/item.ts'

export function classicItemEncryptorOf(actions: AttributeActions): ItemEncryptor {
  return encryptorFor({ actions })
}

export function structuredItemEncryptorOf({ unsigned, ...actions }: AttributeActions & { unsigned: string[] }): ItemEncryptor {
  return structuredItemEncryptor(tableWith({ actions, allowedUnsignedAttributes: unsigned }))
}
