/**
 * The same keys for every item (Java: `SymmetricStaticProvider`; Python: `StaticCryptographicMaterialsProvider`;
 * classic-item-format, 8.1).
 *
 * @module
 */
import { ItemCryptoError } from '../errors.ts'
import { entryOf } from '../item.ts'
import { configuredKey, type KeyMaterial } from '../key-handle.ts'
import type { Signer, Verifier } from '../signer.ts'
import type { MaterialDescription } from './material-description.ts'
import type { MaterialsProvider } from './materials.ts'

/** What a provider signs and verifies with. Who only reads, or only writes, leaves the other away. */
export interface SigningKeys {
  /** A MAC key (`hmacSigner`) verifies too. */
  readonly signer?: Signer | (Signer & Verifier)
  readonly verifier?: Verifier
}

/** For `staticProvider`. */
export interface StaticProviderOptions extends SigningKeys {
  /** AES key of 16, 24 or 32 bytes. Without it items can be signed only. */
  readonly encryptionKey?: KeyMaterial
  /** Written into every item; an item that lacks one of its entries is refused with `NO_MATERIALS`. */
  readonly description?: MaterialDescription
}

/** @throws `CONFIGURATION` for a key that is no AES key. */
export function staticProvider({
  encryptionKey,
  description = {},
  signer,
  verifier = verifierOf(signer),
}: StaticProviderOptions): MaterialsProvider {
  const handle = encryptionKey && configuredKey('AES-CBC', encryptionKey)
  return {
    async encryptionMaterials(_, p) {
      return { encryptionKey: await handle?.(p), signer, description }
    },
    async decryptionMaterials(context, p) {
      for (const [name, value] of Object.entries(description)) {
        if (entryOf(context.description, name) !== value) throw new ItemCryptoError('NO_MATERIALS', 'the item has another description')
      }
      return { decryptionKey: await handle?.(p), verifier }
    },
  }
}

/** A key that signs and verifies serves for both. */
export function verifierOf(signer: SigningKeys['signer']): Verifier | undefined {
  return signer && 'verify' in signer ? signer : undefined
}
