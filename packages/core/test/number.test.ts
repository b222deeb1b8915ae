import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatNumber, normalizeNumber, parseNumber, roundHalfEven } from '../src/number.ts'
import { arbitraryNumber } from './support/arbitrary-item.ts'
import { withCode } from './support/expect-error.ts'

describe('a number', () => {
  test('in normal form is the same number, and stays as it is', () => {
    fc.assert(
      fc.property(arbitraryNumber, (text) => {
        const normal = formatNumber(parseNumber(text))
        expect(normal).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/)
        expect(formatNumber(parseNumber(normal))).toBe(normal)
        expect(Number(normal)).toBe(Number(text) + 0)
      }),
    )
  })

  test.each([
    ['1', '1'],
    ['+7', '7'],
    ['0800.000e0', '800'],
    ['-0', '0'],
    ['0e999999999', '0'],
    ['.5', '0.5'],
    ['5.', '5'],
    ['1e-130', `0.${'0'.repeat(129)}1`],
    ['9.9e125', `99${'0'.repeat(124)}`],
    ['0000000000000000000000000000000000000000000001e3', '1000'],
  ])('%s is %s', (text, normal) => {
    expect(normalizeNumber(text)).toBe(normal)
  })

  test.each(['', ' 1', '1 ', '.', '-', '1.e', 'e5', '1e', '1e+', '0x10', '1_000', 'NaN', 'Infinity', '１', '--1', '1.2.3'])(
    'is not %j',
    (text) => {
      expect(() => parseNumber(text)).toThrow(withCode('MALFORMED', 'not a number'))
    },
  )

  test.each(['1e126', '1e-131', '1e999999999999999999999', '-1e400', `1${'0'.repeat(126)}`])('is not as large or small as %s', (text) => {
    expect(() => parseNumber(text)).toThrow(withCode('MALFORMED', 'range'))
  })

  test('has no more than 38 significant digits in the structured format', () => {
    expect(normalizeNumber(`${'9'.repeat(38)}000`)).toBe(`${'9'.repeat(38)}000`)
    expect(() => normalizeNumber('9'.repeat(39))).toThrow(withCode('MALFORMED', '38'))
  })

  test('is read in time linear in its length, whatever it is', () => {
    for (const hostile of [`${'1'.repeat(400_000)}x`, '0'.repeat(400_000), `1${'0'.repeat(400_000)}1`])
      expect(() => parseNumber(hostile)).not.toThrow(RangeError)
  })

  test.each([
    ['12345678901234567890123456785', '12345678901234567890123456780'],
    ['12345678901234567890123456775', '12345678901234567890123456780'],
    ['123456789012345678901234567850000001', '123456789012345678901234567900000000'],
    ['0.99999999999999999999999999999', '1'],
    ['-1.00000000000000000000000000005', '-1'],
  ])('rounds half to even as Python does: %s to %s', (text, rounded) => {
    expect(formatNumber(roundHalfEven(parseNumber(text), 28))).toBe(rounded)
  })
})
