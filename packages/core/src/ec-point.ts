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
import { concat, constantTimeEqual, uint } from './bytes.ts'
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

/** Base64 is the shortest that a bundle can hold of numbers without a pattern. */
const constant = (base64: string): bigint => toBigInt(fromBase64(base64))

/** NIST P-256. */
const P256: EllipticCurve = {
  name: 'P-256',
  p: 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn,
  b: /* @__PURE__ */ constant('WsY12Ko6k+ez671VdpiGvGUdBrDMU7D2O848PifSYEs='),
}

/** NIST P-384. */
export const P384: EllipticCurve = {
  name: 'P-384',
  p: 0xfffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffeffffffff0000000000000000ffffffffn,
  b: /* @__PURE__ */ constant('szEvp+I+5+SYjgVr4/gtGRgdnG7+gUESAxQIj1ATh1rGVjmNii7RnSqFyO3T7Crv'),
}

/** NIST P-521. */
const P521: EllipticCurve = {
  name: 'P-521',
  p: 0x1ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffn,
  b: /* @__PURE__ */ constant('UZU+uWGOHJofkpohoLaFQO6i2nJbmbMV87i0iZGO8QnhVhk5Uex+k3sWUsC9O7G/BzVz34g9LDTx70Uf1GtQPwA='),
}

/** All of them: who needs one only names that one. */
export const CURVES: Readonly<Record<Curve, EllipticCurve>> = { 'P-256': P256, 'P-384': P384, 'P-521': P521 }

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
  const cursor = new Cursor(compressed, `compressed point of ${name}`)
  const form = cursor.uint(1)
  const bytes = cursor.bytes(size)
  cursor.end()
  const x = toBigInt(bytes)
  const square = ((x * x - 3n) * x + b) % p
  const root = power(square, (p + 1n) >> 2n, p)
  if (form >>> 1 !== 1 || x >= p || (root * root) % p !== square) cursor.fail('is not on the curve')
  const y = (root & 1n) === BigInt(form & 1) ? root : p - root
  return concat(uint(4, 1), bytes, fromBigInt(y, size))
}

/**
 * The full point of a public key given as SubjectPublicKeyInfo.
 *
 * @throws `MALFORMED` for another key, and for a point that is not on the curve.
 */
export function pointOfSpki(curve: Curve, spki: Uint8Array): Uint8Array {
  const cursor = new Cursor(spki, `public key of ${curve}`)
  if (toHex(cursor.bytes(SPKI[curve].length / 2)) !== SPKI[curve]) cursor.fail('is not SubjectPublicKeyInfo DER')
  const point = cursor.bytes(1 + 2 * CURVE_BYTES[curve])
  cursor.end()
  if (!constantTimeEqual(decompressPoint(CURVES[curve], compressPoint(point)), point)) cursor.fail('is not on the curve')
  return new Uint8Array(point)
}

/** Inverse to `pointOfSpki`. @param point a full one, of the curve. */
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
