/**
 * What a configuration may need of the world around it.
 *
 * @module
 */
import type { Item } from '@itemseal/core'
import type { KeyTools } from './keys.ts'

export interface Surroundings {
  readonly tools: KeyTools
  /** Reads a file of items, all of them. */
  readItems(file: string): Promise<Item[]>
  /** The environment's variables, for credentials and a Region of KMS. */
  readonly environment?: Readonly<Record<string, string | undefined>>
}
