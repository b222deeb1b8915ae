import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttributeValue } from '../../src/attribute-value.ts'
import { fromBase64 } from '../../src/base64.ts'
import { parseAttribute, serializeAttribute } from '../../src/classic/attribute.ts'
import { FORMS, JAVA } from '../../src/classic/dialect.ts'
import { itemFromJson, itemToJson } from '../../src/dynamodb-json.ts'
import { arbitraryValue } from '../support/arbitrary-item.ts'
import { withCode } from '../support/expect-error.ts'
import { withInherited } from '../support/inherited.ts'
import { peerVectors } from '../support/peer-vectors.ts'

const value = (json: unknown): AttributeValue => itemFromJson({ value: json }).value!
const [PYTHON] = FORMS.python

describe('an attribute value as bytes', () => {
  for (const file of ['serialize_attribute', 'deserialize_attribute']) {
    test.skipIf(!peerVectors.present)(peerVectors.title(`is that of every vector of the peers in ${file}`), () => {
      const vectors = peerVectors.read(`classic/${file}.json`) as { attribute: unknown; serialized: string }[]
      expect(vectors.length).toBeGreaterThanOrEqual(10)
      for (const { attribute, serialized } of vectors) {
        const bytes = fromBase64(serialized)
        if (file === 'serialize_attribute')
          for (const form of [JAVA, PYTHON]) expect(serializeAttribute(value(attribute), form)).toEqual(bytes)
        expect(serializeAttribute(parseAttribute(bytes), JAVA)).toEqual(bytes)
        if (file === 'deserialize_attribute') expect(sorted(parseAttribute(bytes))).toEqual(sorted(value(attribute)))
      }
    })
  }

  test('comes back from its bytes, numbers in normal form and sets sorted', () => {
    fc.assert(
      fc.property(arbitraryValue, (original) => {
        const bytes = serializeAttribute(original, JAVA)
        const back = parseAttribute(bytes)
        expect(serializeAttribute(back, JAVA)).toEqual(bytes)
      }),
    )
  })

  test('is refused when cut anywhere, or continued', () => {
    fc.assert(
      fc.property(arbitraryValue, (original) => {
        const bytes = serializeAttribute(original, JAVA)
        for (let length = 0; length < bytes.length; length++)
          expect(() => parseAttribute(bytes.subarray(0, length))).toThrow(withCode('MALFORMED'))
        expect(() => parseAttribute(Uint8Array.of(...bytes, 0))).toThrow(withCode('MALFORMED'))
      }),
      { numRuns: 50 },
    )
  })

  test('orders sets as the Java client does, and as the Python client does', () => {
    const BS = ['01', '80', '7f', '', 'ff'].map((hex) => Uint8Array.from(hex === '' ? [] : [Number.parseInt(hex, 16)]))
    const SS = ['😀', '\ufffd', '\ue000', 'a', 'A', '']
    expect(parseAttribute(serializeAttribute({ BS }, JAVA))).toEqual({
      BS: [[], [0x80], [0xff], [1], [0x7f]].map((bytes) => Uint8Array.from(bytes)),
    })
    expect(parseAttribute(serializeAttribute({ BS }, PYTHON))).toEqual({
      BS: [[], [1], [0x7f], [0x80], [0xff]].map((bytes) => Uint8Array.from(bytes)),
    })
    expect(parseAttribute(serializeAttribute({ SS }, JAVA))).toEqual({ SS: ['', 'A', 'a', '😀', '\ue000', '\ufffd'] })
    expect(parseAttribute(serializeAttribute({ SS }, PYTHON))).toEqual({ SS: ['', 'A', 'a', '\ue000', '\ufffd', '😀'] })
  })

  test('prints numbers as each client does', () => {
    const print = (N: string, form = JAVA) => parseAttribute(serializeAttribute({ N }, form))
    for (const [from, to] of [
      ['1E+2', '100'],
      ['1E-10', '0.0000000001'],
      ['123e-2', '1.23'],
      ['.5', '0.5'],
      ['5.', '5'],
      ['-1.50', '-1.5'],
      ['007', '7'],
      ['0e99', '0'],
    ]) {
      expect(print(from!)).toEqual({ N: to })
    }
    expect(print('-0.00')).toEqual({ N: '0' })
    expect(print('-0.00', PYTHON)).toEqual({ N: '-0' })
    expect(print('12345678901234567890123456789012345678')).toEqual({ N: '12345678901234567890123456789012345678' })
    expect(print('12345678901234567890123456789012345678', PYTHON)).toEqual({ N: '12345678901234567890123456790000000000' })
  })

  test.each([
    ['no type', {}],
    ['two types', { S: 'a', N: '1' }],
    ['an unknown type', { X: 'a' }],
    ['a name of the prototype as type', { constructor: 'a' }],
    ['a number that is not text', { N: 1 }],
    ['text that is not a number', { N: '1,5' }],
    ['a number out of range', { N: '1e999999999' }],
    ['a lone surrogate', { S: '\ud800' }],
    ['NULL that is false', { NULL: false }],
    ['nothing in a list', { L: [undefined] }],
    ['null in a map', { M: { a: null } }],
    ['a list for a set', { SS: 'a' }],
    ['no object', 'text'],
  ])('is refused with %s', (_, wrong) => {
    expect(() => serializeAttribute(wrong as AttributeValue, JAVA)).toThrow(withCode('MALFORMED'))
  })

  test('lists and sets may have as many members as fit into an item', () => {
    const many = Array.from({ length: 200_000 }, (_, i) => String(i)).sort()
    for (const value of [{ L: many.map((N) => ({ N })) }, { SS: many }])
      expect(parseAttribute(serializeAttribute(value, JAVA))).toEqual(value)
  })

  test('nests 32 levels deep and no further, both ways', () => {
    const nested = (depth: number): AttributeValue => (depth === 1 ? { S: 'x' } : { L: [nested(depth - 1)] })
    const deepest = serializeAttribute(nested(32), JAVA)
    expect(parseAttribute(deepest)).toEqual(nested(32))
    expect(() => serializeAttribute(nested(33), JAVA)).toThrow(withCode('MALFORMED'))
    const deeper = Uint8Array.of(0, 0x4c, 0, 0, 0, 1, ...deepest)
    expect(() => parseAttribute(deeper)).toThrow(withCode('MALFORMED'))
  })

  test.each([
    ['an unknown tag', [0, 0x58]],
    ['a tag that does not begin with zero', [1, 0x73, 0, 0, 0, 0]],
    ['a BOOL of 2', [0, 0x3f, 2]],
    ['a count that its bytes cannot hold', [0, 0x4c, 0xff, 0xff, 0xff, 0xff]],
    ['a map whose name is not text', [0, 0x4d, 0, 0, 0, 1, 0, 0x6e, 0, 0, 0, 1, 0x31, 0, 0, 0]],
    ['a name that comes twice', [0, 0x4d, 0, 0, 0, 2, 0, 0x73, 0, 0, 0, 1, 0x61, 0, 0, 0, 0x73, 0, 0, 0, 1, 0x61, 0, 0]],
    ['invalid UTF-8', [0, 0x73, 0, 0, 0, 1, 0xff]],
  ])('is refused with %s', (_, bytes) => {
    expect(() => parseAttribute(Uint8Array.from(bytes))).toThrow(withCode('MALFORMED'))
  })

  test('keeps a map name that is inherited and cannot be assigned', () => {
    const M = { frozen: { S: 'mine' } }
    const bytes = serializeAttribute({ M }, JAVA)
    const back = withInherited('frozen', () => parseAttribute(bytes))
    expect(back).toEqual({ M })
  })

  test('keeps a map name of the prototype as its own', () => {
    const M = JSON.parse('{"__proto__":{"S":"mine"}}') as Record<string, AttributeValue>
    const back = parseAttribute(serializeAttribute({ M }, JAVA)) as { M: Record<string, AttributeValue> }
    expect(Object.entries(back.M)).toEqual([['__proto__', { S: 'mine' }]])
  })
})

/** As JSON, sets in one order. */
function sorted(value: AttributeValue): unknown {
  const json = itemToJson({ value }).value as Record<string, unknown>
  return Object.fromEntries(
    Object.entries(json).map(([type, content]) => [type, /^.S$/.test(type) ? [...(content as string[])].sort() : content]),
  )
}
