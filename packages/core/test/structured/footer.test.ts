import { describe, expect, test } from 'vitest'
import { webCrypto } from '../../src/index.ts'
import { SUITES } from '../../src/materials/index.ts'
import type { Primitives } from '../../src/primitives.ts'
import { parted } from '../../src/structured/fields.ts'
import { parseFooter, recordHash, sign, verify } from '../../src/structured/footer.ts'
import { withCode } from '../support/expect-error.ts'
import { emptyDecryption, emptyEncryption } from '../support/structured-materials.ts'
import { PROVIDERS } from '../support/structured-providers.ts'
import { hex, range } from '../support/structured-vectors.ts'

const hash = range(1, 48)
/** r and s of one byte each. */
const misfit = Uint8Array.from({ length: 96 }, (_, i) => (i % 48 === 47 ? 1 : 0))
const symmetricSigningKeys = [range(1, 32), range(2, 33)]

/** The footer, whichever signature fits. */
async function signed(p: Primitives, writing: Parameters<typeof sign>[1]): Promise<Uint8Array> {
  return (await sign(p, writing, hash)) ?? signed(p, writing)
}

for (const [provider, p] of PROVIDERS) {
  describe(`footer over ${provider}`, () => {
    test('signatures are of 103 bytes and verify, or are none: one in some hundred', async () => {
      const { privateKey, publicKey } = await p.ecdsaGenerate('P-384')
      const writing = { ...emptyEncryption({}, SUITES['0x6701']), symmetricSigningKeys, signingKey: privateKey }
      const reading = {
        ...emptyDecryption({}, SUITES['0x6701']),
        symmetricSigningKey: symmetricSigningKeys[1]!,
        verificationKey: publicKey,
      }
      const footers = (await Promise.all(Array.from({ length: 300 }, () => sign(p, writing, hash)))).filter(
        (footer) => footer !== undefined,
      )
      expect(footers.length).toBeGreaterThan(270)
      for (const footer of footers) expect(footer).toHaveLength(2 * 48 + 103)
      const parsed = footers.slice(0, 100).map((footer) => parseFooter(footer, 2, true))
      expect(await Promise.all(parsed.map((footer) => verify(p, reading, hash, footer)))).toEqual(Array(100).fill(true))
    })

    test('a tag of any encrypted data key will do, but there must be one', async () => {
      const footer = parseFooter((await sign(p, { ...emptyEncryption(), symmetricSigningKeys }, hash))!, 2, false)
      for (const key of symmetricSigningKeys)
        expect(await verify(p, { ...emptyDecryption(), symmetricSigningKey: key }, hash, footer)).toBe(true)
      expect(await verify(p, { ...emptyDecryption(), symmetricSigningKey: range(3, 34) }, hash, footer)).toBe(false)
      expect(await verify(p, { ...emptyDecryption(), symmetricSigningKey: symmetricSigningKeys[0]! }, range(2, 49), footer)).toBe(false)
    })

    test('a right tag without a right signature is refused, and the other way round', async () => {
      const [mine, theirs] = [await p.ecdsaGenerate('P-384'), await p.ecdsaGenerate('P-384')]
      const writing = { ...emptyEncryption({}, SUITES['0x6701']), symmetricSigningKeys, signingKey: mine.privateKey }
      const footer = parseFooter(await signed(p, writing), 2, true)
      const reading = { ...emptyDecryption({}, SUITES['0x6701']), symmetricSigningKey: symmetricSigningKeys[0]! }
      expect(await verify(p, { ...reading, verificationKey: mine.publicKey }, hash, footer)).toBe(true)
      expect(await verify(p, { ...reading, verificationKey: theirs.publicKey }, hash, footer)).toBe(false)
      expect(await verify(p, { ...reading, verificationKey: mine.publicKey }, hash, { tags: footer.tags })).toBe(false)
      const other = { ...reading, symmetricSigningKey: range(9, 40), verificationKey: mine.publicKey }
      expect(await verify(p, other, hash, footer)).toBe(false)
    })
  })
}

describe('footer', () => {
  test.each([
    [0, 1, false],
    [47, 1, false],
    [49, 1, false],
    [96, 1, false],
    [48, 2, false],
    [48, 1, true],
    [150, 1, true],
    [152, 1, true],
    [199, 1, true],
  ])('%i bytes are not those of %i data keys, signature: %s', (length, dataKeys, signed) => {
    expect(() => parseFooter(new Uint8Array(length), dataKeys, signed)).toThrow(withCode('MALFORMED'))
  })

  test('a signature that is not DER is refused', async () => {
    const { privateKey } = await webCrypto.ecdsaGenerate('P-384')
    const whole = await signed(webCrypto, { ...emptyEncryption(), symmetricSigningKeys: [range(1, 32)], signingKey: privateKey })
    for (const at of [48, 49, 50, 51]) {
      const flipped = whole.map((byte, i) => (i === at ? byte ^ 1 : byte))
      expect(() => parseFooter(flipped, 1, true), `byte ${at}`).toThrow(withCode('MALFORMED'))
    }
  })

  test('a signature of another length is none', async () => {
    const writing = { ...emptyEncryption(), symmetricSigningKeys: [range(1, 32)], signingKey: range(1, 32) }
    expect(await sign({ ...webCrypto, ecdsaSign: () => misfit }, writing, hash)).toBeUndefined()
  })

  test('the hash is of header, context, and path, length, marker and value of each field', async () => {
    const fields = [
      { path: hex('01'), letter: 'e', ...parted(hex('0001 aabb')) },
      { path: hex('02'), letter: 's', ...parted(hex('0002 31')) },
    ]
    const record = hex(
      'ff 0000000000000002 0000 01 0000000000000002 454e43525950544544 0001aabb 02 0000000000000001 504c41494e54455854 000231',
    )
    expect(await recordHash(webCrypto, hex('ff'), {}, fields)).toEqual(await webCrypto.digest('SHA-384', record))
  })

  test('the record is laid out in one piece of memory of its size, however long header and context are', async () => {
    const sizes: number[] = []
    const digest: Primitives['digest'] = (hash, data) => {
      sizes.push(data.length, data.buffer.byteLength)
      return webCrypto.digest(hash, data)
    }
    const field = { path: range(0, 40), letter: 'e', ...parted(new Uint8Array(50_000)) }
    await recordHash({ ...webCrypto, digest }, range(0, 3000), { a: 'x'.repeat(3000) }, [field, { ...field, letter: 's' }])
    expect(sizes[0]).toBeGreaterThan(106_000)
    expect(sizes[1]).toBe(sizes[0])
  })
})
