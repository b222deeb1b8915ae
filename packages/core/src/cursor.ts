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

  get offset(): number {
    return this.#offset
  }

  get left(): number {
    return this.#bytes.length - this.#offset
  }

  get done(): boolean {
    return this.left === 0
  }

  /** A view of the next bytes, not a copy. */
  bytes(length: number): Uint8Array {
    if (length > this.left) this.fail('is too short')
    this.#offset += length
    return this.#bytes.subarray(this.#offset - length, this.#offset)
  }

  uint8(): number {
    return this.bytes(1)[0]!
  }

  uint16(): number {
    const [a, b] = this.bytes(2)
    return (a! << 8) | b!
  }

  uint32(): number {
    const [a, b, c, d] = this.bytes(4)
    return ((a! << 24) | (b! << 16) | (c! << 8) | d!) >>> 0
  }

  /** How many members follow, each of which takes at least so many bytes: a count that cannot be true is refused at once. */
  count(smallest: number): number {
    const count = this.uint32()
    if (count * smallest > this.left) this.fail('holds too many members')
    return count
  }

  text(length: number): string {
    const bytes = this.bytes(length)
    try {
      return fromUtf8(bytes)
    } catch {
      return this.fail('holds invalid UTF-8')
    }
  }

  /** Refuses leftovers. */
  end(): void {
    if (!this.done) this.fail('is too long')
  }

  fail(reason: string): never {
    throw new ItemCryptoError('MALFORMED', `${this.#structure} ${reason}, at offset ${this.#offset}`)
  }
}
