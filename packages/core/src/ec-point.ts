/**
 * Public keys of the NIST curves as points.
 *
 *     full         04 X Y
 *     compressed   02 X where Y is even, 03 X where it is odd
 *     SPKI         a prefix for each curve, then the full point (SubjectPublicKeyInfo, DER)
 *
 * X, Y: as long as a field element. These keys are public, so the time that arithmetic takes tells nothing.
 *
 * @module
 */
import { fromBase64 } from './base64.ts'
import { concat, uint } from './bytes.ts'
import { Cursor } from './cursor.ts'
import { CURVE_BYTES } from './ecdsa-encoding.ts'
import { fromHex, toHex } from './hex.ts'
import type { Curve } from './primitives.ts'

/** y² = x³ − 3x + b modulo p; each p is 3 modulo 4. */
export interface EllipticCurve {
  readonly name: Curve
  readonly p: bigint
  readonly b: bigint
}

const P384_PRIME = 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn

const PRIMES: Readonly<Record<Curve, bigint>> = {
  'P-256': 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  'P-384': P384_PRIME,
  'P-521':
    0x1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffn,
}

/** NIST P-384. Base64 is the shortest that a bundle can hold of a number without a pattern. */
export const P384: EllipticCurve = {
  name: 'P-384',
  p: P384_PRIME,
  b: /* @__PURE__ */ toBigInt(/* @__PURE__ */ fromBase64('szEvp+I+5+SYjgVr4/gtGRgdnG7+gUESAxQIj1ATh1rGVjmNii7RnSqFyO3T7Crv')),
}

/** The curve that the full point is on. A bundle needs no b for it. */
export function curveThrough(name: Curve, point: Uint8Array): EllipticCurve {
  const half = (point.length + 1) / 2
  const [x, y] = [point.subarray(1, half), point.subarray(half)].map(toBigInt) as [bigint, bigint]
  return { name, p: PRIMES[name], b: y * y - (x * x - 3n) * x }
}

const SPKI: Readonly<Record<Curve, string>> = {
  'P-256': '3059301306072a8648ce3d020106082a8648ce3d030107034200',
  'P-384': '3076301006072a8648ce3d020106052b81040022036200',
  'P-521': '30819b301006072a8648ce3d020106052b8104002303818600',
}

/** @param point a full one. */
export function compressPoint(point: Uint8Array): Uint8Array {
  return concat(uint(2 + (point.at(-1)! & 1), 1), point.subarray(1, (point.length + 1) / 2))
}

/** @throws `MALFORMED` for what is not a point of the curve. */
export function decompressPoint({ name, p, b }: EllipticCurve, compressed: Uint8Array): Uint8Array {
  const size = CURVE_BYTES[name]
  const cursor = new Cursor(compressed, `point of ${name}`)
  const form = cursor.uint(1)
  const bytes = cursor.bytes(size)
  cursor.end()
  const x = toBigInt(bytes)
  const square = ((((x * x - 3n) * x + b) % p) + p) % p // b may be below zero
  const root = power(square, (p + 1n) >> 2n, p)
  if (form >>> 1 !== 1 || x >= p || (root * root) % p !== square) cursor.fail('is not on the curve')
  const y = (root & 1n) === BigInt(form & 1) ? root : p - root
  return concat(uint(4, 1), bytes, fromBigInt(y, size))
}

/** As SubjectPublicKeyInfo. @param point a full one, of the curve. */
export function spkiOfPoint(curve: Curve, point: Uint8Array): Uint8Array {
  return concat(fromHex(SPKI[curve]), point)
}

/** Big-endian; not for nothing at all. */
export function toBigInt(bytes: Uint8Array): bigint {
  return BigInt(`0x${toHex(bytes)}`)
}

/** Big-endian, of fixed length. */
export function fromBigInt(n: bigint, size: number): Uint8Array {
  return fromHex(n.toString(16).padStart(2 * size, '0'))
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (const bit of exponent.toString(2)) {
    result = (result * result) % modulus
    if (bit === '1') result = (result * base) % modulus
  }
  return result
}
