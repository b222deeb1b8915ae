import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt } from 'node:crypto'
import fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { rsaPrivateOperation, rsaPublicOperation } from '../src/rsa-key.ts'

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
const pkcs8 = new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' }))
const padding = constants.RSA_NO_PADDING
const CONFIGURATION = expect.objectContaining({ name: 'ItemCryptoError', code: 'CONFIGURATION' })
const block = fc.uint8Array({ minLength: 128, maxLength: 128 }).map((bytes) => bytes.map((byte, i) => (i === 0 ? byte & 0x3f : byte)))

describe('the raw RSA operations', () => {
  afterEach(() => vi.restoreAllMocks())

  test("are those of OpenSSL, and each other's inverse", () => {
    const [open, close] = [rsaPrivateOperation(pkcs8), rsaPublicOperation(spki)]
    expect([open.size, close.size]).toEqual([128, 128])
    fc.assert(
      fc.property(block, (bytes) => {
        expect(open.apply(bytes)).toEqual(new Uint8Array(privateDecrypt({ key: privateKey, padding }, bytes)))
        expect(close.apply(bytes)).toEqual(new Uint8Array(publicEncrypt({ key: publicKey, padding }, bytes)))
        expect(close.apply(open.apply(bytes))).toEqual(bytes)
      }),
      { numRuns: 20 },
    )
  })

  test('keep the zeros in front of a block', () => {
    const small = new Uint8Array(128)
    expect(rsaPrivateOperation(pkcs8).apply(small)).toEqual(small)
    small[127] = 1
    expect(rsaPrivateOperation(pkcs8).apply(small)).toEqual(small)
    expect(rsaPublicOperation(spki).apply(small)).toEqual(small)
  })

  test('take no block of another length, and none that is not below the modulus', () => {
    for (const { apply } of [rsaPrivateOperation(pkcs8), rsaPublicOperation(spki)]) {
      for (const length of [0, 127, 129, 256]) expect(() => apply(new Uint8Array(length))).toThrow('not a block')
      expect(() => apply(new Uint8Array(128).fill(0xff))).toThrow('not a block')
    }
  })

  test('give the same whatever the blinding is, and draw a new one each time', () => {
    const { apply } = rsaPrivateOperation(pkcs8)
    const bytes = new Uint8Array(128).fill(3)
    const expected = apply(bytes)
    const drawn = vi.spyOn(crypto, 'getRandomValues')
    for (let i = 0; i < 3; i++) expect(apply(bytes)).toEqual(expected)
    const values = drawn.mock.calls.map(([view]) => Buffer.from(view as Uint8Array).toString('hex'))
    expect(values.length).toBe(9) // for the base and for two exponents
    expect(new Set(values).size).toBe(9)
    drawn.mockImplementation((view) => view) // zeros
    expect(apply(bytes)).toEqual(expected)
  })
})

describe('an RSA key', () => {
  test('is refused for every truncation, and for bytes behind it', () => {
    for (let length = 0; length < spki.length; length++)
      expect(() => rsaPublicOperation(spki.subarray(0, length)), `public, cut to ${length} bytes`).toThrow(CONFIGURATION)
    for (let length = 0; length < pkcs8.length; length++)
      expect(() => rsaPrivateOperation(pkcs8.subarray(0, length)), `private, cut to ${length} bytes`).toThrow(CONFIGURATION)
    expect(() => rsaPublicOperation(new Uint8Array([...spki, 0]))).toThrow(CONFIGURATION)
    expect(() => rsaPrivateOperation(new Uint8Array([...pkcs8, 0]))).toThrow(CONFIGURATION)
  })

  test('is refused, or does the same, for every changed byte of a private one', () => {
    const bytes = new Uint8Array(128).fill(3)
    const expected = rsaPrivateOperation(pkcs8).apply(bytes)
    for (let at = 0; at < pkcs8.length; at++) {
      const changed = pkcs8.map((byte, i) => (i === at ? byte ^ 0x10 : byte))
      try {
        expect(rsaPrivateOperation(changed).apply(bytes), `byte ${at}`).toEqual(expected) // d, which is not used
      } catch (error) {
        expect(error, `byte ${at}`).toEqual(CONFIGURATION)
      }
    }
  })

  test('is not repeated in the error', () => {
    const error = (() => {
      try {
        rsaPrivateOperation(pkcs8.map((byte, i) => (i === pkcs8.length - 1 ? byte ^ 1 : byte)))
      } catch (thrown) {
        return thrown as Error
      }
      throw new Error('did not fail')
    })()
    expect(`${error.message} ${(error.cause as Error).message}`).toBe(
      'not a private RSA key, as PKCS#8 DER bytes the exponents are not those of the primes',
    )
  })

  test('of more kinds than rsaEncryption, and a CryptoKey, are refused', async () => {
    const pss = generateKeyPairSync('rsa-pss', { modulusLength: 1024 })
    expect(() => rsaPublicOperation(new Uint8Array(pss.publicKey.export({ format: 'der', type: 'spki' })))).toThrow(CONFIGURATION)
    expect(() => rsaPrivateOperation(new Uint8Array(pss.privateKey.export({ format: 'der', type: 'pkcs8' })))).toThrow(CONFIGURATION)
    const key = await crypto.subtle.importKey('spki', spki, { name: 'RSA-OAEP', hash: 'SHA-1' }, true, ['encrypt'])
    expect(() => rsaPublicOperation(key as never)).toThrow(CONFIGURATION)
  })
})
