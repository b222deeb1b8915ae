/**
 * What a configuration may need of the world around it.
 *
 * @module
 */
import type { Item, MaybePromise, Primitives } from '@itemseal/core'
import type { FetchKmsClientOptions, KmsClient } from '@itemseal/kms'
import type { KeyTools } from './keys.ts'

export interface Surroundings {
  readonly tools: KeyTools
  /** Reads a file of items, all of them. */
  readItems(file: string): Promise<Item[]>
  /** Told of what a key at this path must be able to do: who wants to know before the first item tries it. */
  tryOut?(path: string, use: (p: Primitives) => MaybePromise<unknown>): void
  /** The environment's variables, for credentials and a Region of KMS. */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** Makes the client of KMS for a Region. By default one over `fetch`. */
  kmsClient?(options: Pick<FetchKmsClientOptions, 'region' | 'endpoint' | 'credentials'>): KmsClient
}
