/**
 * The one way to read bytes.
 *
 * @module
 */
import { fromUtf8 } from './bytes.ts'
import { ItemCryptoError } from './errors.ts'

/** Reads a structure from front to back; refuses with `MALFORMED`, naming the structure and the offset. */
export class Cursor {
  readonly #bytes: Uint8Array
  readonly #structure: string
  #offset = 0

  constructor(bytes: Uint8Array, structure: string) {
    this.#bytes = bytes
    this.#structure = structure
  }

  get left(): number {
    return this.#bytes.length - this.#offset
  }

  /** A view of the next bytes, not a copy; without a length, of as many as the four in front say. */
  bytes(length: number = this.uint(4)): Uint8Array {
    const start = this.#pass(length)
    return this.#bytes.subarray(start, this.#offset)
  }

  /** A number of so many bytes. */
  uint(size: number): number {
    let n = 0
    for (let i = this.#pass(size); i < this.#offset; i++) n = 256 * n + this.#bytes[i]!
    return n
  }

  /** How many members follow, each of which takes at least so many bytes: a count that cannot be true is refused at once. */
  count(smallest: number): number {
    const count = this.uint(4)
    if (count * smallest > this.left) this.fail('is too short')
    return count
  }

  /** The same of UTF-8: without a length, as many bytes as the four in front say. */
  text(length?: number): string {
    const bytes = this.bytes(length)
    try {
      return fromUtf8(bytes)
    } catch {
      return this.fail('holds invalid UTF-8')
    }
  }

  /** Refuses leftovers. */
  end(): void {
    if (this.left > 0) this.fail('is too long')
  }

  fail(reason: string): never {
    throw new ItemCryptoError('MALFORMED', `${this.#structure} ${reason}, at offset ${this.#offset}`)
  }

  #pass(length: number): number {
    if (length > this.left) this.fail('is too short')
    this.#offset += length
    return this.#offset - length
  }
}

/** What is read so many times. `Array.from` would take several times as long. */
export function times<T>(count: number, read: () => T): T[] {
  const all: T[] = []
  while (all.length < count) all.push(read())
  return all
}
