import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { compressPoint, curveThrough, decompressPoint, P384, spkiOfPoint } from '../src/ec-point.ts'
import type { Curve } from '../src/primitives.ts'
import { withCode } from './support/expect-error.ts'

const LENGTHS: Readonly<Record<Curve, number>> = { 'P-256': 65, 'P-384': 97, 'P-521': 133 }

describe.each(Object.keys(LENGTHS) as Curve[])('points of %s', (curve) => {
  const keys = Array.from({ length: 20 }, () =>
    generateKeyPairSync('ec', { namedCurve: curve }).publicKey.export({ type: 'spki', format: 'der' }),
  )
  const points = keys.map((key) => new Uint8Array(key.subarray(-LENGTHS[curve])))
  const known = curveThrough(curve, points[0]!)
  const compressed = compressPoint(points[0]!)

  test('a point is written as the key it came from', () => {
    for (const [i, key] of keys.entries()) expect(spkiOfPoint(curve, points[i]!)).toEqual(new Uint8Array(key))
  })

  test('decompressing is the inverse of compressing, whichever point tells of the curve', () => {
    for (const point of points) {
      expect(decompressPoint(known, compressPoint(point))).toEqual(point)
      expect(decompressPoint(curveThrough(curve, point), compressed)).toEqual(points[0])
    }
    expect(new Set(points.map((point) => compressPoint(point)[0]))).toEqual(new Set([2, 3]))
  })

  test('what is not on the curve is refused', () => {
    const others = Array.from({ length: 16 }, (_, i) => compressed.map((byte, k) => (k === compressed.length - 1 ? byte ^ (i + 1) : byte)))
    const refused = others.filter((other) => {
      try {
        decompressPoint(known, other)
        return false
      } catch {
        return true
      }
    })
    expect(refused.length).toBeGreaterThan(0) // half of all x are of no point
  })

  test('other forms and other lengths are refused', () => {
    for (const form of [0, 1, 4, 5, 6]) {
      const other = compressed.map((byte, i) => (i === 0 ? form : byte))
      expect(() => decompressPoint(known, other)).toThrow(withCode('MALFORMED'))
    }
    for (const bytes of [
      compressed.subarray(1),
      compressed.subarray(0, -1),
      Uint8Array.of(...compressed, 0),
      compressed.map((_, i) => (i ? 255 : 2)),
    ])
      expect(() => decompressPoint(known, bytes)).toThrow(withCode('MALFORMED'))
  })
})

test('the curve that is known is the one through its points', () => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
  const { name, p, b } = curveThrough('P-384', publicKey.export({ type: 'spki', format: 'der' }).subarray(-97))
  expect({ name, p, b: ((b % p) + p) % p }).toEqual(P384)
})

test('a point of the field that is not reduced is refused', () => {
  const p = P384.p.toString(16)
  const x = Uint8Array.from([2, ...(p.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))])
  expect(() => decompressPoint(P384, x)).toThrow(withCode('MALFORMED', 'not on the curve'))
})
