/**
 * Ready-made operators for `overrideEncryptionContext`: for tables that were copied, restored or renamed.
 *
 * @module
 */
import type { ItemContext } from './materials.ts'

/** Items of the one table are signed and looked up as if they were of the other. */
export function overrideEncryptionContextTableName(from: string, to: string): (context: ItemContext) => ItemContext {
  return overrideEncryptionContextTableNameUsingMap({ [from]: to })
}

/** The same for several tables; those that are not named stay as they are. */
export function overrideEncryptionContextTableNameUsingMap(names: Readonly<Record<string, string>>): (context: ItemContext) => ItemContext {
  const known = new Map(Object.entries(names))
  return (context) => ({ ...context, tableName: known.get(context.tableName) ?? context.tableName })
}
