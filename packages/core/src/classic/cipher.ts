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
import { concat } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'
import type { ClassicPrimitives, SecretKey } from '../primitives.ts'

const BLOCK = 16
const SMALLEST = 2 * BLOCK

/** Encrypts all values of an item; the i-th result belongs to the i-th value. */
export async function encryptValues(p: ClassicPrimitives, key: SecretKey, values: readonly Uint8Array[]): Promise<Uint8Array[]> {
  if (values.length === 0) return []
  const random = p.randomBytes(BLOCK * values.length)
  const iv = random.subarray(0, BLOCK)
  const parts = values.flatMap((value, i) => [
    ...(i > 0 ? [random.subarray(BLOCK * i, BLOCK * (i + 1))] : []),
    value,
    ...(i < values.length - 1 ? [padding(value)] : []), // the call pads the last
  ])
  const stored = concat(iv, await p.aesCbcEncrypt(key, iv, concat(...parts)))
  let end = 0
  return values.map((value) => {
    const start = end
    end += BLOCK + value.length + padding(value).length
    return stored.slice(start, end)
  })
}

/**
 * Decrypts all values of an item, whose signature has been verified before.
 *
 * @throws `NOT_AUTHENTIC` if one of them does not open under this key.
 */
export async function decryptValues(p: ClassicPrimitives, key: SecretKey, stored: readonly Uint8Array[]): Promise<Uint8Array[]> {
  if (stored.length === 0) return []
  if (stored.some(({ length }) => length < SMALLEST || length % BLOCK !== 0)) throw notOfThisKey()
  const whole = concat(...stored)
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
function padding({ length }: Uint8Array): Uint8Array {
  const surplus = BLOCK - (length % BLOCK)
  return new Uint8Array(surplus).fill(surplus)
}

function unpad(padded: Uint8Array): Uint8Array {
  const surplus = padded.at(-1)!
  if (surplus === 0 || surplus > BLOCK) throw notOfThisKey()
  for (const byte of padded.subarray(-surplus)) if (byte !== surplus) throw notOfThisKey()
  return padded.subarray(0, -surplus)
}

function notOfThisKey(cause?: unknown): ItemCryptoError {
  return new ItemCryptoError('NOT_AUTHENTIC', 'encrypted attributes: not of this key', { cause })
}
