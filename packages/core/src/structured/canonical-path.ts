/**
 * Canonical paths: the name of an attribute as it is authenticated, with that of its table (structured-item-format, section 4).
 *
 *     table     UTF-8 of the logical table name
 *     depth     uint64, 1
 *     `$`
 *     length    uint64: of the attribute's name in UTF-16 code units, not in bytes
 *     name      UTF-8 of the attribute's name
 *
 * @module
 */
import { concat, toUtf8, uint } from '../bytes.ts'
import { compareCodePoints } from '../order.ts'

// Tables have few names, and short ones; but names may come from outside, of up to 64 KiB.
const MAX_KEPT = 10_000
const MAX_KEPT_LENGTH = 255

/** Makes paths for the attributes of one table, and keeps them between items. */
export function canonicalPaths(tableName: string): (name: string) => Uint8Array {
  const prefix = concat(toUtf8(tableName), uint(1, 8), toUtf8('$'))
  const kept = new Map<string, Uint8Array>()
  return (name) => {
    const known = kept.get(name)
    if (known) return known
    const path = concat(prefix, uint(name.length, 8), toUtf8(name))
    if (name.length > MAX_KEPT_LENGTH) return path
    if (kept.size >= MAX_KEPT) kept.clear()
    kept.set(name, path)
    return path
  }
}

/** Canonical order of names: that of the bytes of their paths. */
export function compareCanonical(a: string, b: string): number {
  return a.length - b.length || compareCodePoints(a, b)
}
