import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttributeValue } from '../../src/attribute-value.ts'
import { parseValue, serializeValue } from '../../src/structured/value.ts'
import { arbitraryValue } from '../support/arbitrary-item.ts'
import { withCode } from '../support/expect-error.ts'
import { withInherited } from '../support/inherited.ts'
import { peerVectors } from '../support/peer-vectors.ts'
import { hex } from '../support/structured-vectors.ts'

const B = (text: string) => hex(text)

/** So many levels: lists around a text. */
const nested = (depth: number): AttributeValue => (depth === 1 ? { S: 'x' } : { L: [nested(depth - 1)] })

describe('values', () => {
  test.each<[string, AttributeValue, string]>([
    ['NULL', { NULL: true }, '0000'],
    ['NULL whose boolean is false', { NULL: false }, '0000'],
    ['S', { S: 'aé' }, '0001 61c3a9'],
    ['empty S', { S: '' }, '0001'],
    ['N', { N: '0800.000e0' }, '0002 383030'],
    ['true', { BOOL: true }, '0004 01'],
    ['false', { BOOL: false }, '0004 00'],
    ['B', { B: B('00ff') }, 'ffff 00ff'],
    ['SS in UTF-16 order', { SS: ['\uffff', '😀', 'b', 'a'] }, '0101 00000004 00000001 61 00000001 62 00000004 f09f9880 00000003 efbfbf'],
    ['NS, normalized and then in UTF-16 order', { NS: ['2', '10.0', '1'] }, '0102 00000003 00000001 31 00000002 3130 00000001 32'],
    [
      'BS in the order of unsigned bytes',
      { BS: [B('80'), B('7f'), B(''), B('7f00')] },
      '01ff 00000004 00000000 00000001 7f 00000002 7f00 00000001 80',
    ],
    ['empty SS', { SS: [] }, '0101 00000000'],
    ['L', { L: [{ N: '1' }, { NULL: true }] }, '0300 00000002 0002 00000001 31 0000 00000000'],
    [
      'M in UTF-16 order',
      { M: { '\uffff': { S: '' }, '😀': { BOOL: true } } },
      '0200 00000002 0001 00000004 f09f9880 0004 00000001 01 0001 00000003 efbfbf 0001 00000000',
    ],
    ['empty L', { L: [] }, '0300 00000000'],
    ['empty M', { M: {} }, '0200 00000000'],
  ])('%s', (_, value, bytes) => {
    expect(serializeValue(value)).toEqual(hex(bytes))
  })

  test('parsing is the inverse of serializing, sets and numbers in normal form', () => {
    fc.assert(
      fc.property(arbitraryValue, (value) => {
        let bytes: Uint8Array
        try {
          bytes = serializeValue(value)
        } catch (error) {
          expect(error).toEqual(withCode('MALFORMED')) // an empty map key
          return
        }
        const back = parseValue(bytes)
        expect(serializeValue(back)).toEqual(bytes)
        for (let length = 1; length < bytes.length; length++) {
          try {
            parseValue(bytes.subarray(0, length)) // a shorter text is a text
          } catch (error) {
            expect(error).toEqual(withCode('MALFORMED'))
          }
        }
      }),
    )
  })

  test('what was sorted already, and normal, comes back as it was', () => {
    const value: AttributeValue = { M: { a: { SS: ['a', 'b'] }, b: { L: [{ NS: ['1', '2'] }, { BS: [B('00')] }, { B: B('') }] } } }
    expect(parseValue(serializeValue(value))).toEqual(value)
  })

  test('a name that is inherited and cannot be assigned is a name', () => {
    const value = { M: { frozen: { S: 'x' } } }
    const bytes = serializeValue(value)
    expect(withInherited('frozen', () => parseValue(bytes))).toEqual(value)
  })

  test('names of the prototype are names', () => {
    const value: AttributeValue = {
      M: JSON.parse('{"__proto__": {"S": "x"}, "constructor": {"S": "y"}}') as Record<string, AttributeValue>,
    }
    expect(parseValue(serializeValue(value))).toEqual(value)
    expect(Object.keys((parseValue(serializeValue(value)) as { M: object }).M)).toEqual(['__proto__', 'constructor'])
  })

  test('lists and sets may have as many members as fit into an item', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => String(i)).sort()
    for (const value of [{ L: many.map((N) => ({ N })) }, { SS: many }]) expect(parseValue(serializeValue(value))).toEqual(value)
  })

  test('nesting: 32 levels are written and read, 33 are refused', () => {
    expect(parseValue(serializeValue(nested(32)))).toEqual(nested(32))
    expect(() => serializeValue(nested(33))).toThrow(withCode('MALFORMED', 'nested deeper'))
    const inner = serializeValue(nested(32)).subarray(2)
    const length = (n: number) => n.toString(16).padStart(8, '0')
    const deeper = hex(`0300 00000001 0300 ${length(inner.length)} ${Buffer.from(inner).toString('hex')}`)
    expect(() => parseValue(deeper)).toThrow(withCode('MALFORMED', 'nested deeper'))
  })

  test.each<[string, AttributeValue]>([
    ['a member that comes twice, SS', { SS: ['a', 'b', 'a'] }],
    ['a member that comes twice, NS', { NS: ['1', '1'] }],
    ['a member that comes twice once it is normal', { NS: ['1', '2', '1.0'] }],
    ['a member that comes twice, BS', { BS: [B('01'), B('02'), B('01')] }],
    ['an empty map key', { M: { '': { S: 'x' } } }],
    ['a map key of more than 65 535 bytes', { M: { ['é'.repeat(32_768)]: { S: 'x' } } }],
    ['a lone surrogate', { S: '\udc00' }],
    ['a lone surrogate in a map key', { M: { '\ud800': { S: 'x' } } }],
    ['a number of more than 38 digits', { N: '1'.repeat(39) }],
    ['a number that is none', { N: '1.e' }],
    ['two types', { S: 'x', N: '1' } as AttributeValue],
    ['no type', {} as AttributeValue],
  ])('writing refuses %s', (_, value) => {
    expect(() => serializeValue(value)).toThrow(withCode('MALFORMED'))
    expect(() => serializeValue({ L: [value] })).toThrow(withCode('MALFORMED'))
  })

  test('a map key of 65 535 bytes is one', () => {
    const value = { M: { ['x'.repeat(65_535)]: { S: '' } } }
    expect(parseValue(serializeValue(value))).toEqual(value)
  })

  test.each([
    ['an unknown type', '0003'],
    ['a NULL with bytes', '0000 00'],
    ['a BOOL of two bytes', '0004 0101'],
    ['a BOOL without bytes', '0004'],
    ['a BOOL that is neither', '0004 02'],
    ['invalid UTF-8', '0001 ff'],
    ['a count of more members than there are', '0101 00000001'],
    ['a count that cannot be', '0300 ffffffff'],
    ['a length past the end', '0101 00000001 00000005 61'],
    ['leftovers behind a set', '0101 00000000 00'],
    ['a member twice, SS', '0101 00000002 00000001 61 00000001 61'],
    ['a member twice, not side by side', '0102 00000003 00000001 31 00000001 32 00000001 31'],
    ['a member twice, BS', '01ff 00000002 00000000 00000000'],
    ['a map key twice', '0200 00000002 0001 00000001 61 0000 00000000 0001 00000001 61 0000 00000000'],
    ['a map key that is not text', '0200 00000001 0002 00000001 31 0000 00000000'],
    ['an empty map key', '0200 00000001 0001 00000000 0000 00000000 00'],
    ['a nested value that is shorter than it says', '0300 00000001 0101 00000005 00000000 00'],
    ['one byte', '00'],
    ['nothing', ''],
  ])('reading refuses %s', (_, bytes) => {
    expect(() => parseValue(hex(bytes))).toThrow(withCode('MALFORMED'))
  })

  test('reading wants no order of sets and map keys, and takes numbers as they are', () => {
    expect(parseValue(hex('0101 00000002 00000001 62 00000001 61'))).toEqual({ SS: ['b', 'a'] })
    expect(parseValue(hex('0200 00000002 0001 00000001 62 0000 00000000 0001 00000001 61 0000 00000000'))).toEqual({
      M: { b: { NULL: true }, a: { NULL: true } },
    })
    expect(parseValue(hex('0002 312e30'))).toEqual({ N: '1.0' })
  })

  test('what is read is a copy', () => {
    const bytes = hex('ffff 0102')
    const value = parseValue(bytes)
    bytes.fill(0)
    expect(value).toEqual({ B: B('0102') })
  })

  const numbers = peerVectors.present
    ? (peerVectors.read('searchable/number_normalization.json') as { id: string; input: string; expected?: string }[])
    : []
  test.skipIf(!peerVectors.present)(peerVectors.title('the numbers of the peers'), () => {
    expect(numbers).toHaveLength(131)
    for (const { id, input, expected } of numbers) {
      const serialize = () => Buffer.from(serializeValue({ N: input }).subarray(2)).toString()
      if (expected === undefined) expect(serialize, `${id}: ${input}`).toThrow(withCode('MALFORMED'))
      else expect(serialize(), `${id}: ${input}`).toBe(expected)
    }
  })
})
