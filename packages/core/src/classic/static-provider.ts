/**
 * The same keys for every item (Java: `SymmetricStaticProvider`; Python: `StaticCryptographicMaterialsProvider`;
 * classic-item-format, 8.1).
 *
 * @module
 */
import { ItemCryptoError } from '../errors.ts'
import { checkAesKey, type KeyMaterial, keyHandle } from '../key-handle.ts'
import type { Signer, Verifier } from '../signer.ts'
import { entryOf, type MaterialDescription } from './material-description.ts'
import type { MaterialsProvider } from './materials.ts'

export interface SigningKeys {
  /** Needed to write. A MAC key (`hmacSigner`) verifies too. */
  readonly signer?: Signer | (Signer & Verifier)
  /** Needed to read, unless the signer verifies. */
  readonly verifier?: Verifier
}

export interface StaticProviderOptions extends SigningKeys {
  /** AES key of 16, 24 or 32 bytes. Without it items can be signed only. */
  readonly encryptionKey?: KeyMaterial
  /** Written into every item; an item that lacks one of its entries is refused with `NO_MATERIALS`. */
  readonly description?: MaterialDescription
}

/** @throws `CONFIGURATION` for a key that is no AES key, or if there is nothing to sign or verify with. */
export function staticProvider({ encryptionKey, description = {}, ...keys }: StaticProviderOptions): MaterialsProvider {
  if (encryptionKey !== undefined) checkAesKey(encryptionKey, 'encryption key')
  const handle = encryptionKey && keyHandle('AES-CBC', encryptionKey)
  const { signer, verifier } = signingKeys(keys)
  return {
    async encryptionMaterials(_, p) {
      return { ...(handle && { encryptionKey: await handle(p) }), signer: signer(), description }
    },
    async decryptionMaterials(context, p) {
      for (const [name, value] of Object.entries(description)) {
        if (entryOf(context.description, name) !== value)
          throw new ItemCryptoError('NO_MATERIALS', 'the item is described otherwise than this provider')
      }
      return { ...(handle && { decryptionKey: await handle(p) }), verifier: verifier() }
    },
  }
}

/** The two halves, each complaining when it is needed and missing. */
export function signingKeys(keys: SigningKeys): { signer: () => Signer; verifier: () => Verifier } {
  const { signer, verifier = signer && 'verify' in signer ? signer : undefined } = keys
  if (signer === undefined && verifier === undefined) throw new ItemCryptoError('CONFIGURATION', 'a signer or a verifier is needed')
  return { signer: () => needed(signer, 'signer'), verifier: () => needed(verifier, 'verifier') }
}

function needed<T>(key: T | undefined, title: string): T {
  if (key === undefined) throw new ItemCryptoError('NO_MATERIALS', `this provider has no ${title}`)
  return key
}
