/**
 * The orders that the formats sort by. Each sort names one of them.
 *
 * @module
 */

const END = -1 // before all

/** By UTF-16 code units: JavaScript's own order of strings, and Java's. */
export function compareUtf16(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** By code points of well-formed text (other text is refused when it is written), which is also the order of the UTF-8 bytes, and Python's. */
export function compareCodePoints(a: string, b: string): number {
  const i = firstDifference(a, b)
  return (a.codePointAt(i) ?? END) - (b.codePointAt(i) ?? END)
}

/** By unsigned bytes; a proper prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const i = firstDifference(a, b)
  return (a[i] ?? END) - (b[i] ?? END)
}

function firstDifference(a: ArrayLike<unknown>, b: ArrayLike<unknown>): number {
  let i = 0
  while (i < a.length && a[i] === b[i]) i++
  return i
}
