/**
 * The encrypted attributes of an item: AES-CBC with PKCS#7 padding, one key for all, each value behind its own IV
 * (classic-item-format, section 3).
 *
 *     IV           16 bytes
 *     ciphertext   of the value as bytes, padded: 16 bytes or more
 *
 * All values go through *one* call of the cipher. Encrypting, they lie one after the other with two blocks of zeros in front of each,
 * under a random IV, which is drawn when all are laid out, and not stored: CBC of one message, cut up. What the second of them becomes
 * is the encryption of the block of ciphertext before it: nobody can know it beforehand, and it serves as the value's IV (NIST SP 800-38A,
 * appendix C, the first of its ways). What the first becomes gives way to the head of the value as it is signed, so that it need not be
 * copied for that. Decrypting, the values lie as they are stored, and what comes out where their IVs lie is passed over.
 *
 * @module
 */
import { typed } from '../attribute-value.ts'
import { concatAll, Writer } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'
import type { ClassicPrimitives, SecretKey } from '../primitives.ts'
import { asBinary, HEAD } from './attribute.ts'

const BLOCK = 16
const GAP = BLOCK - HEAD
const SMALLEST = 2 * BLOCK
const ROOM = 128 // for a short value

/** Lays out these, each written in its turn, and gives what encrypts them. They come back as they are signed: a head, and behind it what is stored. */
export function encryption<T>(
  p: ClassicPrimitives,
  these: readonly T[],
  write: (writer: Writer, it: T) => void,
): (key: SecretKey) => Promise<Uint8Array[]> {
  const writer = new Writer(ROOM * these.length)
  const starts: number[] = []
  for (const it of these) {
    starts.push(writer.skip(2 * BLOCK))
    write(writer, it)
    pad(writer)
  }
  const { length } = writer
  let chain = writer.view()
  return async (key) => {
    const iv = p.randomBytes(BLOCK)
    const encrypted = p.aesCbcEncrypt(key, iv, chain, true)
    chain = iv // whoever has this function does not keep the plaintexts
    const ciphertext = await encrypted
    typed({ B: ciphertext }) // or it is refused: the primitives may be anybody's
    return starts.map((start, i) => asBinary(ciphertext.subarray(start + GAP, starts[i + 1] ?? length)))
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
  const whole = stored.length > 1 ? concatAll(stored) : stored[0]!
  let chain: Uint8Array
  try {
    chain = await p.aesCbcDecrypt(key, new Uint8Array(BLOCK), whole) // checks and strips the last padding
  } catch (cause) {
    throw notOfThisKey(cause)
  }
  let next = 0
  return stored.map(({ length }, i) => {
    const start = next + BLOCK
    next += length
    if (i === stored.length - 1) return chain.subarray(start)
    const surplus = chain[next - 1]!
    let end = next
    while (chain[end - 1] === surplus && next - end < surplus) end--
    if (!(surplus > 0 && surplus <= BLOCK && next - end === surplus)) throw notOfThisKey()
    return chain.subarray(start, end)
  })
}

/** PKCS#7. */
function pad(writer: Writer): void {
  const surplus = BLOCK - (writer.length % BLOCK)
  for (let i = 0; i < surplus; i++) writer.uint(surplus, 1)
}

function notOfThisKey(cause?: unknown): ItemCryptoError {
  return new ItemCryptoError('NOT_AUTHENTIC', 'encrypted attributes: not of this key', { cause })
}
