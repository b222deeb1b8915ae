/**
 * ECDSA signatures: `r‖s` of fixed length, as WebCrypto has them, and DER, as the formats store them.
 *
 *     30 length   02 length r   02 length s     r, s: as short as they can be, with a zero in front where the top bit is set
 *
 * @module
 */
import { concat, constantTimeEqual } from './bytes.ts'
import { Cursor } from './cursor.ts'
import type { Curve } from './primitives.ts'

const SEQUENCE = 0x30
const INTEGER = 0x02
/** Bytes of a field element or a scalar. */
export const CURVE_BYTES: Readonly<Record<Curve, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

export function derFromRaw(signature: Uint8Array): Uint8Array {
  const half = signature.length / 2
  return tagged(SEQUENCE, concat(integer(signature.subarray(0, half)), integer(signature.subarray(half))))
}

/** Strict: what this accepts, `derFromRaw` gives back byte for byte. @throws `MALFORMED` for anything else, and for a zero. */
export function rawFromDer(der: Uint8Array, curve: Curve): Uint8Array {
  const cursor = new Cursor(der, 'ECDSA signature')
  contentLength(cursor)
  const size = CURVE_BYTES[curve]
  const raw = concat(scalar(cursor, size), scalar(cursor, size))
  if (!constantTimeEqual(derFromRaw(raw), der)) cursor.fail('is not DER')
  return raw
}

function integer(bytes: Uint8Array): Uint8Array {
  let lead = 0
  while (lead < bytes.length - 1 && bytes[lead] === 0) lead++
  const digits = bytes.subarray(lead)
  return tagged(INTEGER, digits[0]! >= 0x80 ? concat(Uint8Array.of(0), digits) : digits)
}

function tagged(tag: number, bytes: Uint8Array): Uint8Array {
  const header = bytes.length < 0x80 ? [tag, bytes.length] : [tag, 0x81, bytes.length] // P-521 needs the long form
  return concat(Uint8Array.from(header), bytes)
}

function contentLength(cursor: Cursor): number {
  cursor.uint(1)
  const length = cursor.uint(1)
  return length === 0x81 ? cursor.uint(1) : length
}

function scalar(cursor: Cursor, size: number): Uint8Array {
  const bytes = cursor.bytes(contentLength(cursor))
  const digits = bytes.subarray(Math.max(0, bytes.length - size))
  if (digits.every((digit) => digit === 0)) cursor.fail('holds a zero')
  return concat(new Uint8Array(size - digits.length), digits)
}
