import { webCrypto } from '@itemseal/core'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { nobleCrypto } from '../src/index.ts'

const data = Uint8Array.of(1, 2, 3)
const iv = new Uint8Array(16)
const NEEDS_BYTES = expect.objectContaining({ code: 'CONFIGURATION', message: expect.stringContaining('raw bytes') })

describe('nobleCrypto', () => {
  afterEach(() => vi.unstubAllGlobals())

  test('answers at once, without a promise', () => {
    for (const result of [nobleCrypto.digest('SHA-224', data), nobleCrypto.hmac('SHA-256', data, data), nobleCrypto.ecdsaGenerate('P-256')])
      expect(result).not.toBeInstanceOf(Promise)
  })

  test('refuses a CryptoKey wherever a key is taken', async () => {
    const key = await webCrypto.importKey('AES-CBC', new Uint8Array(32))
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
    for (const step of [
      () => nobleCrypto.hmac('SHA-256', key, data),
      () => nobleCrypto.hkdf('SHA-256', key, data, 1),
      () => nobleCrypto.aesGcmEncrypt(key, iv, data, data),
      () => nobleCrypto.aesGcmDecrypt(key, iv, data, iv),
      () => nobleCrypto.aesCbcEncrypt(key, iv, data),
      () => nobleCrypto.aesCbcDecrypt(key, iv, iv),
      () => nobleCrypto.aesCtrKeystream(key, iv, 1),
      () => nobleCrypto.aesKwWrap(key, iv),
      () => nobleCrypto.aesKwUnwrap(key, iv),
      () => nobleCrypto.ecdsaSign('P-256', pair.privateKey, data),
      () => nobleCrypto.ecdsaVerify('P-256', pair.publicKey, data, data),
      () => nobleCrypto.ecdhDerive('P-256', pair.privateKey, data),
    ])
      expect(step).toThrow(NEEDS_BYTES)
  })

  test('needs no WebCrypto but getRandomValues, as on a page without TLS', async () => {
    vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
    const { privateKey, publicKey } = await nobleCrypto.ecdsaGenerate('P-384')
    const signature = await nobleCrypto.ecdsaSign('P-384', privateKey, data)
    expect(await nobleCrypto.ecdsaVerify('P-384', publicKey, signature, data)).toBe(true)
    expect(nobleCrypto.randomBytes(100_000).length).toBe(100_000)
  })

  test('asks for no more than 65536 random bytes at once, which is all that engines give', () => {
    const lengths: number[] = []
    vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => lengths.push(bytes.length) })
    nobleCrypto.randomBytes(150_000)
    expect(lengths).toEqual([65_536, 65_536, 18_928])
  })

  test('says what is missing where there is no randomness', () => {
    vi.stubGlobal('crypto', undefined)
    expect(() => nobleCrypto.randomBytes(1)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
  })
})

describe('private keys on curves, in PKCS#8,', () => {
  const hex = (text: string) => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'))
  const scalar = 'c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721'
  const point =
    '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299'
  const algorithm = '301306072a8648ce3d020106082a8648ce3d030107'

  test('are read without a public key in them, and with attributes behind', async () => {
    for (const der of [
      `3041020100${algorithm}0427 3025 020101 0420${scalar}`,
      `3043020100${algorithm}0427 3025 020101 0420${scalar} a000`,
      `3043020101${algorithm}0427 3025 020101 0420${scalar} a000`,
    ])
      expect((await nobleCrypto.ecdhImport('P-256', hex(der))).publicKey).toEqual(hex(point))
  })

  test('are read with the curve and the public key in them', async () => {
    const curve = 'a00a 06082a8648ce3d030107'
    for (const der of [
      `304d020100${algorithm}0433 3031 020101 0420${scalar} ${curve}`,
      `308187020100${algorithm}046d 306b 020101 0420${scalar} a144034200${point}`,
      `308193020100${algorithm}0479 3077 020101 0420${scalar} ${curve} a144034200${point}`,
    ])
      expect((await nobleCrypto.ecdhImport('P-256', hex(der))).publicKey).toEqual(hex(point))
  })

  test('are read where the writer left out zeros in front', async () => {
    const short = `30 22 020100 ${algorithm} 0408 3006 020101 0401 05`
    const five = await nobleCrypto.ecdhImport('P-256', hex(short))
    expect((five.privateKey as Uint8Array).length).toBe(32)
    const full = new Uint8Array(32)
    full[31] = 5
    const data = new Uint8Array(3)
    const signature = await nobleCrypto.ecdsaSign('P-256', full, data)
    expect(await nobleCrypto.ecdsaVerify('P-256', five.publicKey, signature, data)).toBe(true)
  })

  test.each([
    ['nothing', ''],
    ['a scalar that is zero', `3041020100${algorithm}0427 3025 020101 0420${'00'.repeat(32)}`],
    [
      'a scalar that is the order',
      `3041020100${algorithm}0427 3025 020101 0420ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551`,
    ],
    ['a scalar that is too long', `3042020100${algorithm}0428 3026 020101 0421${scalar}00`],
    ['an unknown version', `3041020102${algorithm}0427 3025 020101 0420${scalar}`],
    ['an unknown version within', `3041020100${algorithm}0427 3025 020102 0420${scalar}`],
    ['bytes behind', `3041020100${algorithm}0427 3025 020101 0420${scalar} 00`],
    ['bytes behind the key, in the sequence', `3043020100${algorithm}0427 3025 020101 0420${scalar} 0500`],
    ['bytes behind the key, in the octet string', `3042020100${algorithm}0428 3025 020101 0420${scalar} 00`],
    ['bytes behind the scalar', `3043020100${algorithm}0429 3027 020101 0420${scalar} 0500`],
    ['a scalar alone, which other providers do not take', scalar],
    ['a length in a longer form than needed', `308141020100${algorithm}0427 3025 020101 0420${scalar}`],
    ['another curve', `303e020100301006072a8648ce3d020106052b81040022 0427 3025 020101 0420${scalar}`],
    ['a truncation', `3041020100${algorithm}0427 3025 020101 0420${scalar.slice(2)}`],
  ])('are refused for %s', (_, der) => {
    expect(() => nobleCrypto.ecdhImport('P-256', hex(der))).toThrow()
  })
})
