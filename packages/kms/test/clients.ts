import { KMSClient } from '@aws-sdk/client-kms'
import { fetchKmsClient, type KmsClient } from '@itemseal/kms'
import { sdkKmsClient } from '@itemseal/kms/sdk'
import type { LocalKms } from '@itemseal/local-kms'

export interface ClientOptions {
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  readonly maxConcurrent?: number
  /** Of the fetch client: the SDK has its own. */
  readonly backoffMs?: number
}

/** Both kinds of client, for a Region of the local service. */
export const CLIENTS: Readonly<Record<string, (kms: LocalKms, region?: string, options?: ClientOptions) => KmsClient>> = {
  fetch: ({ endpoint, credentials }, region = 'us-east-1', options = {}) =>
    fetchKmsClient({ endpoint, credentials, region, backoffMs: 5, ...options }),
  SDK: ({ endpoint, credentials }, region = 'us-east-1', { backoffMs: _, ...options } = {}) =>
    sdkKmsClient(new KMSClient({ endpoint, credentials, region, maxAttempts: 4 }), options),
}
