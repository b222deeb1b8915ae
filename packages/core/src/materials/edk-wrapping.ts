/**
 * From a data key to the ciphertext of an encrypted data key, and back: the part that all keyrings share.
 *
 * A keyring's provider does not wrap the data key but an intermediate key, new for each encrypted data key, which also gives
 * its symmetric signing key (materials-and-keyrings, 1.5):
 *
 *     data key       AES-256-GCM under HKDF-SHA-512(intermediate key, `AWS_MPL_INTERMEDIATE_KEYWRAP_ENC`): data key length + 16 bytes
 *     provider's     the wrapped intermediate key, in the provider's own form
 *
 * A suite may bring a wrapping of its own instead (`direct-wrapping.ts`).
 *
 * @module
 */
import { concat, toUtf8 } from '../bytes.ts'
import { Cursor } from '../cursor.ts'
import { failingAs, ItemCryptoError } from '../errors.ts'
import type { MaybePromise, StructuredPrimitives } from '../primitives.ts'
import type { EncryptedDataKey } from './encrypted-data-key.ts'
import { contextAad } from './encryption-context.ts'
import type { DecryptionMaterials, EncryptionMaterials } from './materials.ts'

/** What a provider made: an encrypted data key, and the key in it if that is not the one it was given but one of its own. */
export interface ProviderWrapped extends EncryptedDataKey {
  readonly key?: Uint8Array
}

/** The provider. It gets a key to wrap, which is overwritten afterwards. */
export type ProviderWrap = (key: Uint8Array) => MaybePromise<ProviderWrapped>
/** The same back. */
export type ProviderUnwrap = (wrapped: Uint8Array) => MaybePromise<Uint8Array>

/** What else may lie between a data key and a provider. */
export interface DataKeyWrapping {
  add(materials: EncryptionMaterials, dataKey: Uint8Array, wrap: ProviderWrap): Promise<EncryptionMaterials>
  open(materials: DecryptionMaterials, ciphertext: Uint8Array, unwrap: ProviderUnwrap): Promise<DecryptionMaterials>
}

const INTERMEDIATE_LENGTH = 32
const TAG = 16
const IV = /* @__PURE__ */ new Uint8Array(12) // each wrapping key is used once

/** Adds an encrypted data key to the materials, and the data key itself if there is none yet. */
export async function addDataKey(
  materials: EncryptionMaterials,
  p: StructuredPrimitives,
  wrap: ProviderWrap,
): Promise<EncryptionMaterials> {
  const { suite, plaintextDataKey = p.randomBytes(suite.dataKeyLength), encryptionContext } = materials
  if (suite.wrapping) return suite.wrapping.add(materials, plaintextDataKey, wrap)
  const fresh = p.randomBytes(INTERMEDIATE_LENGTH)
  try {
    const { key = fresh, ciphertext, ...named } = await wrap(fresh)
    const { signingKey, wrappingKey } = await derive(p, key)
    const wrapped = await p.aesGcmEncrypt(wrappingKey, IV, contextAad(encryptionContext), plaintextDataKey)
    return {
      ...materials,
      plaintextDataKey,
      encryptedDataKeys: [...materials.encryptedDataKeys, { ...named, ciphertext: concat(wrapped, ciphertext) }],
      symmetricSigningKeys: [...materials.symmetricSigningKeys, signingKey],
    }
  } finally {
    fresh.fill(0)
  }
}

/**
 * Opens an encrypted data key.
 *
 * @throws `NOT_AUTHENTIC` if it does not open, `MALFORMED` if it is too short to be one.
 */
export async function openDataKey(
  materials: DecryptionMaterials,
  p: StructuredPrimitives,
  edk: EncryptedDataKey,
  unwrap: ProviderUnwrap,
): Promise<DecryptionMaterials> {
  const { suite, encryptionContext } = materials
  return failingAs('NOT_AUTHENTIC', 'encrypted data key: not of this key or encryption context', async () => {
    if (suite.wrapping) return suite.wrapping.open(materials, edk.ciphertext, unwrap)
    const cursor = new Cursor(edk.ciphertext, 'encrypted data key')
    const wrapped = cursor.bytes(suite.dataKeyLength + TAG)
    const { signingKey, wrappingKey } = await derive(p, await unwrap(cursor.bytes(cursor.left)))
    const plaintextDataKey = await p.aesGcmDecrypt(wrappingKey, IV, contextAad(encryptionContext), wrapped)
    return { ...materials, plaintextDataKey, symmetricSigningKey: signingKey }
  })
}

async function derive(p: StructuredPrimitives, intermediateKey: Uint8Array): Promise<{ signingKey: Uint8Array; wrappingKey: Uint8Array }> {
  const key = await p.importKey('HKDF', ofLength(INTERMEDIATE_LENGTH, intermediateKey))
  const [signingKey, wrappingKey] = await Promise.all(
    ['MAC', 'ENC'].map((use) => p.hkdf('SHA-512', key, toUtf8(`AWS_MPL_INTERMEDIATE_KEYWRAP_${use}`), 32)),
  )
  return { signingKey: signingKey!, wrappingKey: wrappingKey! }
}

/** @throws `NOT_AUTHENTIC` for a key of another length. */
export function ofLength(length: number, key: Uint8Array): Uint8Array {
  if (key.length !== length) throw new ItemCryptoError('NOT_AUTHENTIC', 'encrypted data key: of another length')
  return key
}
