/**
 * An item of the MetaStore: one version of named materials, itself encrypted in this format under the store's own provider
 * (classic-item-format, 8.6).
 *
 *     N        S   material name          enc      B   AES key        int      B   MAC key
 *     V        N   version                encAlg   S   `AES`          intAlg   S   `HmacSHA256`
 *     t        S   `0`
 *
 * @module
 */
import type { AttributeValue } from '../attribute-value.ts'
import { ItemCryptoError } from '../errors.ts'
import { type AttributeActions, entryOf, type Item } from '../item.ts'
import { aesKeyWrapper } from '../key-wrapper.ts'
import type { ClassicPrimitives } from '../primitives.ts'
import { hmacSigner } from '../signer.ts'
import { checkMaterialName } from './caching-provider.ts'
import { META_ID } from './material-description.ts'
import type { MaterialsProvider } from './materials.ts'
import { wrappedProvider } from './wrapped-provider.ts'

/** What an encryptor for the items of a MetaStore is configured with, beside the store's table and provider. */
export const META_STORE: { readonly partitionKey: 'N'; readonly sortKey: 'V'; readonly actions: AttributeActions } = {
  partitionKey: 'N',
  sortKey: 'V',
  actions: { default: 'ENCRYPT_AND_SIGN' },
}

const KEY_LENGTH = 32
const MATERIAL = ['t', 'enc', 'encAlg', 'int', 'intAlg'] as const

/**
 * The actions for a store whose items have attributes of their owner's beside the material (Java: `ExtraDataSupplier`).
 *
 * @param signedOnlyFields those of them that are readable; all others are encrypted.
 * @throws `CONFIGURATION` for a name of the material.
 */
export function metaStoreActions(signedOnlyFields: readonly string[] = []): AttributeActions {
  const material = signedOnlyFields.find((name) => MATERIAL.includes(name as never))
  if (material !== undefined) throw new ItemCryptoError('CONFIGURATION', `attribute ${JSON.stringify(material)} must be encrypted`)
  return { ...META_STORE.actions, attributes: Object.fromEntries(signedOnlyFields.map((name) => [name, 'SIGN_ONLY'])) }
}

/** New keys for a version, still in plaintext. */
export function newMetaStoreItem(
  materialName: string,
  version: number,
  { randomBytes }: Pick<ClassicPrimitives, 'randomBytes'>,
): Readonly<Record<MetaStoreAttribute, AttributeValue>> {
  return {
    N: { S: checkMaterialName(materialName) },
    V: { N: String(version) },
    t: { S: '0' },
    enc: { B: randomBytes(KEY_LENGTH) },
    encAlg: { S: 'AES' },
    int: { B: randomBytes(KEY_LENGTH) },
    intAlg: { S: 'HmacSHA256' },
  }
}

/** The attributes of an item in the peers' MetaStore. */
export type MetaStoreAttribute = 'N' | 'V' | (typeof MATERIAL)[number]

/**
 * The provider that a decrypted item of the MetaStore holds: its keys wrap content keys and sign.
 *
 * @throws `MALFORMED` for an item that holds none, `UNSUPPORTED` for one of another kind.
 */
export function metaStoreProvider(item: Item): MaterialsProvider {
  const attribute = <T extends 'S' | 'N' | 'B'>(name: string, type: T) => {
    const value = entryOf(item, name)
    if (value === undefined || !(type in value))
      throw new ItemCryptoError('MALFORMED', `metastore item: attribute ${JSON.stringify(name)} is not ${type}`)
    return (value as Extract<AttributeValue, Record<T, unknown>>)[type] // just looked at
  }
  if (attribute('t', 'S') !== '0' || attribute('encAlg', 'S') !== 'AES' || attribute('intAlg', 'S') !== 'HmacSHA256') {
    throw new ItemCryptoError('UNSUPPORTED', 'metastore item: materials of an unknown kind')
  }
  return wrappedProvider({
    keyWrapper: aesKeyWrapper(attribute('enc', 'B')),
    signer: hmacSigner('HmacSHA256', attribute('int', 'B')),
    description: { [META_ID]: `${attribute('N', 'S')}#${attribute('V', 'N')}` },
  })
}
