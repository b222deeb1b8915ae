/**
 * Keys that live in a store, in versions: encrypts with the newest, decrypts with the one that the item names (both peers:
 * `CachingMostRecentProvider`; classic-item-format, 8.5).
 *
 * @module
 */
import { ItemCryptoError } from '../errors.ts'
import { entryOf, META_ID } from './material-description.ts'
import type { MaterialsProvider } from './materials.ts'

/** Where versions of named materials are kept, such as the peers' MetaStore. */
export interface ProviderStore {
  /** The newest version of a material; `undefined` if there is none yet. */
  maxVersion(materialName: string): Promise<number | undefined>
  /** The provider of one version. @throws `NO_MATERIALS` if there is no such version. */
  provider(materialName: string, version: number): Promise<MaterialsProvider>
  /** The same, made if it is not there yet: called for version 0 only. A store that is only read needs none. */
  createProvider?(materialName: string, version: number): Promise<MaterialsProvider>
}

export interface CachingMostRecentProviderOptions {
  readonly store: ProviderStore
  readonly materialName: string
  /** Milliseconds after which a version, and which is the newest, is asked for again. */
  readonly ttl: number
  /** Versions kept at most; 1000 unless said otherwise. */
  readonly cacheSize?: number
  readonly now?: () => number
}

const META_ID_FORM = /^[^#]+#(\d+)$/

/** @throws `CONFIGURATION` for a material name with `#`, which no reader could take apart, or a time that is not positive. */
export function cachingMostRecentProvider({
  store,
  materialName,
  ttl,
  cacheSize = 1000,
  now = Date.now,
}: CachingMostRecentProviderOptions): MaterialsProvider {
  if (!materialName || materialName.includes('#')) throw new ItemCryptoError('CONFIGURATION', 'materialName: a name without # is needed')
  if (!(ttl > 0) || !(cacheSize >= 1)) throw new ItemCryptoError('CONFIGURATION', 'ttl and cacheSize: positive numbers are needed')
  const newest = timedCache<number | undefined>(ttl, 1, now)
  const versions = timedCache<MaterialsProvider>(ttl, cacheSize, now)
  const versionOf = (version: number) => versions.get(version, () => store.provider(materialName, version))

  async function newestProvider(): Promise<MaterialsProvider> {
    const version = await newest.get(0, () => store.maxVersion(materialName))
    if (version !== undefined) return versionOf(version)
    if (store.createProvider === undefined) throw new ItemCryptoError('NO_MATERIALS', 'the store has no version of this material')
    const create = store.createProvider(materialName, 0)
    newest.forget(0)
    return create
  }

  return {
    async encryptionMaterials(context, p) {
      return (await newestProvider()).encryptionMaterials(context, p)
    },
    async decryptionMaterials(context, p) {
      const [, version] = META_ID_FORM.exec(entryOf(context.description, META_ID) ?? '') ?? []
      if (version === undefined || !Number.isSafeInteger(Number(version)))
        throw new ItemCryptoError('NO_MATERIALS', `the item names no version of its materials (${META_ID})`)
      return (await versionOf(Number(version))).decryptionMaterials(context, p)
    },
  }
}

/** One fetch in flight per key; failures are not kept; the least recently used goes first. */
function timedCache<T>(
  ttl: number,
  size: number,
  now: () => number,
): { get(key: number, fetch: () => Promise<T>): Promise<T>; forget(key: number): void } {
  const entries = new Map<number, { value: Promise<T>; until: number }>()
  return {
    get(key, fetch) {
      const known = entries.get(key)
      entries.delete(key)
      const entry = known !== undefined && now() < known.until ? known : { value: fetch(), until: now() + ttl }
      entries.set(key, entry)
      if (entry !== known) {
        entry.value.catch(() => {
          if (entries.get(key) === entry) entries.delete(key)
        })
      }
      if (entries.size > size) entries.delete(entries.keys().next().value!)
      return entry.value
    },
    forget(key) {
      entries.delete(key)
    },
  }
}
