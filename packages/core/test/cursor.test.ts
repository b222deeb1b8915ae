import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { concat, toUtf8, uint } from '../src/bytes.ts'
import { Cursor } from '../src/cursor.ts'
import { arbitraryBytes, arbitraryText } from './support/arbitrary-item.ts'
import { withCode } from './support/expect-error.ts'

describe('a cursor', () => {
  test('reads what was written, front to back', () => {
    fc.assert(
      fc.property(fc.nat(0xffff), fc.nat(0xffffffff), arbitraryText, arbitraryBytes, (short, long, text, rest) => {
        const utf8 = toUtf8(text)
        const cursor = new Cursor(concat(uint(short, 2), uint(long, 4), uint(utf8.length, 4), utf8, rest), 'record')
        expect([cursor.uint(2), cursor.uint(4), cursor.text(cursor.uint(4)), cursor.left]).toEqual([short, long, text, rest.length])
        expect(cursor.bytes(rest.length)).toEqual(rest)
        expect(cursor.left).toBe(0)
        cursor.end()
      }),
    )
  })

  test('refuses to read beyond the end, naming structure and offset', () => {
    const cursor = new Cursor(Uint8Array.of(1, 2, 3), 'record')
    expect(cursor.uint(1)).toBe(1)
    for (const read of [() => cursor.uint(4), () => cursor.bytes(3), () => cursor.text(0xffffffff)])
      expect(read).toThrow(withCode('MALFORMED', 'record is too short, at offset 1'))
    expect(() => cursor.end()).toThrow(withCode('MALFORMED', 'record is too long'))
  })

  test('refuses a count that its bytes cannot hold, before anything is made of it', () => {
    const cursor = new Cursor(concat(uint(0xffffffff, 4), new Uint8Array(8)), 'record')
    expect(() => cursor.count(4)).toThrow(withCode('MALFORMED'))
    expect(new Cursor(concat(uint(2, 4), new Uint8Array(8)), 'record').count(4)).toBe(2)
  })

  test('refuses text that is not UTF-8, and keeps a byte order mark', () => {
    expect(() => new Cursor(Uint8Array.of(0xc0, 0x80), 'record').text(2)).toThrow(withCode('MALFORMED', 'UTF-8'))
    expect(new Cursor(toUtf8('\ufeffa'), 'record').text(4)).toBe('\ufeffa')
  })
})

test('integers are big-endian', () => {
  expect([...uint(0x0102, 2), ...uint(0xfffefdfc, 4), ...uint(2 ** 40 + 1, 8)]).toEqual([
    1, 2, 0xff, 0xfe, 0xfd, 0xfc, 0, 0, 1, 0, 0, 0, 0, 1,
  ])
})

test('text with a lone surrogate is refused rather than changed', () => {
  for (const text of ['\ud800', 'a\udc00b', '\udc00\ud800']) expect(() => toUtf8(text)).toThrow(withCode('MALFORMED', 'surrogate'))
  expect(toUtf8('😀')).toEqual(Uint8Array.of(0xf0, 0x9f, 0x98, 0x80))
})
