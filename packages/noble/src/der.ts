/**
 * The way through DER of keys: what noble reads of it, and where in it keys are.
 *
 *     SubjectPublicKeyInfo   SEQUENCE { algorithm, BIT STRING { 00, key } }
 *     PKCS#8                 SEQUENCE { INTEGER version, algorithm, OCTET STRING { key }, [0] attributes?, [1] public key? }
 *     algorithm              SEQUENCE { OBJECT IDENTIFIER, parameters }
 *
 * @module
 */
import { DER } from '@noble/curves/abstract/der.js'
import { equalBytes, hexToBytes } from '@noble/curves/utils.js'

const INTEGER = 0x02
const BIT_STRING = 0x03
export const OCTET_STRING = 0x04
const SEQUENCE = 0x30
const ATTRIBUTES = 0xa0
const PUBLIC_KEY = 0x81

/** Reads elements one after the other. Everything throws for bytes that are not DER, or not what was expected. */
export interface DerReader {
  /** The content of the next element, which has this tag. */
  content(tag: number): Uint8Array
  /** What is in the next element, which is a sequence. */
  sequence(): DerReader
  /** Not negative. */
  integer(): bigint
  /** Passes over the next element, if it has this tag. */
  optional(tag: number): void
  /** Throws if anything is left. */
  end(): void
}

export function derReader(bytes: Uint8Array): DerReader {
  let rest = bytes
  const content = (tag: number) => {
    const { v, l } = DER._tlv.decode(tag, rest)
    rest = l
    return v
  }
  return {
    content,
    sequence: () => derReader(content(SEQUENCE)),
    integer: () => DER._int.decode(content(INTEGER)),
    optional(tag) {
      if (rest[0] === tag) content(tag)
    },
    end() {
      if (rest.length > 0) throw new Error('bytes after the end')
    },
  }
}

/** @param algorithm the whole content of the algorithm's sequence, in hex. */
export function publicKeyOf(algorithm: string, spki: Uint8Array): Uint8Array {
  const outer = derReader(spki)
  const inner = outer.sequence()
  outer.end()
  expectAlgorithm(algorithm, inner.content(SEQUENCE))
  const bits = inner.content(BIT_STRING)
  inner.end()
  if (bits[0] !== 0) throw new Error('a key that does not end with a byte')
  return bits.subarray(1)
}

/** Attributes and a copy of the public key may follow, and are passed over (RFC 5958). Nothing else may. */
export function privateKeyOf(algorithm: string, pkcs8: Uint8Array): Uint8Array {
  const outer = derReader(pkcs8)
  const inner = outer.sequence()
  outer.end()
  if (inner.integer() > 1n) throw new Error('an unknown version')
  expectAlgorithm(algorithm, inner.content(SEQUENCE))
  const key = inner.content(OCTET_STRING)
  inner.optional(ATTRIBUTES)
  inner.optional(PUBLIC_KEY)
  inner.end()
  return key
}

function expectAlgorithm(algorithm: string, found: Uint8Array): void {
  if (!equalBytes(found, hexToBytes(algorithm))) throw new Error('a key of another algorithm')
}
