/**
 * A materials manager that keeps materials for a while. The peers have none.
 *
 * Writing, an entry serves items of one encryption context; reading, items of the same encrypted data keys. The format puts
 * the values of an item's key attributes into its context, and binds data keys to it: so an entry serves one item, the second
 * and later times that it is written or read. That many writes share a data key is safe by the format, which derives the keys
 * of every one from its own random message id.
 *
 * Items of a suite with signature are signed with one key pair, whatever their contexts, and a new pair is made for a first
 * write no later than `maxAge` after the last was made; writes that bring a key pair of their own share only with those of the same.
 * Readers take the key from the item, as ever.
 *
 * What it costs: within `maxAge` a key that was withdrawn, a permission that was revoked or a branch key that was renewed has
 * no effect here, and nobody who counts the uses of a key sees these. Who opens the data key of one version of an item has
 * that of the others. Writes that share a key pair are recognizable as those of one process. Secrets stay in memory for as long.
 *
 * @module
 */
import { toBase64 } from '../base64.ts'
import { concat, toUtf8 } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'
import type { KeyPair, KeyUse, SecretKey, StructuredPrimitives } from '../primitives.ts'
import { type TimeLimitedCache, type TimeLimitedCacheOptions, timeLimitedCache } from './cache.ts'
import { serializeDataKeys } from './encrypted-data-key.ts'
import { serializeContext } from './encryption-context.ts'
import type { MaterialsManager } from './materials-manager.ts'

/** For `cachingMaterialsManager`. */
export interface CachingMaterialsManagerOptions extends TimeLimitedCacheOptions {
  readonly manager: MaterialsManager
  /** Milliseconds. */
  readonly maxAge: number
  /** Writes under one data key; no limit unless given. */
  readonly maxItems?: number
  /** Bytes encrypted under one data key; no limit unless given. */
  readonly maxBytes?: number
  /** For each direction. */
  readonly capacity?: number
  /** Zero unless said otherwise: entries are of one item each, most of which nobody asks for again. */
  readonly gracePeriod?: number
}

/**
 * Keeps what another manager gives; one request in flight for each entry. Wipes nothing: what it handed out may be in use.
 *
 * @throws `CONFIGURATION` for limits that are not positive.
 */
export function cachingMaterialsManager({
  manager,
  maxAge,
  maxItems = Infinity,
  maxBytes = Infinity,
  ...options
}: CachingMaterialsManagerOptions): MaterialsManager {
  if (!(maxAge > 0 && maxItems >= 1 && maxBytes >= 0))
    throw new ItemCryptoError('CONFIGURATION', 'caching manager: maxAge, maxItems and maxBytes are positive')
  const cacheOptions = { gracePeriod: 0, ...options }
  const newCaches = () => ({
    written: timeLimitedCache(cacheOptions),
    read: timeLimitedCache(cacheOptions),
    pairs: timeLimitedCache({ ...cacheOptions, capacity: 1 }),
  })
  const caches = new WeakMap<StructuredPrimitives, Record<'written' | 'read' | 'pairs', TimeLimitedCache>>() // handles are of one provider

  function cachesOf(p: StructuredPrimitives): ReturnType<typeof newCaches> {
    const known = caches.get(p) ?? newCaches()
    caches.set(p, known)
    return known
  }

  return {
    async encryptionMaterials(request, p) {
      const { suite, encryptionContext, requiredContextKeys, plaintextLength, signingKeys: given } = request
      const { written, pairs } = cachesOf(p)
      const names = toUtf8(JSON.stringify([suite.id, [...requiredContextKeys].sort(), given && toBase64(given.publicKey)]))
      const id = await idOf(p, names, serializeContext(encryptionContext))
      const fetch = async () => {
        const { signatureCurve } = suite
        const signingKeys =
          given ??
          (signatureCurve && (await pairs.get(signatureCurve, { maxAge }, async (): Promise<KeyPair> => p.ecdsaGenerate(signatureCurve))))
        const materials = await manager.encryptionMaterials({ ...request, ...(signingKeys && { signingKeys }) }, p)
        const { plaintextDataKey, symmetricSigningKeys } = materials
        return {
          ...materials,
          ...(plaintextDataKey && { plaintextDataKey: await handle(p, 'HKDF', plaintextDataKey) }),
          symmetricSigningKeys: await Promise.all(symmetricSigningKeys.map((key) => handle(p, 'HMAC-SHA-384', key))),
        }
      }
      return written.get(id, { maxAge, maxUses: maxItems, maxBytes }, fetch, plaintextLength)
    },

    async decryptionMaterials(request, p) {
      const { suite, encryptionContext, reproducedContext, encryptedDataKeys } = request
      const contexts = [encryptionContext, reproducedContext].map(serializeContext)
      const id = await idOf(p, toUtf8(JSON.stringify([suite.id])), ...contexts, serializeDataKeys(encryptedDataKeys))
      return cachesOf(p).read.get(id, { maxAge }, async () => {
        const materials = await manager.decryptionMaterials(request, p)
        const { plaintextDataKey, symmetricSigningKey } = materials
        return {
          ...materials,
          ...(plaintextDataKey && { plaintextDataKey: await handle(p, 'HKDF', plaintextDataKey) }),
          ...(symmetricSigningKey && { symmetricSigningKey: await handle(p, 'HMAC-SHA-384', symmetricSigningKey) }),
        }
      })
    },
  }
}

/** Each part tells where it ends. */
async function idOf(p: StructuredPrimitives, ...parts: readonly Uint8Array[]): Promise<string> {
  return toBase64(await p.digest('SHA-256', concat(...parts)))
}

async function handle(p: StructuredPrimitives, use: KeyUse, key: SecretKey): Promise<SecretKey> {
  return key instanceof Uint8Array ? p.importKey(use, key) : key
}
