/**
 * AWS KMS: clients for it. The one over the AWS SDK is in `./sdk`.
 *
 * @module
 */
export type * from './client.ts'
export type { KmsError } from './failure.ts'
export { type FetchKmsClientOptions, fetchKmsClient, type KmsCredentials } from './fetch-client.ts'
