/**
 * What all formats share: items, their JSON, the one error, and the cryptography.
 *
 * @module
 */
export type { AttributeType, AttributeValue } from './attribute-value.ts'
export { fromBase64, fromLenientBase64, toBase64 } from './base64.ts'
export { itemFromJson, itemToJson, parseDynamoDbJson, stringifyDynamoDbJson } from './dynamodb-json.ts'
export { type ErrorCode, ItemCryptoError } from './errors.ts'
export { type AttributeActions, type CryptoAction, type Item, type ItemEncryptor, snapshot } from './item.ts'
export type { KeyMaterial } from './key-handle.ts'
export { aesKeyWrapper, type KeyWrapper, type RsaOaepAlgorithm, rsaOaepKeyWrapper, unsupportedWrapping } from './key-wrapper.ts'
export { normalizeNumber } from './number.ts'
export type {
  ClassicPrimitives,
  CommonPrimitives,
  Curve,
  EcdhPrimitives,
  Hash,
  KeyDerivationPrimitives,
  KeyPair,
  KeyUse,
  KeyWrapPrimitives,
  MaybePromise,
  Primitives,
  SecretKey,
  StructuredPrimitives,
  WebCryptoKey,
} from './primitives.ts'
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
} from './signer.ts'
export { keyDerivationWebCrypto, webCrypto } from './webcrypto.ts'
