import { constants, createPrivateKey, createPublicKey, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto'
import { type KeyWrapper, rsaOaepKeyWrapper, webCrypto } from '@itemseal/core'
import { rsaKeyWrapper as nobleRsaKeyWrapper } from '@itemseal/noble/rsa'
import { describe, expect, test } from 'vitest'
import { rsaKeyWrapper } from '../src/index.ts'
import { withCode } from './support/expect-error.ts'
import { attempt } from './support/providers.ts'

const OAEP = [
  ...['1', '224', '256', '384', '512'].map((hash) => `RSA/ECB/OAEPWithSHA-${hash}AndMGF1Padding`),
  'RSA/ECB/OAEPWithSHA1AndMGF1Padding',
  'RSA/ECB/OAEPWithMD5AndMGF1Padding',
  'RSA/ECB/OAEPPadding',
  ...['1', '256', '384', '512'].map((hash) => `OAEP_SHA${hash}_MGF1`),
]
const PKCS1 = ['RSA/ECB/PKCS1Padding', 'RSA', 'PKCS1']
const DEFAULT = 'RSA/ECB/OAEPWithSHA-256AndMGF1Padding'
const IMPLEMENTATIONS = { node: rsaKeyWrapper, noble: nobleRsaKeyWrapper }

function keyPair(modulusLength: number, publicExponent = 65_537) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength,
    publicExponent,
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'der', type: 'pkcs8' },
  })
  return { publicKey: new Uint8Array(publicKey), privateKey: new Uint8Array(privateKey) }
}

const pair = keyPair(2048)
const other = keyPair(2048)
const publicKey = createPublicKey({ key: Buffer.from(pair.publicKey), format: 'der', type: 'spki' })
const privateKey = createPrivateKey({ key: Buffer.from(pair.privateKey), format: 'der', type: 'pkcs8' })
const p = webCrypto
const dataKey = p.randomBytes(32)
const wrapOf = async (keys: KeyWrapper, key = dataKey) => keys.wrap(key, p)
const unwrapOf = async (keys: KeyWrapper, wrapped: Uint8Array, algorithm?: string) => keys.unwrap(wrapped, algorithm, p)

describe('RSA key wrapping', () => {
  for (const [writer, write] of Object.entries(IMPLEMENTATIONS)) {
    for (const [reader, read] of Object.entries(IMPLEMENTATIONS)) {
      test.each([...OAEP, ...PKCS1])(`by ${writer} opens by ${reader}: %s`, async (algorithm) => {
        const wrapped = await wrapOf(write({ algorithm, publicKey: pair.publicKey }))
        expect(wrapped.length).toBe(256)
        expect(await unwrapOf(read({ privateKey: pair.privateKey, allowPkcs1: true }), wrapped, algorithm)).toEqual(dataKey)
      })
    }
  }

  test('opens keys of every length under moduli of odd sizes and small exponents, both ways', async () => {
    for (const [bits, exponent] of [
      [1024, 3],
      [1031, 65_537],
      [1536, 17],
    ] as const) {
      const odd = keyPair(bits, exponent)
      for (const algorithm of [DEFAULT, 'RSA/ECB/PKCS1Padding']) {
        for (const length of [0, 1, 16, 24, 32]) {
          const key = p.randomBytes(length)
          for (const [write, read] of [
            [rsaKeyWrapper, nobleRsaKeyWrapper],
            [nobleRsaKeyWrapper, rsaKeyWrapper],
          ] as const) {
            const wrapped = await wrapOf(write({ algorithm, publicKey: odd.publicKey }), key)
            expect(await unwrapOf(read({ algorithm, privateKey: odd.privateKey }), wrapped, algorithm)).toEqual(key)
          }
        }
      }
    }
  })
})

describe.each(Object.entries(IMPLEMENTATIONS))('the RSA key wrapper of %s', (_, wrapper) => {
  const reader = wrapper({ privateKey: pair.privateKey })
  const lenient = wrapper({ privateKey: pair.privateKey, allowPkcs1: true })

  test("writes Java's default unless told otherwise, each time another", async () => {
    const keys = wrapper(pair)
    expect(keys.algorithm).toBe(DEFAULT)
    const [a, b] = [await wrapOf(keys), await wrapOf(keys)]
    expect(a).not.toEqual(b)
    expect(await unwrapOf(keys, a, DEFAULT)).toEqual(dataKey)
  })

  test('understands the paddings of OpenSSL and of WebCrypto, and is understood', async () => {
    for (const [algorithm, hash] of [
      ['RSA/ECB/OAEPPadding', 'sha1'],
      ['OAEP_SHA1_MGF1', 'sha1'],
      ['OAEP_SHA256_MGF1', 'sha256'],
      ['OAEP_SHA384_MGF1', 'sha384'],
      ['OAEP_SHA512_MGF1', 'sha512'],
    ] as const) {
      const options = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }
      const theirs = publicEncrypt({ ...options, key: publicKey }, dataKey)
      expect(await unwrapOf(reader, theirs, algorithm), algorithm).toEqual(dataKey)
      const ours = await wrapOf(wrapper({ algorithm, publicKey: pair.publicKey }))
      const opened = privateDecrypt({ ...options, key: privateKey }, ours)
      expect(new Uint8Array(opened), algorithm).toEqual(dataKey)
      expect(await unwrapOf(rsaOaepKeyWrapper(algorithm, pair), ours, algorithm), algorithm).toEqual(dataKey)
    }
    const pkcs1 = publicEncrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, dataKey)
    expect(await unwrapOf(lenient, pkcs1, 'RSA/ECB/PKCS1Padding')).toEqual(dataKey)
    expect(await unwrapOf(lenient, pkcs1)).toEqual(dataKey) // an item that names nothing
  })

  test('refuses what is wrapped with another padding, hash or mask than is said', async () => {
    const wrapped = await wrapOf(wrapper(pair))
    for (const algorithm of [...OAEP, ...PKCS1].filter((name) => name !== DEFAULT))
      await expect(unwrapOf(lenient, wrapped, algorithm), algorithm).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test.each([DEFAULT, 'RSA/ECB/PKCS1Padding'])('gives one error for whatever does not unwrap: %s', async (algorithm) => {
    const wrapped = await wrapOf(wrapper({ algorithm, publicKey: pair.publicKey }))
    const bad = [
      ...[0, 9, 100, 255].map((at) => wrapped.map((byte, i) => (i === at ? byte ^ 1 : byte))),
      ...[0, 1, 128, 255].map((length) => wrapped.subarray(0, length)),
      new Uint8Array([...wrapped, 0]),
      new Uint8Array([0, ...wrapped]),
      new Uint8Array(256),
      new Uint8Array(256).fill(0xff), // not below the modulus
      await wrapOf(wrapper({ algorithm, publicKey: other.publicKey })),
    ]
    const messages = new Set<string>()
    for (const bytes of bad) {
      try {
        await unwrapOf(lenient, bytes, algorithm)
        messages.add('no error')
      } catch (error) {
        expect(error).toEqual(withCode('NOT_AUTHENTIC'))
        expect((error as Error).cause).toBeUndefined()
        messages.add((error as Error).message)
      }
    }
    expect([...messages]).toEqual(['wrapped key: not of this RSA key'])
  })

  test('refuses every malformed block, whose only fault is in its padding', async () => {
    const raw = (block: Uint8Array) => new Uint8Array(publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, block))
    const block = new Uint8Array(256).fill(7)
    block.set([0, 2])
    block[200] = 0
    expect((await unwrapOf(lenient, raw(block), 'RSA')).length).toBe(55)
    const wrong: Record<string, Uint8Array> = {
      'another first byte': block.map((byte, i) => (i === 0 ? 1 : byte)),
      'another type': block.map((byte, i) => (i === 1 ? 1 : byte)),
      'no end of the filler': block.map((byte, i) => (i === 200 ? 7 : byte)),
      'filler of seven bytes': block.map((byte, i) => (i === 9 ? 0 : byte)),
      'no filler': block.map((byte, i) => (i === 2 ? 0 : byte)),
    }
    for (const [title, bytes] of Object.entries(wrong))
      await expect(unwrapOf(lenient, raw(bytes), 'RSA'), title).rejects.toThrow(withCode('NOT_AUTHENTIC'))
    expect((await unwrapOf(lenient, raw(block.map((byte, i) => (i === 10 ? 0 : byte))), 'RSA')).length).toBe(245)
  })

  test.each([...PKCS1, undefined])('opens RSAES-PKCS1-v1_5 only when asked to: %s', async (named) => {
    const wrapped = await wrapOf(wrapper({ algorithm: 'RSA/ECB/PKCS1Padding', publicKey: pair.publicKey }))
    await expect(unwrapOf(reader, wrapped, named)).rejects.toThrow(withCode('UNSUPPORTED'))
    expect(await unwrapOf(lenient, wrapped, named)).toEqual(dataKey)
  })

  test('refuses algorithms that it does not know', async () => {
    for (const algorithm of ['RSA/ECB/NoPadding', 'OAEP_SHA224_MGF1', 'AESWrap', 'kms', '', '__proto__', `${DEFAULT} `]) {
      expect(() => wrapper({ ...pair, algorithm }), algorithm).toThrow(withCode('UNSUPPORTED'))
      await expect(unwrapOf(lenient, dataKey, algorithm), algorithm).rejects.toThrow(withCode('UNSUPPORTED'))
    }
  })

  test('is made with either half, and says which one is missing', async () => {
    expect(() => wrapper({})).toThrow(withCode('CONFIGURATION'))
    await expect(wrapOf(reader)).rejects.toThrow(withCode('NO_MATERIALS', 'wrap'))
    const writer = wrapper({ publicKey: pair.publicKey })
    await expect(unwrapOf(writer, await wrapOf(writer), DEFAULT)).rejects.toThrow(withCode('NO_MATERIALS', 'unwrap'))
  })

  test('is not made with keys of another kind or the other half', () => {
    const { publicKey, privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'prime256v1',
      publicKeyEncoding: { format: 'der', type: 'spki' },
      privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    })
    for (const wrong of [new Uint8Array(0), new Uint8Array(20), publicKey, privateKey, pair.privateKey, 'key' as never])
      expect(() => wrapper({ publicKey: wrong })).toThrow(withCode('CONFIGURATION'))
    for (const wrong of [new Uint8Array(0), new Uint8Array(20), publicKey, privateKey, pair.publicKey, 'key' as never])
      expect(() => wrapper({ privateKey: wrong })).toThrow(withCode('CONFIGURATION'))
  })

  test('says when the key is too short for the padding', async () => {
    const { publicKey } = keyPair(1024)
    await expect(wrapOf(wrapper({ publicKey, algorithm: 'OAEP_SHA512_MGF1' }))).rejects.toThrow(withCode('CONFIGURATION', 'short'))
    await expect(wrapOf(wrapper({ publicKey, algorithm: 'PKCS1' }), new Uint8Array(118))).rejects.toThrow(
      withCode('CONFIGURATION', 'short'),
    )
    expect((await wrapOf(wrapper({ publicKey, algorithm: 'PKCS1' }), new Uint8Array(117))).length).toBe(128)
  })

  test('keeps a copy of its keys, and gives memory of its own', async () => {
    const [publicKey, privateKey] = [new Uint8Array(pair.publicKey), new Uint8Array(pair.privateKey)]
    const keys = wrapper({ publicKey, privateKey })
    publicKey.fill(0)
    privateKey.fill(0)
    const wrapped = await attempt(() => wrapOf(keys))
    const unwrapped = await unwrapOf(keys, wrapped, DEFAULT)
    expect(unwrapped).toEqual(dataKey)
    for (const result of [wrapped, unwrapped]) {
      expect(Object.getPrototypeOf(result)).toBe(Uint8Array.prototype)
      expect(result.buffer.byteLength).toBe(result.length)
    }
  })
})
