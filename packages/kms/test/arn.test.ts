import { formatKmsArn, isKmsIdentifier, isSameKey, parseKmsArn } from '@itemseal/kms'
import fc from 'fast-check'
import { expect, test } from 'vitest'

const part = fc.stringMatching(/^[a-z0-9-]{1,20}$/)
const arn = fc.record({
  partition: part,
  region: part,
  account: fc.stringMatching(/^\d{12}$/),
  type: fc.constantFrom('key', 'alias'),
  id: fc.stringMatching(/^(mrk-)?[a-z0-9][a-z0-9/-]{0,20}$/),
})

test('an ARN is parsed as it is formatted', () => {
  fc.assert(
    fc.property(arn, (parts) => {
      expect(parseKmsArn(formatKmsArn(parts))).toEqual(parts)
    }),
  )
})

test('an ARN without one of its parts, or with another, is none', () => {
  fc.assert(
    fc.property(arn, fc.nat(5), (parts, i) => {
      const all = formatKmsArn(parts).split(':')
      expect(parseKmsArn(all.filter((_, j) => i !== j).join(':'))).toBeUndefined()
      expect(parseKmsArn(all.map((each, j) => (i === j ? '' : each)).join(':'))).toBeUndefined()
      expect(parseKmsArn([...all, 'more'].join(':'))).toBeUndefined()
    }),
  )
})

test.each([
  ['arn:aws:kms:r:1:key/a', true],
  ['arn:aws:kms:r:1:alias/a/b', true],
  ['mrk-0123', true],
  ['0123-4567', true],
  ['alias/a', true],
  ['', false],
  ['alias/', false],
  ['key/0123', false],
  ['arn:aws:s3:r:1:key/a', false],
  ['arn:aws:kms:r:1:grant/a', false],
  ['arn:aws:kms:r:1:key/', false],
  ['ARN:aws:kms:r:1:key/a', false],
  ['schlüssel', false],
])('%s is an identifier: %s', (text, is) => {
  expect(isKmsIdentifier(text)).toBe(is)
})

test('a multi-Region key is the same in every Region, and only there', () => {
  fc.assert(
    fc.property(arn, part, (parts, region) => {
      const [a, b] = [formatKmsArn(parts), formatKmsArn({ ...parts, region })]
      expect(isSameKey(a, a)).toBe(true)
      expect(isSameKey(a, b)).toBe(a === b || (parts.type === 'key' && parts.id.startsWith('mrk-')))
      for (const other of [{ partition: 'else' }, { account: '1' }, { id: `${parts.id}-` }])
        expect(isSameKey(a, formatKmsArn({ ...parts, region, ...other }))).toBe(false)
      expect(isSameKey(a, parts.id)).toBe(false)
    }),
  )
})

test('an identifier has up to 2048 characters', () => {
  expect(['a'.repeat(2048), 'a'.repeat(2049)].map(isKmsIdentifier)).toEqual([true, false])
})
