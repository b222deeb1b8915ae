/**
 * Bytes: joining them, and what numbers and text are in them. All integers are big-endian.
 *
 * @module
 */
import { ItemCryptoError } from './errors.ts'

const encoder = /* @__PURE__ */ new TextEncoder()
// `ignoreBOM`: without it a leading U+FEFF of a value would be lost.
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const LONE_SURROGATE = /\p{Surrogate}/u

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0
  for (const part of parts) length += part.length
  const whole = new Uint8Array(length)
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

export function uint16(n: number): Uint8Array {
  return Uint8Array.of(n >>> 8, n)
}

export function uint32(n: number): Uint8Array {
  return Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n)
}

/** For lengths and counts, which are safe integers. */
export function uint64(n: number): Uint8Array {
  return concat(uint32(Math.floor(n / 2 ** 32)), uint32(n))
}

/** @throws `MALFORMED` for a lone surrogate, which `TextEncoder` would silently replace. */
export function toUtf8(text: string): Uint8Array {
  if (LONE_SURROGATE.test(text)) throw new ItemCryptoError('MALFORMED', 'text with a lone surrogate')
  return encoder.encode(text)
}

/** @throws `TypeError` for invalid UTF-8; `Cursor.text` makes it `MALFORMED`. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Takes the same time wherever the first difference is. */
export function constantTimeEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}
