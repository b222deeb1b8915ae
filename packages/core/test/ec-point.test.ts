import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { CURVES, compressPoint, decompressPoint, P384, pointOfSpki, spkiOfPoint } from '../src/ec-point.ts'
import type { Curve } from '../src/primitives.ts'
import { withCode } from './support/expect-error.ts'

describe.each(Object.keys(CURVES) as Curve[])('points of %s', (curve) => {
  const keys = Array.from({ length: 20 }, () =>
    generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ type: 'spki', format: 'der' }),
  )

  test('a point is written as the key it came from', () => {
    for (const key of keys) expect(spkiOfPoint(curve, pointOfSpki(curve, key))).toEqual(new Uint8Array(key))
  })

  test('decompressing is the inverse of compressing', () => {
    const points = keys.map((key) => pointOfSpki(curve, key))
    for (const point of points) expect(decompressPoint(CURVES[curve], compressPoint(point))).toEqual(point)
    expect(new Set(points.map((point) => compressPoint(point)[0]))).toEqual(new Set([2, 3]))
  })

  test('what is not on the curve is refused', () => {
    const [key] = keys
    for (const at of [key!.length - 1, key!.length - 40])
      expect(() =>
        pointOfSpki(
          curve,
          key!.map((byte, i) => (i === at ? byte ^ 1 : byte)),
        ),
      ).toThrow(withCode('MALFORMED'))
    const compressed = compressPoint(pointOfSpki(curve, key!))
    const others = Array.from({ length: 16 }, (_, i) => compressed.map((byte, k) => (k === compressed.length - 1 ? byte ^ (i + 1) : byte)))
    const refused = others.filter((other) => {
      try {
        decompressPoint(CURVES[curve], other)
        return false
      } catch {
        return true
      }
    })
    expect(refused.length).toBeGreaterThan(0) // half of all x are of no point
  })

  test('other forms, other lengths and other curves are refused', () => {
    const [key] = keys
    const compressed = compressPoint(pointOfSpki(curve, key!))
    for (const form of [0, 1, 4, 5, 6]) {
      const other = compressed.map((byte, i) => (i === 0 ? form : byte))
      expect(() => decompressPoint(CURVES[curve], other)).toThrow(withCode('MALFORMED'))
    }
    for (const bytes of [
      compressed.subarray(1),
      compressed.subarray(0, -1),
      Uint8Array.of(...compressed, 0),
      compressed.map((_, i) => (i ? 255 : 2)),
    ])
      expect(() => decompressPoint(CURVES[curve], bytes)).toThrow(withCode('MALFORMED'))
    for (const other of Object.keys(CURVES) as Curve[])
      if (other !== curve) expect(() => pointOfSpki(other, key!)).toThrow(withCode('MALFORMED'))
    for (let length = 0; length < key!.length; length++)
      expect(() => pointOfSpki(curve, key!.subarray(0, length))).toThrow(withCode('MALFORMED'))
    expect(() => pointOfSpki(curve, Uint8Array.of(...key!, 0))).toThrow(withCode('MALFORMED'))
  })
})

test('a point of the field that is not reduced is refused', () => {
  const p = P384.p.toString(16)
  const x = Uint8Array.from([2, ...(p.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))])
  expect(() => decompressPoint(P384, x)).toThrow(withCode('MALFORMED', 'not on the curve'))
})
