/**
 * Keys that live in a store, in versions: encrypts with the newest, decrypts with the one that the item names (both peers:
 * `CachingMostRecentProvider`; classic-item-format, 8.5).
 *
 * @module
 */
import { ItemCryptoError } from '../errors.ts'
import { entryOf } from '../item.ts'
import { META_ID } from './material-description.ts'
import type { ItemContext, MaterialsProvider } from './materials.ts'
import { refreshingCache } from './refreshing-cache.ts'

/** Where versions of named materials are kept, such as the peers' MetaStore. */
export interface ProviderStore {
  /** The newest version of a material; `undefined` if there is none yet. */
  maxVersion(materialName: string): Promise<number | undefined>
  /** The provider of one version. @throws `NO_MATERIALS` if there is no such version. */
  provider(materialName: string, version: number): Promise<MaterialsProvider>
  /** The same, made if it is not there yet: called for version 0 of a material without any. A store that is only read needs none. */
  createProvider?(materialName: string, version: number): Promise<MaterialsProvider>
}

/** For `cachingMostRecentProvider`. */
export interface CachingMostRecentProviderOptions {
  readonly store: ProviderStore
  /**
   * Or who chooses it for an item: by what is in clear, such as its keys, since it is asked when reading too. Of the name and
   * version that an item bears, only the version is taken.
   */
  readonly materialName: string | ((context: ItemContext) => string)
  /** Milliseconds after which a version, and which is the newest, is asked for again. */
  readonly ttl: number
  /** Versions kept at most, and names; 1000 each unless said otherwise. */
  readonly cacheSize?: number
  readonly now?: () => number
}

/** Keys in versions, for `classicItemEncryptor`. */
export interface CachingMostRecentProvider extends MaterialsProvider {
  /** Forgets all versions, and which are the newest: after a new one was made, to use it at once. */
  refresh(): void
}

const META_ID_FORM = /^[^#]+#(\d+)$/

/**
 * Every version is asked for again after the ttl, whether it is used for writing or only for reading. In the 500 ms after that
 * one caller asks, and gets the failure if there is one; the others get the old version. Later nobody does: without an
 * answer of the store there is `NO_MATERIALS`. A fetch that is not answered within 10 seconds is left to those who wait for it: the
 * next caller asks anew. Time limits and repetitions are the store's affair.
 *
 * Reading asks the store for versions only. Writing asks for the newest, and has version 0 made if there is none.
 *
 * @throws `CONFIGURATION` for a material name with `#`, which no reader could take apart, or a time that is not positive.
 */
export function cachingMostRecentProvider(options: CachingMostRecentProviderOptions): CachingMostRecentProvider {
  const { store, materialName, ttl, cacheSize = 1000, now = Date.now } = options
  if (typeof materialName === 'string') checkMaterialName(materialName)
  if (!(ttl > 0) || !(cacheSize >= 1)) throw new ItemCryptoError('CONFIGURATION', 'ttl and cacheSize: positive numbers are needed')
  const newest = refreshingCache<number>(ttl, cacheSize, now)
  const versions = refreshingCache<MaterialsProvider>(ttl, cacheSize, now)

  function nameFor(context: ItemContext): string {
    return typeof materialName === 'string' ? materialName : checkMaterialName(materialName(context))
  }

  function versionOf(name: string, version: number): Promise<MaterialsProvider> {
    return versions.get(`${name}#${version}`, () => store.provider(name, version))
  }

  async function newestOf(name: string): Promise<number> {
    const version = await store.maxVersion(name)
    if (version !== undefined) return version
    if (store.createProvider === undefined) throw new ItemCryptoError('NO_MATERIALS', 'the store has no version of this material')
    versions.set(`${name}#0`, await store.createProvider(name, 0))
    return 0
  }

  return {
    async encryptionMaterials(context, p) {
      const name = nameFor(context)
      const version = await newest.get(name, () => newestOf(name))
      return (await versionOf(name, version)).encryptionMaterials(context, p)
    },
    async decryptionMaterials(context, p) {
      const [, version] = META_ID_FORM.exec(entryOf(context.description, META_ID) ?? '') ?? []
      if (version === undefined || !Number.isSafeInteger(Number(version)))
        throw new ItemCryptoError('NO_MATERIALS', `the item names no version of its materials (${META_ID})`)
      return (await versionOf(nameFor(context), Number(version))).decryptionMaterials(context, p)
    },
    refresh() {
      newest.clear()
      versions.clear()
    },
  }
}

/** @throws `CONFIGURATION` for one that no reader could find again in an item. */
export function checkMaterialName(name: string): string {
  if (!name || name.includes('#')) throw new ItemCryptoError('CONFIGURATION', 'materialName: a name without # is needed')
  return name
}
