/**
 * What a configuration may need of the world around it.
 *
 * @module
 */
import type { Item } from '@itemseal/core'
import type { FetchKmsClientOptions, KmsClient } from '@itemseal/kms'
import type { KeyTools } from './keys.ts'

export interface Surroundings {
  readonly tools: KeyTools
  /** Reads a file of items, all of them. */
  readItems(file: string): Promise<Item[]>
  /** The environment's variables, for credentials and a Region of KMS. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Makes the client of KMS for a Region. By default one over `fetch`. */
  kmsClient?(options: Pick<FetchKmsClientOptions, 'region' | 'endpoint' | 'credentials'>): KmsClient
}
