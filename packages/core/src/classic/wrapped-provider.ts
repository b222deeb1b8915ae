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
import { type ErrorCode, ItemCryptoError } from '../errors.ts'
import { entryOf } from '../item.ts'
import { isAesLength } from '../key-handle.ts'
import type { KeyWrapper } from '../key-wrapper.ts'
import type { MaybePromise } from '../primitives.ts'
import { CONTENT_KEY, CONTENT_KEY_ALGORITHM, type MaterialDescription, WRAPPING_ALGORITHM } from './material-description.ts'
import type { MaterialsProvider } from './materials.ts'
import { type SigningKeys, verifierOf } from './static-provider.ts'

/** For `wrappedProvider`. */
export interface WrappedProviderOptions extends SigningKeys {
  readonly keyWrapper: KeyWrapper
  /** Written into every item. `amzn-ddb-env-alg` (`AES/128`, `AES/192`, `AES/256`) chooses the length of the content keys. */
  readonly description?: MaterialDescription
}

const DEFAULT_ALGORITHM = 'AES/256'
/** In bytes; 0 where the algorithm does not say. */
const LENGTHS: Readonly<Record<string, number>> = { AES: 0, 'AES/128': 16, 'AES/192': 24, 'AES/256': 32 }

/** @throws `CONFIGURATION` for a description that speaks of another key than this. */
export function wrappedProvider(options: WrappedProviderOptions): MaterialsProvider {
  const { keyWrapper, description = {}, signer, verifier = verifierOf(signer) } = options
  const { [CONTENT_KEY_ALGORITHM]: algorithm = DEFAULT_ALGORITHM, [WRAPPING_ALGORITHM]: wrapping = keyWrapper.algorithm } = description
  const length = contentKeyLength(algorithm, 'CONFIGURATION') || 32
  if (wrapping !== keyWrapper.algorithm || CONTENT_KEY in description) {
    throw new ItemCryptoError('CONFIGURATION', `description: ${CONTENT_KEY} and ${WRAPPING_ALGORITHM} come from the wrapper`)
  }

  return {
    async encryptionMaterials({ dialect }, p) {
      const contentKey = p.randomBytes(length)
      try {
        const [encryptionKey, wrapped] = await Promise.all([
          p.importKey('AES-CBC', new Uint8Array(contentKey)),
          keyWrapper.wrap(contentKey, p),
        ])
        const entries = {
          [CONTENT_KEY]: toBase64(wrapped),
          // Java writes no length, and before 1.15.1 could not read one.
          [CONTENT_KEY_ALGORITHM]: dialect === 'java' ? 'AES' : algorithm,
          [WRAPPING_ALGORITHM]: wrapping,
        }
        return { encryptionKey, signer, description: { ...description, ...entries } }
      } finally {
        contentKey.fill(0)
      }
    },

    async decryptionMaterials(context, p) {
      const entry = (name: string) => entryOf(context.description, name) ?? entryOf(description, name)
      const wrapped = entry(CONTENT_KEY)
      if (wrapped === undefined) throw new ItemCryptoError('NO_MATERIALS', `the item has no ${CONTENT_KEY}`)
      const length = contentKeyLength(entry(CONTENT_KEY_ALGORITHM) ?? DEFAULT_ALGORITHM, 'UNSUPPORTED')
      const contentKey = await unwrapped(() => keyWrapper.unwrap(fromLenientBase64(wrapped), entry(WRAPPING_ALGORITHM), p), length)
      try {
        return { decryptionKey: await p.importKey('AES-CBC', new Uint8Array(contentKey)), verifier }
      } finally {
        contentKey.fill(0)
      }
    },
  }
}

function contentKeyLength(algorithm: string, code: ErrorCode): number {
  const length = entryOf(LENGTHS, algorithm)
  if (length === undefined) throw new ItemCryptoError(code, `${CONTENT_KEY_ALGORITHM}: not one of ${Object.keys(LENGTHS).join(', ')}`)
  return length
}

/** One error for every failure: which check of a padding failed is nobody's business. */
async function unwrapped(unwrap: () => MaybePromise<Uint8Array>, length: number): Promise<Uint8Array> {
  let cause: unknown
  try {
    const contentKey = await unwrap()
    if (isAesLength(contentKey.length) && contentKey.length === (length || contentKey.length)) return contentKey
  } catch (error) {
    if (error instanceof ItemCryptoError && error.code !== 'NOT_AUTHENTIC') throw error
    cause = error
  }
  throw new ItemCryptoError('NO_MATERIALS', 'content key: not of this key', { cause })
}
