/**
 * The classic format: what the Amazon DynamoDB Encryption Client for Java and for Python reads and writes.
 *
 * @module
 */
export type { AttributeValue } from '../attribute-value.ts'
export { type ErrorCode, ItemCryptoError } from '../errors.ts'
export type { AttributeActions, CryptoAction, Item, ItemEncryptor } from '../item.ts'
export type { KeyMaterial } from '../key-handle.ts'
export { aesKeyWrapper, type KeyWrapper, type RsaOaepAlgorithm, rsaOaepKeyWrapper } from '../key-wrapper.ts'
export type { Curve, Hash, KeyUse, MaybePromise, Primitives, SecretKey } from '../primitives.ts'
export {
  type EcdsaSignatureAlgorithm,
  ecdsaSigner,
  ecdsaVerifier,
  hmacSigner,
  type MacAlgorithm,
  type RsaSignatureAlgorithm,
  rsaSigner,
  rsaVerifier,
  type Signer,
  type Verifier,
} from '../signer.ts'
export { type CachingMostRecentProviderOptions, cachingMostRecentProvider, type ProviderStore } from './caching-provider.ts'
export { overrideEncryptionContextTableName, overrideEncryptionContextTableNameUsingMap } from './context-override.ts'
export type { Dialect } from './dialect.ts'
export { type ClassicItemEncryptorOptions, classicItemEncryptor } from './encryptor.ts'
export type { MaterialDescription } from './material-description.ts'
export type { DecryptionMaterials, EncryptionMaterials, ItemContext, MaterialsProvider } from './materials.ts'
export { META_STORE, metaStoreProvider } from './meta-store-item.ts'
export { type SigningKeys, type StaticProviderOptions, staticProvider } from './static-provider.ts'
export { type WrappedProviderOptions, wrappedProvider } from './wrapped-provider.ts'
