import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareBytes } from '../../src/order.ts'
import { canonicalPaths, compareCanonical } from '../../src/structured/canonical-path.ts'
import { arbitraryName } from '../support/arbitrary-item.ts'
import { withCode } from '../support/expect-error.ts'
import { hex } from '../support/structured-vectors.ts'

describe('canonical paths', () => {
  test('known answer (structured-item-format, 15.1)', () => {
    const path = canonicalPaths('GazelleVectorTable')('Junk')
    expect(path).toEqual(hex('47617a656c6c65566563746f725461626c65 0000000000000001 24 0000000000000004 4a756e6b'))
  })

  test('the length is in UTF-16 units, not in bytes', () => {
    expect(canonicalPaths('')('é')).toEqual(hex('0000000000000001 24 0000000000000001 c3a9'))
    expect(canonicalPaths('')('😀')).toEqual(hex('0000000000000001 24 0000000000000002 f09f9880'))
  })

  test('canonical order is that of the bytes of the paths', () => {
    const path = canonicalPaths('table')
    fc.assert(
      fc.property(arbitraryName, arbitraryName, (a, b) => {
        expect(Math.sign(compareCanonical(a, b))).toBe(Math.sign(compareBytes(path(a), path(b))))
      }),
    )
    expect(['Stuff', 'RecNum', 'Junk'].sort(compareCanonical)).toEqual(['Junk', 'Stuff', 'RecNum'])
    expect(['😀', '\uffff\uffff', 'zz'].sort(compareCanonical)).toEqual(['zz', '\uffff\uffff', '😀'])
  })

  test('paths are kept, but not for ever', () => {
    const path = canonicalPaths('table')
    const first = path('a')
    expect(path('a')).toBe(first)
    for (let i = 0; i < 10_000; i++) path(`name ${i}`)
    expect(path('a')).not.toBe(first)
    expect(path('a')).toEqual(first)
  })

  test('paths of long names are not kept, so that all that are do not fill the memory', () => {
    const path = canonicalPaths('table')
    const [short, long] = ['a'.repeat(255), 'a'.repeat(256)]
    expect(path(short)).toBe(path(short))
    expect(path(long)).not.toBe(path(long))
    expect(path(long)).toEqual(path(long))
  })

  test('a lone surrogate is refused', () => {
    expect(() => canonicalPaths('table')('\ud800')).toThrow(withCode('MALFORMED'))
  })
})
