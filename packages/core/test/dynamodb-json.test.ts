import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromBase64, fromLenientBase64, toBase64 } from '../src/base64.ts'
import { itemFromJson, itemToJson, parseDynamoDbJson, stringifyDynamoDbJson } from '../src/dynamodb-json.ts'
import type { Item } from '../src/item.ts'
import { arbitraryBytes, arbitraryItem } from './support/arbitrary-item.ts'
import { withCode } from './support/expect-error.ts'

describe('DynamoDB JSON', () => {
  test('gives back any item, byte for byte', () => {
    fc.assert(
      fc.property(arbitraryItem, (item) => {
        expect(Object.entries(parseDynamoDbJson(stringifyDynamoDbJson(item)))).toEqual(Object.entries(item))
      }),
    )
  })

  test('has binary values as base64, numbers as text', () => {
    const text =
      '{"b":{"B":"AAEC"},"bs":{"BS":["","/w=="]},"n":{"N":"12345678901234567890123456789012345678"},"l":{"L":[{"M":{"x":{"NULL":true}}}]}}'
    expect(parseDynamoDbJson(text)).toEqual({
      b: { B: Uint8Array.of(0, 1, 2) },
      bs: { BS: [new Uint8Array(0), Uint8Array.of(255)] },
      n: { N: '12345678901234567890123456789012345678' },
      l: { L: [{ M: { x: { NULL: true } } }] },
    })
    expect(stringifyDynamoDbJson(parseDynamoDbJson(text))).toBe(text)
  })

  test('keeps names of the prototype as an item has them', () => {
    const text = '{"__proto__":{"M":{"__proto__":{"S":"a"}}},"constructor":{"S":"b"}}'
    const item = parseDynamoDbJson(text)
    expect(Object.keys(item)).toEqual(['__proto__', 'constructor'])
    expect(stringifyDynamoDbJson(item)).toBe(text)
  })

  test.each([
    ['no JSON', '{"a":', 'not JSON'],
    ['nothing', '', 'not JSON'],
    ['a list', '[]', 'not an item'],
    ['null', 'null', 'not an item'],
    ['text', '"secret"', 'not an item'],
    ['a value without type', '{"a":"secret"}', 'attribute "a"'],
    ['a value of two types', '{"a":{"S":"secret","N":"1"}}', 'attribute "a"'],
    ['a value of no type', '{"a":{}}', 'attribute "a"'],
    ['an unknown type', '{"a":{"T":"secret"}}', 'attribute "a"'],
    ['a type of the prototype', '{"a":{"toString":"secret"}}', 'attribute "a"'],
    ['a number that is not text', '{"a":{"N":1}}', 'attribute "a"'],
    ['binary that is not base64', '{"a":{"B":"sec ret"}}', 'attribute "a"'],
    ['binary without its padding', '{"a":{"B":"AAE"}}', 'attribute "a"'],
    ['binary that is not text', '{"a":{"B":[1]}}', 'attribute "a"'],
    ['a set that is not a list', '{"a":{"SS":"secret"}}', 'attribute "a"'],
    ['a set of other things', '{"a":{"BS":[1]}}', 'attribute "a"'],
    ['a member that is no value', '{"a":{"L":["secret"]}}', 'attribute "a"'],
    ['a map that is a list', '{"a":{"M":[]}}', 'attribute "a"'],
    ['33 levels', `{"a":${'{"L":['.repeat(33)}${']}'.repeat(33)}}`, 'deeper than 32'],
  ])('refuses %s, and repeats nothing of it', (_, text, words) => {
    expect(() => parseDynamoDbJson(text)).toThrow(withCode('MALFORMED', words))
    expect(() => parseDynamoDbJson(text)).not.toThrow('sec')
  })

  test('refuses to read or write what is nested deeper than DynamoDB allows, however deep', () => {
    for (const [open, close] of [
      ['{"L":[', ']}'],
      ['{"M":{"x":', '}}'],
    ] as const) {
      const text = (depth: number) => `{"a":${open.repeat(depth - 1)}{"S":"x"}${close.repeat(depth - 1)}}`
      expect(stringifyDynamoDbJson(parseDynamoDbJson(text(32)))).toBe(text(32))
      for (const depth of [33, 1000]) {
        const deep = JSON.parse(text(depth))
        expect(() => parseDynamoDbJson(text(depth))).toThrow(withCode('MALFORMED', '"a"'))
        expect(() => itemToJson(deep)).toThrow(withCode('MALFORMED', 'attribute "a": nested deeper than 32 levels'))
      }
      let deepest: object = { S: 'x' }
      for (let i = 0; i < 100_000; i++) deepest = open.startsWith('{"L') ? { L: [deepest] } : { M: { x: deepest } }
      expect(() => itemToJson({ a: deepest } as unknown as Item)).toThrow(withCode('MALFORMED', '"a"'))
    }
  })

  test('refuses to write what is not an item', () => {
    expect(() => itemToJson({ a: { S: 1 } } as unknown as Item)).toThrow(withCode('MALFORMED', '"a"'))
    expect(() => itemFromJson(undefined)).toThrow(withCode('MALFORMED'))
  })
})

describe('base64', () => {
  test('gives back any bytes, strictly or leniently', () => {
    fc.assert(
      fc.property(fc.oneof(arbitraryBytes, fc.constant(new Uint8Array(100_000).fill(7))), (bytes) => {
        expect(fromBase64(toBase64(bytes))).toEqual(bytes)
        expect(
          fromLenientBase64(
            `\r\n ${toBase64(bytes)
              .replace(/=/g, '')
              .replace(/(.{5})/g, '$1\r\n')}`,
          ),
        ).toEqual(bytes)
      }),
    )
  })

  test.each(['A', 'AA', 'AAA', 'AAAA=', 'AA==AA==', 'AAA-', 'AAA_', ' AAAA', 'AAAA\n', '===='])('is refused as %j', (text) => {
    expect(() => fromBase64(text)).toThrow(withCode('MALFORMED'))
  })

  test('lenient is not lenient about a lone symbol', () => {
    expect(() => fromLenientBase64('A')).toThrow(withCode('MALFORMED'))
    expect(fromLenientBase64('A\u017fA\u212aA\nA==')).toEqual(fromBase64('AAAA')) // what case folding would take for s and k
    for (const text of ['AA\u017fA', '\u212aAAA']) expect(() => fromBase64(text)).toThrow(withCode('MALFORMED'))
  })
})
