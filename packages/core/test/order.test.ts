import fc from 'fast-check'
import { expect, test } from 'vitest'
import { toUtf8 } from '../src/bytes.ts'
import { compareBytes, compareCodePoints, compareUtf16 } from '../src/order.ts'
import { arbitraryText } from './support/arbitrary-item.ts'

const sign = (n: number) => Math.sign(n)

test('code points are ordered as their UTF-8 bytes are', () => {
  fc.assert(
    fc.property(arbitraryText, arbitraryText, (a, b) => {
      expect(sign(compareCodePoints(a, b))).toBe(sign(compareBytes(toUtf8(a), toUtf8(b))))
    }),
  )
})

test('UTF-16 and code points differ where a character beyond U+FFFF meets one from U+E000 on', () => {
  const names = ['\uffff', '\u{10000}', '\ud7ff', '\ue000', '\u{10ffff}']
  expect([...names].sort(compareCodePoints)).toEqual(['\ud7ff', '\ue000', '\uffff', '\u{10000}', '\u{10ffff}'])
  expect([...names].sort(compareUtf16)).toEqual(['\ud7ff', '\u{10000}', '\u{10ffff}', '\ue000', '\uffff'])
})
