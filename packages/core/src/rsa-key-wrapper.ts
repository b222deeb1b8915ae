/**
 * Key wrapping by RSA, over the two raw operations of a key: for what WebCrypto cannot do, by add-ons that have those
 * operations (`@itemseal/node`, `@itemseal/noble/rsa`). An entry of its own: no bundle holds it unasked.
 *
 *     OAEP     00  seed ⊕ mask(DB)  DB ⊕ mask(seed)     DB: hash of the empty label, zeros, 01, message
 *     PKCS #1  00 02  at least eight non-zero bytes  00  message
 *
 * Java's transformations mask with SHA-1 whatever hash they name (classic-item-format, 7.5); the paddings of raw RSA
 * keyrings use one hash for both (materials-and-keyrings, 2.2).
 *
 * @module
 */
import { concat, uint } from './bytes.ts'
import { ItemCryptoError } from './errors.ts'
import { type KeyWrapper, unsupportedWrapping } from './key-wrapper.ts'
import type { Hash } from './primitives.ts'

/** What an add-on knows to do, synchronously. Blocks are as long as the modulus. */
export interface RawRsa {
  /** Bytes of the modulus. */
  readonly size: number
  /** Absent without the public key. */
  readonly publicOperation?: (block: Uint8Array) => Uint8Array
  /** Absent without the private key. */
  readonly privateOperation?: (block: Uint8Array) => Uint8Array
  digest(hash: Hash | 'MD5', data: Uint8Array): Uint8Array
  randomBytes(length: number): Uint8Array
}

/** What an RSA key wraps with, and what it opens. */
export interface RsaWrapping {
  /** One of Java's transformations, or of the paddings of raw RSA keyrings. Default: `RSA/ECB/OAEPWithSHA-256AndMGF1Padding`. */
  readonly algorithm?: string
  /**
   * Whether to open what is wrapped with RSAES-PKCS1-v1_5 too, as old Java items are. Off unless asked for: who can have
   * many items tried, and learns which fail, can come to know a data key (Bleichenbacher), and no padding check prevents that.
   */
  readonly allowPkcs1?: boolean
}

interface Padding {
  /** `undefined` for PKCS #1. */
  readonly hashes: { readonly label: Hash | 'MD5'; readonly mask: Hash } | undefined
}

const DEFAULT_ALGORITHM = 'RSA/ECB/OAEPWithSHA-256AndMGF1Padding'
const JAVA_OAEP = /^RSA\/ECB\/OAEPWith(?:SHA-?(1|224|256|384|512)|MD5)AndMGF1Padding$/
const KEYRING_OAEP = /^OAEP_SHA(1|256|384|512)_MGF1$/
const PKCS1 = ['RSA/ECB/PKCS1Padding', 'RSA', 'PKCS1']

/** @throws `UNSUPPORTED` for an algorithm that is none of these. */
export function rsaKeyWrapperOver(rsa: RawRsa, { algorithm = DEFAULT_ALGORITHM, allowPkcs1 = false }: RsaWrapping): KeyWrapper {
  const own = paddingOf(algorithm)
  return {
    algorithm,
    wrap(key) {
      if (rsa.publicOperation === undefined) throw new ItemCryptoError('NO_MATERIALS', 'no RSA key to wrap data keys with')
      return rsa.publicOperation(own.hashes === undefined ? padPkcs1(rsa, key) : padOaep(rsa, own.hashes, key))
    },
    unwrap(wrapped, named = 'RSA') {
      const { hashes } = paddingOf(named)
      if (hashes === undefined && !allowPkcs1 && own.hashes !== undefined)
        throw new ItemCryptoError('UNSUPPORTED', 'key wrapping RSAES-PKCS1-v1_5 is opened with allowPkcs1 only')
      if (rsa.privateOperation === undefined) throw new ItemCryptoError('NO_MATERIALS', 'no RSA key to unwrap data keys with')
      let key: Uint8Array | undefined
      try {
        const block = rsa.privateOperation(wrapped)
        key = hashes === undefined ? unpadPkcs1(block) : unpadOaep(rsa, hashes, block)
      } catch {
        // one error for all
      }
      if (key === undefined) throw new ItemCryptoError('NOT_AUTHENTIC', 'wrapped key: not of this RSA key')
      return key
    },
  }
}

function paddingOf(algorithm: string): Padding {
  if (PKCS1.includes(algorithm)) return { hashes: undefined }
  if (algorithm === 'RSA/ECB/OAEPPadding') return { hashes: { label: 'SHA-1', mask: 'SHA-1' } }
  const java = JAVA_OAEP.exec(algorithm)
  if (java) return { hashes: { label: java[1] === undefined ? 'MD5' : (`SHA-${java[1]}` as Hash), mask: 'SHA-1' } } // what the expression matches
  const keyring = KEYRING_OAEP.exec(algorithm)
  if (!keyring) throw unsupportedWrapping(algorithm)
  const hash = `SHA-${keyring[1]}` as Hash // what the expression matches
  return { hashes: { label: hash, mask: hash } }
}

type OaepHashes = NonNullable<Padding['hashes']>

function padOaep(rsa: RawRsa, { label, mask }: OaepHashes, message: Uint8Array): Uint8Array {
  const hash = rsa.digest(label, new Uint8Array(0))
  const zeros = rsa.size - 2 * hash.length - 2 - message.length
  if (zeros < 0) throw new ItemCryptoError('CONFIGURATION', 'the RSA key is too short for this padding')
  const block = concat(hash, new Uint8Array(zeros), Uint8Array.of(1), message)
  const seed = rsa.randomBytes(hash.length)
  const maskedBlock = xor(block, mgf1(rsa, mask, seed, block.length))
  return concat(Uint8Array.of(0), xor(seed, mgf1(rsa, mask, maskedBlock, seed.length)), maskedBlock)
}

/** Looks at every byte, whatever it finds. */
function unpadOaep(rsa: RawRsa, { label, mask }: OaepHashes, padded: Uint8Array): Uint8Array | undefined {
  const hash = rsa.digest(label, new Uint8Array(0))
  const maskedBlock = padded.subarray(1 + hash.length)
  const seed = xor(padded.subarray(1, 1 + hash.length), mgf1(rsa, mask, maskedBlock, hash.length))
  const block = xor(maskedBlock, mgf1(rsa, mask, seed, maskedBlock.length))
  let bad = padded[0]!
  for (let i = 0; i < hash.length; i++) bad |= block[i]! ^ hash[i]!
  let start = 0
  let before = 1 // until the 01 has been seen
  for (let i = hash.length; i < block.length; i++) {
    const one = isZero(block[i]! ^ 1)
    bad |= before & (1 ^ one) & (1 ^ isZero(block[i]!))
    start += before & one ? i + 1 : 0
    before &= 1 ^ one
  }
  return bad === 0 && before === 0 ? block.slice(start) : undefined
}

function padPkcs1(rsa: RawRsa, message: Uint8Array): Uint8Array {
  const length = rsa.size - 3 - message.length
  if (length < 8) throw new ItemCryptoError('CONFIGURATION', 'the RSA key is too short for this padding')
  const filler = new Uint8Array(length)
  for (let i = 0; i < length; ) for (const byte of rsa.randomBytes(length)) if (byte !== 0 && i < length) filler[i++] = byte
  return concat(Uint8Array.of(0, 2), filler, Uint8Array.of(0), message)
}

/** Looks at every byte, whatever it finds. */
function unpadPkcs1(padded: Uint8Array): Uint8Array | undefined {
  let bad = padded[0]! | (padded[1]! ^ 2)
  let start = 0
  let before = 1 // until the 00 has been seen
  for (let i = 2; i < padded.length; i++) {
    const zero = isZero(padded[i]!)
    bad |= before & zero & (i < 10 ? 1 : 0)
    start += before & zero ? i + 1 : 0
    before &= 1 ^ zero
  }
  return bad === 0 && before === 0 ? padded.slice(start) : undefined
}

function mgf1(rsa: RawRsa, hash: Hash, seed: Uint8Array, length: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let have = 0; have < length; have += parts.at(-1)!.length) parts.push(rsa.digest(hash, concat(seed, uint(parts.length, 4))))
  return concat(...parts).subarray(0, length)
}

/** 1 for zero, 0 for other bytes. */
function isZero(byte: number): number {
  return ((byte - 1) >>> 8) & 1
}

function xor(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((byte, i) => byte ^ b[i]!)
}
