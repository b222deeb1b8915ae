import type { Item } from '../../src/index.ts'
import type { CryptoAction } from '../../src/item.ts'
import {
  type DecryptionMaterials,
  defaultMaterialsManager,
  type EncryptionMaterialsRequest,
  type Keyring,
  type MaterialsManager,
  rawAesKeyring,
} from '../../src/materials/index.ts'
import type { Primitives, SecretKey } from '../../src/primitives.ts'
import { compareCanonical } from '../../src/structured/canonical-path.ts'
import { parseHeader } from '../../src/structured/header.ts'
import type { StructuredItemEncryptorOptions } from '../../src/structured/index.ts'
import { range } from './structured-vectors.ts'

export const KEYRING: Keyring = rawAesKeyring({ namespace: 'tests', name: 'a key', wrappingKey: range(0x80, 0x9f) })

/** A table with the key `pk`, whose other attributes are encrypted. */
export function tableWith(options: Partial<StructuredItemEncryptorOptions> = {}): StructuredItemEncryptorOptions {
  const keys = options.materialsManager === undefined ? { keyring: KEYRING } : {}
  return { tableName: 'table', partitionKey: 'pk', actions: { default: 'ENCRYPT_AND_SIGN' }, ...keys, ...options }
}

export function bytesOf(item: Item, name: string): Uint8Array {
  const value = item[name]
  if (value === undefined || !('B' in value)) throw new Error(`no binary attribute ${name}`)
  return value.B
}

const ACTIONS: Readonly<Record<string, CryptoAction>> = {
  e: 'ENCRYPT_AND_SIGN',
  s: 'SIGN_ONLY',
  c: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
}

/** The actions with which an item was written, as its legend has them. Unsigned attributes there must be none. */
export function actionsOf(item: Item): Record<string, CryptoAction> {
  const { legend } = parseHeader(bytesOf(item, 'aws_dbe_head'))
  const names = Object.keys(item)
    .filter((name) => !name.startsWith('aws_dbe_'))
    .sort(compareCanonical)
  return Object.fromEntries(names.map((name, i) => [name, ACTIONS[legend[i]!]!]))
}

/** Asks the manager of a keyring, and remembers what it last gave. */
export function recording(keyring: Keyring): { manager: MaterialsManager; last: () => DecryptionMaterials<SecretKey> } {
  const manager = defaultMaterialsManager(keyring)
  let last: DecryptionMaterials<SecretKey>
  return {
    manager: {
      encryptionMaterials: manager.encryptionMaterials,
      async decryptionMaterials(request, p) {
        last = await manager.decryptionMaterials(request, p)
        return last
      },
    },
    last: () => last,
  }
}

/** Gives the keys that an item was read with to write it again; only the signature's private key is another. */
export function replaying(item: Item, materials: DecryptionMaterials<SecretKey>): MaterialsManager {
  const { encryptedDataKeys } = parseHeader(bytesOf(item, 'aws_dbe_head'))
  return {
    async encryptionMaterials({ suite, requiredContextKeys }: EncryptionMaterialsRequest, p: Primitives) {
      const pair = suite.signatureCurve && (await p.ecdsaGenerate(suite.signatureCurve))
      return {
        suite,
        requiredContextKeys,
        encryptionContext: materials.encryptionContext,
        plaintextDataKey: materials.plaintextDataKey!,
        encryptedDataKeys,
        symmetricSigningKeys: encryptedDataKeys.map(() => materials.symmetricSigningKey!),
        ...(pair && { signingKey: pair.privateKey }),
      }
    },
    decryptionMaterials: () => {
      throw new Error('writes only')
    },
  }
}
