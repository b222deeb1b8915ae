/**
 * Keyrings: who wraps and unwraps data keys.
 *
 * @module
 */
import { ItemCryptoError } from '../errors.ts'
import type { MaybePromise, StructuredPrimitives } from '../primitives.ts'
import type { EncryptedDataKey } from './encrypted-data-key.ts'
import type { DecryptionMaterials, EncryptionMaterials } from './materials.ts'

/**
 * Changes nothing that it is given. One that needs no cryptography ignores the primitives; one that needs AES key wrap or ECDH
 * brings its own, such as `webCrypto`: those of a structured encryptor may be without.
 */
export interface Keyring {
  /** Generates the data key if there is none yet, and adds its encrypted data key. */
  onEncrypt(materials: EncryptionMaterials, p: StructuredPrimitives): MaybePromise<EncryptionMaterials>
  /**
   * Opens one of the encrypted data keys. Those of others are passed over; failures of its own are collected.
   *
   * @throws `NO_MATERIALS` if none opens, with an `AggregateError` of all failures as `cause`.
   */
  onDecrypt(materials: DecryptionMaterials, keys: readonly EncryptedDataKey[], p: StructuredPrimitives): MaybePromise<DecryptionMaterials>
}

/**
 * The first success, tried in order.
 *
 * @param attempt answers `undefined` for what belongs to others, and throws for what is its own and does not open.
 * @throws `NO_MATERIALS` with an `AggregateError` of all failures as `cause`.
 */
export async function firstOpened<T>(
  who: string,
  materials: DecryptionMaterials,
  candidates: readonly T[],
  attempt: (candidate: T) => MaybePromise<DecryptionMaterials | undefined>,
): Promise<DecryptionMaterials> {
  if (materials.plaintextDataKey) throw new ItemCryptoError('CONFIGURATION', `${who}: the materials have a plaintext data key`)
  const failures: unknown[] = []
  for (const candidate of candidates) {
    try {
      const opened = await attempt(candidate)
      if (opened) return opened
    } catch (error) {
      failures.push(error)
    }
  }
  const reason = failures.length === 0 ? 'no encrypted data key is of this name' : 'no encrypted data key opened'
  throw new ItemCryptoError('NO_MATERIALS', `${who}: ${reason}`, { cause: new AggregateError(failures, reason) })
}
