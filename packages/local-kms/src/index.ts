/**
 * An embedded key management service for tests and the demo. It is no part of what itemseal publishes.
 *
 * @module
 */
export type { LocalKeySpec } from './key-file.ts'
export type { LocalKey, LocalKeyOptions } from './key-store.ts'
export { INTERNAL, type LocalKmsAction, type LocalKmsFailure, type LocalKmsHook, type LocalKmsRequest, THROTTLED } from './request-hook.ts'
export { type LocalKms, type LocalKmsOptions, startLocalKms } from './server.ts'
export type { LocalCredentials } from './signature.ts'
