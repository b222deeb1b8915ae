/**
 * Keyrings, materials managers and branch keys: where the structured format's keys come from.
 *
 * @module
 */
export { spkiOfPoint } from '../ec-point.ts'
export { type ErrorCode, ItemCryptoError } from '../errors.ts'
export type { KeyMaterial } from '../key-handle.ts'
export { type KeyWrapper, type RsaOaepAlgorithm, rsaOaepKeyWrapper } from '../key-wrapper.ts'
export type {
  CommonPrimitives,
  Curve,
  Hash,
  KeyPair,
  KeyUse,
  MaybePromise,
  Primitives,
  SecretKey,
  StructuredPrimitives,
} from '../primitives.ts'
export {
  type BranchKey,
  type BranchKeyCallOptions,
  type BranchKeyPut,
  type BranchKeyStorage,
  type BranchKeyStore,
  type InMemoryBranchKey,
  inMemoryBranchKeyStore,
  versionText,
} from './branch-key.ts'
export { type CacheLimits, type TimeLimitedCache, type TimeLimitedCacheOptions, timeLimitedCache } from './cache.ts'
export { type CachingMaterialsManagerOptions, cachingMaterialsManager } from './caching-manager.ts'
export { directWrapping } from './direct-wrapping.ts'
export { type EcdhKeyringParts, type EcdhParty, ecdhKeyring, ecdhOf, importedPublicKey } from './ecdh-keyring.ts'
export {
  ECDH_PROVIDERS,
  type EcdhAgreement,
  type EcdhParties,
  parseEcdhInfo,
  serializeEcdhInfo,
  unwrapUnderEcdh,
  wrapUnderEcdh,
} from './ecdh-wrapping.ts'
export {
  addDataKey,
  type DataKeyWrapping,
  openDataKey,
  type ProviderUnwrap,
  type ProviderWrap,
  type ProviderWrapped,
} from './edk-wrapping.ts'
export type { EncryptedDataKey } from './encrypted-data-key.ts'
export { contextAad, type EncryptionContext } from './encryption-context.ts'
export { type BranchKeyIdSupplier, type HierarchicalKeyringOptions, hierarchicalKeyring } from './hierarchical-keyring.ts'
export { firstOpened, type Keyring } from './keyring.ts'
export type { DecryptionMaterials, EncryptionMaterials } from './materials.ts'
export {
  type DecryptionMaterialsRequest,
  defaultMaterialsManager,
  type EncryptionMaterialsRequest,
  type MaterialsManager,
  type RequiredContextMaterialsManagerOptions,
  requiredContextMaterialsManager,
} from './materials-manager.ts'
export { type MultiKeyringOptions, multiKeyring } from './multi-keyring.ts'
export { type RawAesKeyringOptions, rawAesKeyring } from './raw-aes-keyring.ts'
export { type RawEcdhKeyringOptions, rawEcdhKeyring } from './raw-ecdh-keyring.ts'
export type { RawKeyName } from './raw-key-name.ts'
export { type RawRsaKeyringOptions, rawRsaKeyring } from './raw-rsa-keyring.ts'
export { type AlgorithmSuite, type AlgorithmSuiteId, SUITES } from './suites.ts'
