/**
 * The structured format: what the AWS Database Encryption SDK for DynamoDB (Java, .NET, Rust, Go) reads and writes. Keyrings
 * are in the entry `materials`; branch keys by the key of an item in `structured/branch-key-id-supplier`.
 *
 * @module
 */
export type { AttributeValue } from '../attribute-value.ts'
export { type ErrorCode, ItemCryptoError } from '../errors.ts'
export type { AttributeActions, CryptoAction, Item, ItemEncryptor } from '../item.ts'
export type { Keyring } from '../materials/keyring.ts'
export type { MaterialsManager } from '../materials/materials-manager.ts'
export type { AlgorithmSuiteId } from '../materials/suites.ts'
export type { Primitives, StructuredPrimitives } from '../primitives.ts'
export type { TableConfiguration } from './configuration.ts'
export { type StructuredItemEncryptorOptions, structuredItemEncryptor } from './encryptor.ts'
