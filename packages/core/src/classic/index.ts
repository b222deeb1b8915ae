/**
 * The classic format: what the Amazon DynamoDB Encryption Client for Java and for Python reads and writes. Signing
 * and wrapping keys come from the main entry; keys kept in versions from `classic/most-recent`.
 *
 * @module
 */
export type { AttributeValue } from '../attribute-value.ts'
export { type ErrorCode, ItemCryptoError } from '../errors.ts'
export type { AttributeActions, CryptoAction, Item, ItemEncryptor } from '../item.ts'
export type { KeyMaterial } from '../key-handle.ts'
export type { KeyWrapper } from '../key-wrapper.ts'
export type { ClassicPrimitives, Curve, Hash, KeyUse, MaybePromise, SecretKey } from '../primitives.ts'
export type { Signer, Verifier } from '../signer.ts'
export type { Dialect } from './dialect.ts'
export { type ClassicItemEncryptorOptions, classicItemEncryptor } from './encryptor.ts'
export type { MaterialDescription } from './material-description.ts'
export type { DecryptionMaterials, EncryptionMaterials, ItemContext, MaterialsProvider } from './materials.ts'
export { type SigningKeys, type StaticProviderOptions, staticProvider } from './static-provider.ts'
export { type WrappedProviderOptions, wrappedProvider } from './wrapped-provider.ts'
