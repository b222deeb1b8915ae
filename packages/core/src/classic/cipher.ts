/**
 * The encrypted attributes of an item: AES-CBC with PKCS#7 padding, one key for all, each value behind its own IV
 * (classic-item-format, section 3).
 *
 *     IV           16 bytes
 *     ciphertext   of the value as bytes, padded: 16 bytes or more
 *
 * All values go through *one* call of the cipher. Encrypting, they lie one after the other with a random block between two
 * of them: the ciphertext of that block is E(random XOR last block), uniformly random, and serves as the next value's IV.
 * Decrypting, the values lie as they are stored, and what comes out under the later IVs is passed over.
 *
 * @module
 */
import { concatAll, Writer } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'
import type { ClassicPrimitives, SecretKey } from '../primitives.ts'

const BLOCK = 16
const SMALLEST = 2 * BLOCK
const ROOM = 128 // for a short value

/** Lays out as many values as are counted, each written in its turn, and gives what encrypts them: the i-th result is of the i-th value. */
export function encryption(
  p: ClassicPrimitives,
  count: number,
  write: (writer: Writer, i: number) => void,
): (key: SecretKey) => Promise<Uint8Array[]> {
  let writer = new Writer(ROOM * count)
  const starts = Array.from({ length: count }, (_, i) => {
    if (i > 0) writer.bytes(padding(writer)) // the call pads the last
    const start = writer.skip(BLOCK)
    write(writer, i)
    return start
  })
  return async (key) => {
    if (count === 0) return []
    const random = p.randomBytes(BLOCK * count)
    const chain = writer.view()
    for (const [i, start] of starts.entries()) chain.set(random.subarray(BLOCK * i, BLOCK * (i + 1)), start)
    const iv = chain.slice(0, BLOCK)
    writer = new Writer(0) // whoever has this function does not keep the plaintexts
    const ciphertext = await p.aesCbcEncrypt(key, iv, chain.subarray(BLOCK))
    return starts.map((start, i) => {
      const part = ciphertext.subarray(start && start - BLOCK, starts[i + 1] && starts[i + 1]! - BLOCK)
      return concatAll(start ? [part] : [iv, part])
    })
  }
}

/**
 * Decrypts all values of an item, whose signature has been verified before.
 *
 * @throws `NOT_AUTHENTIC` if one of them does not open under this key.
 */
export async function decryptValues(p: ClassicPrimitives, key: SecretKey, stored: readonly Uint8Array[]): Promise<Uint8Array[]> {
  if (stored.length === 0) return []
  if (stored.some(({ length }) => length < SMALLEST || length % BLOCK !== 0)) throw notOfThisKey()
  const whole = concatAll(stored)
  let chain: Uint8Array
  try {
    chain = await p.aesCbcDecrypt(key, whole.subarray(0, BLOCK), whole.subarray(BLOCK)) // checks and strips the last padding
  } catch (cause) {
    throw notOfThisKey(cause)
  }
  let offset = 0
  return stored.map(({ length }, i) => {
    const padded = chain.subarray(offset, offset + length - BLOCK)
    offset += length
    return i === stored.length - 1 ? padded : unpad(padded)
  })
}

/** PKCS#7. */
function padding({ length }: { readonly length: number }): Uint8Array {
  const surplus = BLOCK - (length % BLOCK)
  return new Uint8Array(surplus).fill(surplus)
}

function unpad(padded: Uint8Array): Uint8Array {
  const text = padded.subarray(0, -padded.at(-1)!)
  const surplus = padding(text)
  if (padded.length !== text.length + surplus.length || surplus.some((byte, i) => byte !== padded[text.length + i])) throw notOfThisKey()
  return text
}

function notOfThisKey(cause?: unknown): ItemCryptoError {
  return new ItemCryptoError('NOT_AUTHENTIC', 'encrypted attributes: not of this key', { cause })
}
