import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Cursor } from '../../src/cursor.ts'
import { contextAad, parseContext, serializeContext } from '../../src/materials/encryption-context.ts'
import { arbitraryText } from '../support/arbitrary-item.ts'
import { withCode } from '../support/expect-error.ts'
import { hex } from '../support/structured-vectors.ts'

const parse = (bytes: Uint8Array) => parseContext(new Cursor(bytes, 'context'))
const arbitraryContext = fc
  .uniqueArray(
    fc.tuple(
      arbitraryText.filter((name) => name !== ''),
      arbitraryText,
    ),
    { selector: ([name]) => name },
  )
  .map((pairs) => Object.fromEntries(pairs))

describe('encryption context', () => {
  test('known answer (materials-and-keyrings, section 8)', () => {
    const bytes = serializeContext({ 'aws-crypto-table-name': 'T', a: '1' })
    expect(bytes).toEqual(hex('000200016100013100156177732d63727970746f2d7461626c652d6e616d65000154'))
    expect(contextAad({ 'aws-crypto-table-name': 'T', a: '1' })).toEqual(bytes)
  })

  test('an empty one is a zero count in an item, and no bytes at all to a keyring', () => {
    expect(serializeContext({})).toEqual(hex('0000'))
    expect(contextAad({})).toEqual(hex(''))
  })

  test('is ordered by bytes, where UTF-16 units would order otherwise', () => {
    expect(serializeContext({ '😀': '', '\uffff': '' })).toEqual(hex('0002 0003 efbfbf 0000 0004 f09f9880 0000'))
  })

  test('parsing is the inverse of serializing, and the order in which pairs come does not matter', () => {
    fc.assert(
      fc.property(arbitraryContext, (context) => {
        const bytes = serializeContext(context)
        expect(parse(bytes)).toEqual(context)
        expect(serializeContext(Object.fromEntries(Object.entries(context).reverse()))).toEqual(bytes)
        for (let length = 0; length < bytes.length; length++) expect(() => parse(bytes.subarray(0, length))).toThrow(withCode('MALFORMED'))
      }),
    )
  })

  test.each([
    ['names that do not ascend', '0002 0001 62 0000 0001 61 0000'],
    ['a name that comes twice', '0002 0001 61 0000 0001 61 0000'],
    ['an empty name', '0001 0000 0000'],
    ['a name that is not UTF-8', '0001 0001 ff 0000'],
    ['a value that is not UTF-8', '0001 0001 61 0001 ff'],
  ])('parsing refuses %s', (_, bytes) => {
    expect(() => parse(hex(bytes))).toThrow(withCode('MALFORMED'))
  })

  test('names and values of more than 65 535 bytes, and more pairs than that, are refused', () => {
    expect(serializeContext({ a: 'x'.repeat(65_535) })).toHaveLength(65_542)
    expect(() => serializeContext({ a: 'x'.repeat(65_536) })).toThrow(withCode('MALFORMED', '"a" is too long'))
    expect(() => serializeContext({ ['é'.repeat(32_768)]: '' })).toThrow(withCode('MALFORMED'))
    const many = Object.fromEntries(Array.from({ length: 65_536 }, (_, i) => [String(i), '']))
    expect(() => serializeContext(many)).toThrow(withCode('MALFORMED', 'too many pairs'))
  })

  test('lone surrogates are refused, not replaced', () => {
    expect(() => serializeContext({ a: '\ud800' })).toThrow(withCode('MALFORMED'))
  })
})
