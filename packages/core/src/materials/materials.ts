/**
 * Materials: the keys for one item on their way from the keyring. They are values: who adds to them makes new ones.
 *
 * @module
 */
import type { SecretKey, WebCryptoKey } from '../primitives.ts'
import type { EncryptedDataKey } from './encrypted-data-key.ts'
import type { EncryptionContext } from './encryption-context.ts'
import type { AlgorithmSuite } from './suites.ts'

interface Materials {
  readonly suite: AlgorithmSuite
  /** All of it; data keys are bound to it. */
  readonly encryptionContext: EncryptionContext
  /** Names of those of its pairs that the item does not store: its reader makes them anew. */
  readonly requiredContextKeys: readonly string[]
}

/**
 * For an item to be written.
 *
 * Between keyrings the secrets are bytes. A manager that keeps materials may hand out handles of the provider instead,
 * imported for `HKDF` and `HMAC-SHA-384`.
 */
export interface EncryptionMaterials<Secret extends SecretKey = Uint8Array> extends Materials {
  /** Once there, never another. */
  readonly plaintextDataKey?: Secret
  readonly encryptedDataKeys: readonly EncryptedDataKey[]
  /** One for each encrypted data key, in the same order. */
  readonly symmetricSigningKeys: readonly Secret[]
  /** Private, for a suite with signature; its public half is in the context. */
  readonly signingKey?: SecretKey
}

/** For an item to be read. */
export interface DecryptionMaterials<Secret extends SecretKey = Uint8Array> extends Materials {
  readonly plaintextDataKey?: Secret
  /** That of the encrypted data key which was opened. */
  readonly symmetricSigningKey?: Secret
  /** For a suite with signature: a point as `ecdsaVerify` takes it, or a key. */
  readonly verificationKey?: Uint8Array | WebCryptoKey
}
