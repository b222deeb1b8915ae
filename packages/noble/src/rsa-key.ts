/**
 * RSA keys, and the two raw operations on them.
 *
 *     public key    SEQUENCE { n, e }                                  inside SubjectPublicKeyInfo
 *     private key   SEQUENCE { 0, n, e, d, p, q, dp, dq, qInv }        inside PKCS#8; all are INTEGERs (RFC 8017, A.1)
 *
 * The exponentiation is noble's. Around the private one are what keeps it from telling the key: the base is multiplied by
 * `r^e`, the result by `r^-1`, with a new random r each time, so that what is computed with is never what an attacker chose
 * (Kocher); each exponent gets a random multiple of the order; and the result is raised to e again before anybody sees it,
 * so that a fault in one half of the Chinese remainder does not factor n (Boneh, DeMillo, Lipton).
 *
 * @module
 */
import { invert, mod, pow } from '@noble/curves/abstract/modular.js'
import { bitLen, bytesToNumberBE, numberToBytesBE } from '@noble/curves/utils.js'
import { derReader, privateKeyOf, publicKeyOf } from './der.ts'
import { keyFromDer } from './key-bytes.ts'
import { randomBytes } from './random.ts'

/** One half of a key pair, as its raw operation. */
export interface RsaOperation {
  /** Bytes of the modulus. */
  readonly size: number
  /** Takes and gives blocks as long as the modulus. @throws for a block of another length, or one that is not below the modulus. */
  readonly apply: (block: Uint8Array) => Uint8Array
}

const RSA = '06092a864886f70d0101010500' // rsaEncryption, and NULL for its parameters
const EXPONENT_BLINDING = 8 // bytes
const SURPLUS = 8 // bytes more than the modulus has: makes the bias of a remainder too small to see

/** @throws `CONFIGURATION` for what is not an RSA key as SubjectPublicKeyInfo. */
export function rsaPublicOperation(spki: Uint8Array): RsaOperation {
  const { n, e } = keyFromDer('a public RSA key, as SubjectPublicKeyInfo', spki, parsePublicKey)
  return operation(n, (x) => pow(x, e, n))
}

/** @throws `CONFIGURATION` for what is not an RSA key as PKCS#8, or one whose numbers do not belong together. */
export function rsaPrivateOperation(pkcs8: Uint8Array): RsaOperation {
  const { n, e, p, q, dp, dq, qInv } = keyFromDer('a private RSA key, as PKCS#8', pkcs8, parsePrivateKey)
  const power = (x: bigint, exponent: bigint, prime: bigint) =>
    pow(x, exponent + bytesToNumberBE(randomBytes(EXPONENT_BLINDING)) * (prime - 1n), prime)

  return operation(n, (x) => {
    const r = 1n + (bytesToNumberBE(randomBytes(sizeOf(n) + SURPLUS)) % (n - 1n))
    const blinded = (x * pow(r, e, n)) % n
    const [a, b] = [power(blinded, dp, p), power(blinded, dq, q)]
    const result = b + q * mod(qInv * (a - b), p)
    if (pow(result, e, n) !== blinded) throw new Error('the computation went wrong')
    return (result * invert(r, n)) % n
  })
}

function operation(n: bigint, apply: (x: bigint) => bigint): RsaOperation {
  const size = sizeOf(n)
  return {
    size,
    apply(block) {
      const x = bytesToNumberBE(block)
      if (block.length !== size || x >= n) throw new Error('not a block of this key')
      return numberToBytesBE(apply(x), size)
    },
  }
}

function sizeOf(n: bigint): number {
  return Math.ceil(bitLen(n) / 8)
}

interface PublicNumbers {
  readonly n: bigint
  readonly e: bigint
}

function parsePublicKey(spki: Uint8Array): PublicNumbers {
  const outer = derReader(publicKeyOf(RSA, spki))
  const numbers = outer.sequence()
  outer.end()
  const key = { n: numbers.integer(), e: numbers.integer() }
  numbers.end()
  return checked(key)
}

interface PrivateNumbers extends PublicNumbers {
  readonly p: bigint
  readonly q: bigint
  readonly dp: bigint
  readonly dq: bigint
  readonly qInv: bigint
}

function parsePrivateKey(pkcs8: Uint8Array): PrivateNumbers {
  const outer = derReader(privateKeyOf(RSA, pkcs8))
  const numbers = outer.sequence()
  outer.end()
  if (numbers.integer() !== 0n) throw new Error('a key of more than two primes')
  const [n, e] = [numbers.integer(), numbers.integer()]
  numbers.integer() // d: its two halves are faster
  const [p, q, dp, dq] = [numbers.integer(), numbers.integer(), numbers.integer(), numbers.integer()]
  const qInv = numbers.integer()
  numbers.end()
  if (p < 3n || q < 3n || p * q !== n) throw new Error('the primes are not those of the modulus')
  if ((e * dp) % (p - 1n) !== 1n || (e * dq) % (q - 1n) !== 1n || (q * qInv) % p !== 1n)
    throw new Error('the exponents are not those of the primes')
  return { ...checked({ n, e }), p, q, dp, dq, qInv }
}

function checked({ n, e }: PublicNumbers): PublicNumbers {
  if (n % 2n === 0n || e % 2n === 0n || e < 3n || e >= n) throw new Error('not numbers of an RSA key')
  return { n, e }
}
