/**
 * The orders that the formats sort by. Each sort names one of them.
 *
 * @module
 */

/** By UTF-16 code units: JavaScript's own order of strings, and Java's. */
export function compareUtf16(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** By code points, which is also the order of the UTF-8 bytes, and Python's. */
export function compareCodePoints(a: string, b: string): number {
  const shared = Math.min(a.length, b.length)
  let i = 0
  while (i < shared && a[i] === b[i]) i++
  return i < shared ? rank(a.charCodeAt(i)) - rank(b.charCodeAt(i)) : a.length - b.length
}

/** By unsigned bytes; a proper prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length)
  let i = 0
  while (i < shared && a[i] === b[i]) i++
  return i < shared ? a[i]! - b[i]! : a.length - b.length
}

/** Surrogates stand for characters above all others, so they change places with U+E000..U+FFFF. */
function rank(unit: number): number {
  return unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}
