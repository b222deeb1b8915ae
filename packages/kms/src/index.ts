/**
 * AWS KMS: clients for it, and keyrings over its keys. The client over the AWS SDK is in `./sdk`.
 *
 * @module
 */
export { formatKmsArn, isKmsIdentifier, isSameKey, type KmsArn, parseKmsArn } from './arn.ts'
export {
  type BranchKeyKmsClient,
  type BranchKeyKmsConfiguration,
  type CreateBranchKeyOptions,
  type KmsBranchKeyStore,
  type KmsBranchKeyStoreOptions,
  kmsBranchKeyStore,
} from './branch-key-store.ts'
export type * from './client.ts'
export { type KmsClientSupplier, type KmsFor, type RegionalKmsClientsOptions, regionalKmsClients } from './client-supplier.ts'
export {
  type KmsDiscoveryFilter,
  type KmsDiscoveryKeyringOptions,
  type KmsMrkDiscoveryKeyringOptions,
  kmsDiscoveryKeyring,
  kmsMrkDiscoveryKeyring,
} from './discovery-keyring.ts'
export { type KmsEcdhKeyringOptions, kmsEcdhKeyring } from './ecdh-keyring.ts'
export type { KmsError } from './failure.ts'
export { type FetchKmsClientOptions, fetchKmsClient, type KmsCredentials } from './fetch-client.ts'
export { type KmsKeyringOptions, kmsKeyring, kmsMrkKeyring } from './kms-keyring.ts'
export {
  type KmsDiscoveryMultiKeyringOptions,
  type KmsMultiKeyringOptions,
  kmsDiscoveryMultiKeyring,
  kmsMrkDiscoveryMultiKeyring,
  kmsMrkMultiKeyring,
  kmsMultiKeyring,
} from './multi-keyring.ts'
export { type KmsRsaKeyringOptions, kmsRsaKeyring } from './rsa-keyring.ts'
