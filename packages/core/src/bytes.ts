/**
 * Bytes: joining them, and what numbers and text are in them. All integers are big-endian.
 *
 * @module
 */
import { ItemCryptoError } from './errors.ts'

const encoder = /* @__PURE__ */ new TextEncoder()
// `ignoreBOM`: without it a leading U+FEFF of a value would be lost.
const decoder = /* @__PURE__ */ new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const SHORT = 32

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return concatAll(parts)
}

/** The same of any number of parts: that of arguments has a limit. */
export function concatAll(parts: readonly Uint8Array[]): Uint8Array {
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

/** A safe integer in so many bytes. */
export function uint(n: number, size: number): Uint8Array {
  const writer = new Writer(size)
  writer.uint(n, size)
  return writer.view()
}

/** @throws `MALFORMED` for a lone surrogate. */
export function toUtf8(text: string): Uint8Array {
  const writer = new Writer(text.length)
  writer.text(text)
  return writer.view()
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

/** Writes a structure from front to back, into memory that grows, so that no part needs any of its own. */
export class Writer {
  #bytes: Uint8Array
  #end = 0

  /** @param room how many bytes it will probably take; more are no mistake. */
  constructor(room: number) {
    this.#bytes = new Uint8Array(room)
  }

  get length(): number {
    return this.#end
  }

  /** Leaves so many zeros, and says where they begin. */
  skip(length: number): number {
    const start = this.#end
    this.#end += length
    if (this.#end > this.#bytes.length) {
      const grown = new Uint8Array(start + this.#end) // twice what was there, at least
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    return start
  }

  /** A safe integer in so many bytes; `at`: where zeros were left for it. */
  uint(n: number, size: number, at: number = this.skip(size)): void {
    let rest = n
    for (let i = at + size; i-- > at; rest /= 256) this.#bytes[i] = rest // of a number, a byte takes the last whole one
  }

  /** `lengthSize`: bytes of the length that goes in front, if any. */
  bytes(bytes: Uint8Array, lengthSize = 0): void {
    this.uint(bytes.length, lengthSize)
    const start = this.skip(bytes.length)
    this.#bytes.set(bytes, start)
  }

  /** The same of UTF-8. @throws `MALFORMED` for a lone surrogate. */
  text(text: string, lengthSize = 0): void {
    const at = this.skip(lengthSize)
    const start = this.skip(text.length)
    const bytes = this.#bytes
    let left = text.length
    if (left <= SHORT) while (left > 0 && text.charCodeAt(left - 1) < 128) bytes[start + --left] = text.charCodeAt(left)
    if (left > 0) {
      if (!text.isWellFormed()) throw new ItemCryptoError('MALFORMED', 'lone surrogate') // would silently be replaced
      const { read, written } = encoder.encodeInto(text, this.#bytes.subarray(start))
      this.#end = start + written
      if (read < text.length) this.bytes(encoder.encode(text.slice(read))) // there was room for ASCII
    }
    this.uint(this.#end - at - lengthSize, lengthSize, at)
  }

  /** Not a copy. What is written later lies behind it. */
  view(start = 0): Uint8Array {
    return this.#bytes.subarray(start, this.#end)
  }
}
