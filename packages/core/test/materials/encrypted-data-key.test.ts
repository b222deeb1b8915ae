import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Cursor } from '../../src/cursor.ts'
import { parseDataKeys, serializeDataKeys } from '../../src/materials/encrypted-data-key.ts'
import { arbitraryBytes, arbitraryText } from '../support/arbitrary-item.ts'
import { withCode } from '../support/expect-error.ts'
import { hex } from '../support/structured-vectors.ts'

const parse = (bytes: Uint8Array) => parseDataKeys(new Cursor(bytes, 'data keys'))
const arbitraryKey = fc.record({ keyProviderId: arbitraryText, keyProviderInfo: arbitraryBytes, ciphertext: arbitraryBytes })
const key = { keyProviderId: 'p', keyProviderInfo: hex('01'), ciphertext: hex('0203') }

describe('encrypted data keys', () => {
  test('are a count, then three parts of each with their lengths', () => {
    expect(serializeDataKeys([key, key])).toEqual(hex('02 0001 70 0001 01 0002 0203 0001 70 0001 01 0002 0203'))
  })

  test('parsing is the inverse of serializing; every truncation is refused', () => {
    fc.assert(
      fc.property(fc.array(arbitraryKey, { minLength: 1, maxLength: 4 }), (keys) => {
        const bytes = serializeDataKeys(keys)
        expect(parse(bytes)).toEqual(keys)
        for (let length = 0; length < bytes.length; length++) expect(() => parse(bytes.subarray(0, length))).toThrow(withCode('MALFORMED'))
      }),
    )
  })

  test('there are from 1 to 255 of them', () => {
    expect(parse(serializeDataKeys(Array(255).fill(key)))).toHaveLength(255)
    expect(() => serializeDataKeys([])).toThrow(withCode('NO_MATERIALS'))
    expect(() => serializeDataKeys(Array(256).fill(key))).toThrow(withCode('NO_MATERIALS'))
    expect(() => parse(hex('00'))).toThrow(withCode('MALFORMED', 'no encrypted data key'))
  })

  test('no part is longer than 65 535 bytes', () => {
    expect(parse(serializeDataKeys([{ ...key, ciphertext: new Uint8Array(65_535) }]))[0]!.ciphertext).toHaveLength(65_535)
    for (const part of [
      { ciphertext: new Uint8Array(65_536) },
      { keyProviderInfo: new Uint8Array(65_536) },
      { keyProviderId: 'x'.repeat(65_536) },
    ])
      expect(() => serializeDataKeys([{ ...key, ...part }])).toThrow(withCode('NO_MATERIALS', 'too long'))
  })

  test('a provider id that is not UTF-8 is refused', () => {
    expect(() => parse(hex('01 0001 ff 0000 0000'))).toThrow(withCode('MALFORMED'))
  })
})
