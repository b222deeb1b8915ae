/**
 * Who looks on while a call is made.
 *
 * @module
 */
import type { Tables } from './tables.ts'

/** Begins to watch a call of this operation. Made by `itemEvents`. */
export type Observer = (operation: string, tables: Tables) => Watch

/** One call under watch. */
export interface Watch {
  /** In place of the tables: the same, whose encryptors are looked at. */
  readonly tables: Tables
  /** Called once when the call is over, with what it failed with. */
  done(error?: unknown): void
}
