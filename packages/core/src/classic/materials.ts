/**
 * Where keys come from: the interface between the classic format and its materials providers.
 *
 * @module
 */
import type { Item } from '../item.ts'
import type { ClassicPrimitives, MaybePromise, SecretKey } from '../primitives.ts'
import type { Signer, Verifier } from '../signer.ts'
import type { Dialect } from './dialect.ts'
import type { MaterialDescription } from './material-description.ts'

/** What a provider may look at to choose its keys. */
export interface ItemContext {
  readonly tableName: string
  readonly partitionKey: string
  readonly sortKey?: string
  readonly dialect: Dialect
  /** The item: in plaintext when encrypting; as stored, but for the two reserved attributes, when decrypting. Made whenever it is asked for. */
  readonly attributes: Item
  /** When decrypting, the item's own, which nothing has confirmed yet; empty when encrypting. */
  readonly description: MaterialDescription
}

/** Keys for one item to be written. */
export interface EncryptionMaterials {
  /** AES key of 16, 24 or 32 bytes, imported for `AES-CBC`. Without it nothing can be encrypted, only signed. */
  readonly encryptionKey?: SecretKey | undefined
  /** Without it nothing can be written. */
  readonly signer?: Signer | undefined
  /** What the reader needs to know: stored in clear, not signed. */
  readonly description: MaterialDescription
}

/** Keys for one item to be read. */
export interface DecryptionMaterials {
  /** AES key of 16, 24 or 32 bytes, imported for `AES-CBC`. */
  readonly decryptionKey?: SecretKey | undefined
  /** Without it nothing can be read. */
  readonly verifier?: Verifier | undefined
}

/**
 * Gives the keys for each item (in the peers: cryptographic materials provider, CMP).
 *
 * A provider that has no keys for an item throws `NO_MATERIALS`; anything else that it throws becomes its `cause`. Needs no
 * cryptography itself? Ignore the primitives.
 */
export interface MaterialsProvider {
  encryptionMaterials(context: ItemContext, p: ClassicPrimitives): MaybePromise<EncryptionMaterials>
  decryptionMaterials(context: ItemContext, p: ClassicPrimitives): MaybePromise<DecryptionMaterials>
}
