/**
 * A new content key for every item, wrapped and stored with it (Java: `WrappedMaterialsProvider`,
 * `AsymmetricStaticProvider`; Python: `WrappedCryptographicMaterialsProvider`; classic-item-format, 8.2).
 *
 * The signature does not cover the wrapped key. AES key wrap has an integrity check of its own, RSA has none: who can write
 * to the table can then give an item another content key, which turns its encrypted values into refusals.
 *
 * @module
 */
import { fromLenientBase64, toBase64 } from '../base64.ts'
import { ItemCryptoError } from '../errors.ts'
import { isAesLength } from '../key-handle.ts'
import type { KeyWrapper } from '../key-wrapper.ts'
import { CONTENT_KEY, CONTENT_KEY_ALGORITHM, entryOf, type MaterialDescription, WRAPPING_ALGORITHM } from './material-description.ts'
import type { MaterialsProvider } from './materials.ts'
import { type SigningKeys, signingKeys } from './static-provider.ts'

export interface WrappedProviderOptions extends SigningKeys {
  readonly keyWrapper: KeyWrapper
  /** Written into every item. `amzn-ddb-env-alg` (`AES/128`, `AES/192`, `AES/256`) chooses the length of the content keys. */
  readonly description?: MaterialDescription
}

const DEFAULT_ALGORITHM = 'AES/256'
const ALGORITHM = /^AES(?:\/(128|192|256))?$/

/** @throws `CONFIGURATION` for a description that speaks of another key than this. */
export function wrappedProvider({ keyWrapper, description = {}, ...keys }: WrappedProviderOptions): MaterialsProvider {
  const { signer, verifier } = signingKeys(keys)
  const algorithm = entryOf(description, CONTENT_KEY_ALGORITHM) ?? DEFAULT_ALGORITHM
  const length = contentKeyLength(algorithm) ?? 32
  const wrapping = entryOf(description, WRAPPING_ALGORITHM) ?? keyWrapper.algorithm
  if (length === 'unknown')
    throw new ItemCryptoError('CONFIGURATION', `description: ${CONTENT_KEY_ALGORITHM} is AES, AES/128, AES/192 or AES/256`)
  if (entryOf(description, CONTENT_KEY) !== undefined)
    throw new ItemCryptoError('CONFIGURATION', `description: ${CONTENT_KEY} is made anew for every item`)
  if (wrapping !== keyWrapper.algorithm)
    throw new ItemCryptoError('CONFIGURATION', `description: ${WRAPPING_ALGORITHM} is not what the key wrapper does`)

  return {
    async encryptionMaterials({ dialect }, p) {
      const contentKey = p.randomBytes(length)
      try {
        const [encryptionKey, wrapped] = await Promise.all([p.importKey('AES-CBC', contentKey), keyWrapper.wrap(contentKey, p)])
        const entries = {
          [CONTENT_KEY]: toBase64(wrapped),
          // Java writes no length, and before 1.15.1 could not read one.
          [CONTENT_KEY_ALGORITHM]: dialect === 'java' ? 'AES' : algorithm,
          [WRAPPING_ALGORITHM]: wrapping,
        }
        return { encryptionKey, signer: signer(), description: { ...description, ...entries } }
      } finally {
        contentKey.fill(0)
      }
    },

    async decryptionMaterials(context, p) {
      const entry = (name: string) => entryOf(context.description, name) ?? entryOf(description, name)
      const wrapped = entry(CONTENT_KEY)
      if (wrapped === undefined) throw new ItemCryptoError('NO_MATERIALS', `the item has no wrapped content key (${CONTENT_KEY})`)
      const length = contentKeyLength(entry(CONTENT_KEY_ALGORITHM) ?? DEFAULT_ALGORITHM)
      if (length === 'unknown')
        throw new ItemCryptoError('UNSUPPORTED', `the item's ${CONTENT_KEY_ALGORITHM} is not one that is accepted here`)
      const contentKey = await unwrap(() => keyWrapper.unwrap(fromLenientBase64(wrapped), entry(WRAPPING_ALGORITHM), p))
      try {
        if (!isAesLength(contentKey.length) || contentKey.length !== (length ?? contentKey.length)) throw notUnwrapped()
        return { decryptionKey: await p.importKey('AES-CBC', contentKey), verifier: verifier() }
      } finally {
        contentKey.fill(0)
      }
    },
  }
}

/** In bytes; `undefined` where the algorithm does not say. */
function contentKeyLength(algorithm: string): number | undefined | 'unknown' {
  const match = ALGORITHM.exec(algorithm)
  if (match === null) return 'unknown'
  return match[1] === undefined ? undefined : Number(match[1]) / 8
}

/** One error for every failure: which check of a padding failed is nobody's business. */
async function unwrap(step: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof ItemCryptoError && cause.code !== 'NOT_AUTHENTIC') throw cause
    throw notUnwrapped(cause)
  }
}

function notUnwrapped(cause?: unknown): ItemCryptoError {
  return new ItemCryptoError('NO_MATERIALS', 'the content key of the item does not unwrap under this key', { cause })
}
