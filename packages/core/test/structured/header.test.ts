import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Header, parseHeader, serializeHeader } from '../../src/structured/header.ts'
import { arbitraryBytes, arbitraryText } from '../support/arbitrary-item.ts'
import { withCode } from '../support/expect-error.ts'
import { hex, range } from '../support/structured-vectors.ts'

const arbitraryHeader: fc.Arbitrary<Header> = fc.record({
  version: fc.constantFrom(1, 2),
  suite: fc.constantFrom('0x6700', '0x6701'),
  messageId: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => new Uint8Array(bytes)),
  legend: fc.string({ unit: fc.constantFrom('e', 's', 'c'), maxLength: 10 }),
  encryptionContext: fc.dictionary(
    arbitraryText.filter((name) => name !== ''),
    arbitraryText,
  ),
  encryptedDataKeys: fc.array(fc.record({ keyProviderId: arbitraryText, keyProviderInfo: arbitraryBytes, ciphertext: arbitraryBytes }), {
    minLength: 1,
    maxLength: 3,
  }),
})
const commitment = range(100, 131)
const ID = '0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20'
const KEYS = '01 0001 70 0000 0000'
const withCommitment = (text: string) => Uint8Array.of(...hex(text), ...commitment)

describe('header', () => {
  test('known answer', () => {
    const header: Header = {
      version: 2,
      suite: '0x6701',
      messageId: range(1, 32),
      legend: 'ecs',
      encryptionContext: { a: 'b' },
      encryptedDataKeys: [{ keyProviderId: 'p', keyProviderInfo: hex('01'), ciphertext: hex('0203') }],
    }
    const bytes = hex(`02 01 ${ID} 0003 656373 0001 0001 61 0001 62 01 0001 70 0001 01 0002 0203`)
    expect(serializeHeader(header)).toEqual(bytes)
    expect(parseHeader(Uint8Array.of(...bytes, ...commitment))).toEqual({ ...header, commitment })
  })

  test('parsing is the inverse of serializing; every truncation and every addition is refused', () => {
    fc.assert(
      fc.property(arbitraryHeader, (header) => {
        const bytes = Uint8Array.of(...serializeHeader(header), ...commitment)
        expect(parseHeader(bytes)).toEqual({ ...header, commitment })
        for (let length = 0; length < bytes.length; length++)
          expect(() => parseHeader(bytes.subarray(0, length))).toThrow(withCode('MALFORMED'))
        expect(() => parseHeader(Uint8Array.of(...bytes, 0))).toThrow(withCode('MALFORMED'))
      }),
    )
  })

  test.each([
    ['version 0', `00 00 ${ID} 0000 0000 ${KEYS}`],
    ['version 3', `03 00 ${ID} 0000 0000 ${KEYS}`],
    ['flavor 2', `01 02 ${ID} 0000 0000 ${KEYS}`],
    ['another letter in the legend', `01 00 ${ID} 0001 64 0000 ${KEYS}`],
    ['a legend that is not text', `01 00 ${ID} 0001 ff 0000 ${KEYS}`],
    ['a context whose names do not ascend', `01 00 ${ID} 0000 0002 0001 62 0000 0001 61 0000 ${KEYS}`],
    ['a name twice in the context', `01 00 ${ID} 0000 0002 0001 61 0000 0001 61 0000 ${KEYS}`],
    ['an empty name in the context', `01 00 ${ID} 0000 0001 0000 0000 ${KEYS}`],
    ['invalid UTF-8 in a provider id', `01 00 ${ID} 0000 0000 01 0001 ff 0000 0000`],
    ['no encrypted data key', `01 00 ${ID} 0000 0000 00`],
  ])('reading refuses %s', (_, text) => {
    expect(() => parseHeader(withCommitment(text))).toThrow(withCode('MALFORMED', 'aws_dbe_head'))
  })

  test('a commitment of another length is refused', () => {
    const whole = withCommitment(`01 00 ${ID} 0000 0000 ${KEYS}`)
    expect(parseHeader(whole).commitment).toEqual(commitment)
    expect(() => parseHeader(whole.subarray(0, -1))).toThrow(withCode('MALFORMED', 'is too short'))
    expect(() => parseHeader(Uint8Array.of(...whole, 0))).toThrow(withCode('MALFORMED', 'is too long'))
  })

  test('65 535 attributes are signed at most', () => {
    const header: Header = {
      version: 1,
      suite: '0x6700',
      messageId: range(1, 32),
      legend: 's'.repeat(65_535),
      encryptionContext: {},
      encryptedDataKeys: [{ keyProviderId: 'p', keyProviderInfo: hex(''), ciphertext: hex('') }],
    }
    expect(parseHeader(Uint8Array.of(...serializeHeader(header), ...commitment))).toEqual({ ...header, commitment })
    expect(() => serializeHeader({ ...header, legend: `${header.legend}s` })).toThrow(withCode('MALFORMED', 'too many attributes'))
  })
})
