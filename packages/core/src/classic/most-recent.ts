/**
 * The classic format's materials that are kept in versions: the caching most recent provider, and the items of the peers'
 * MetaStore.
 *
 * @module
 */
export { type CachingMostRecentProviderOptions, cachingMostRecentProvider, type ProviderStore } from './caching-provider.ts'
export { META_STORE, metaStoreProvider } from './meta-store-item.ts'
