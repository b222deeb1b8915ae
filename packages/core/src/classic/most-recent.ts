/**
 * The classic format's materials that are kept in versions: the caching most recent provider, and the items of the peers'
 * MetaStore.
 *
 * @module
 */
export {
  type CachingMostRecentProvider,
  type CachingMostRecentProviderOptions,
  cachingMostRecentProvider,
  checkMaterialName,
  type ProviderStore,
} from './caching-provider.ts'
export { META_STORE, type MetaStoreAttribute, metaStoreActions, metaStoreProvider, newMetaStoreItem } from './meta-store-item.ts'
