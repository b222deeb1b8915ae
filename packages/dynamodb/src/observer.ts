/**
 * Who looks on while a call is made.
 *
 * @module
 */
import type { Tables } from './tables.ts'

/**
 * Makes the call, and looks on. Made by `itemEvents`.
 *
 * @param call is to be made with these tables, or with the same whose encryptors are looked at.
 */
export type Observer = <T>(operation: string, tables: Tables, call: (tables: Tables) => Promise<T>) => Promise<T>
