import { sign as nodeSign, verify as nodeVerify } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { toUtf8 } from '../src/bytes.ts'
import { derFromRaw, rawFromDer } from '../src/ecdsa-encoding.ts'
import type { Curve } from '../src/primitives.ts'
import { ecdsaSigner, ecdsaVerifier, hmacSigner, rsaSigner, rsaVerifier } from '../src/signer.ts'
import { classicWebCrypto as p } from '../src/webcrypto.ts'
import { range } from './support/classic-encryptor.ts'
import { withCode } from './support/expect-error.ts'
import { ecKeyPair, rsaKeyPair } from './support/key-pair.ts'

const data = toUtf8('string to sign')
const flipped = (bytes: Uint8Array, i: number) => bytes.map((byte, j) => (i === j ? byte ^ 1 : byte))

describe('a MAC key', () => {
  for (const algorithm of ['HmacSHA1', 'HmacSHA256', 'HmacSHA384', 'HmacSHA512'] as const) {
    test(`signs and verifies with ${algorithm}, and refuses any other byte`, async () => {
      const key = hmacSigner(algorithm, range(0, 8))
      const mac = await key.sign(data, p)
      expect(await key.verify(data, mac, p)).toBe(true)
      for (let i = 0; i < mac.length; i++) expect(await key.verify(data, flipped(mac, i), p)).toBe(false)
      expect(await key.verify(data, mac.subarray(1), p)).toBe(false)
    })
  }

  test('knows the vector of RFC 4231, test case 2', async () => {
    const mac = await hmacSigner('HmacSHA256', toUtf8('Jefe')).sign(toUtf8('what do ya want for nothing?'), p)
    expect(Buffer.from(mac).toString('hex')).toBe('5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843')
  })

  test('of SHA-224 names who has it, since WebCrypto has not', async () => {
    await expect(hmacSigner('HmacSHA224', range(0, 8)).sign(data, p)).rejects.toThrow(withCode('UNSUPPORTED', 'pass nobleCrypto'))
  })
})

describe('an RSA key', () => {
  const { publicKey, privateKey } = rsaKeyPair()
  for (const [algorithm, hash] of [
    ['SHA1withRSA', 'sha1'],
    ['SHA256withRSA', 'sha256'],
    ['SHA384withRSA', 'sha384'],
    ['SHA512withRSA', 'sha512'],
  ] as const) {
    test(`signs and verifies ${algorithm} as others do`, async () => {
      const signature = await rsaSigner(algorithm, privateKey).sign(data, p)
      expect(nodeVerify(hash, data, { key: publicKey, format: 'der', type: 'spki' }, signature)).toBe(true)
      expect(
        await rsaVerifier(algorithm, publicKey).verify(data, nodeSign(hash, data, { key: privateKey, format: 'der', type: 'pkcs8' }), p),
      ).toBe(true)
      expect(await rsaVerifier(algorithm, publicKey).verify(data, flipped(signature, 7), p)).toBe(false)
    })
  }

  test('that is none is a wrong configuration', async () => {
    await expect(rsaVerifier('SHA256withRSA', range(0, 50)).verify(data, data, p)).rejects.toThrow(withCode('CONFIGURATION', 'public'))
    await expect(rsaSigner('SHA256withRSA', publicKey).sign(data, p)).rejects.toThrow(withCode('CONFIGURATION', 'private'))
    expect(() => rsaSigner('MD5withRSA' as never, privateKey)).toThrow(withCode('CONFIGURATION'))
  })
})

describe('an ECDSA key', () => {
  for (const [curve, named, algorithm, hash] of [
    ['P-256', 'prime256v1', 'SHA256withECDSA', 'sha256'],
    ['P-384', 'secp384r1', 'SHA384withECDSA', 'sha384'],
    ['P-521', 'secp521r1', 'SHA512withECDSA', 'sha512'],
    ['P-256', 'prime256v1', 'SHA1withECDSA', 'sha1'],
  ] as const) {
    const { publicKey, privateKey } = ecKeyPair(named)
    test(`on ${curve} signs and verifies ${algorithm} in DER as others do, and refuses any other byte`, async () => {
      const verifier = ecdsaVerifier(algorithm, curve, publicKey)
      for (let i = 0; i < 20; i++) {
        const signature = await ecdsaSigner(algorithm, curve, privateKey).sign(data, p)
        expect(nodeVerify(hash, data, { key: publicKey, format: 'der', type: 'spki' }, signature)).toBe(true)
        expect(
          await verifier.verify(data, new Uint8Array(nodeSign(hash, data, { key: privateKey, format: 'der', type: 'pkcs8' })), p),
        ).toBe(true)
      }
      const signature = await ecdsaSigner(algorithm, curve, privateKey).sign(data, p)
      for (let i = 0; i < signature.length; i++) {
        expect(await verifier.verify(data, flipped(signature, i), p)).toBe(false)
        expect(await verifier.verify(data, signature.subarray(0, i), p)).toBe(false)
      }
    })

    test(`on ${curve} signs ${algorithm}inP1363Format as fixed length`, async () => {
      const raw = await ecdsaSigner(`${algorithm}inP1363Format`, curve, privateKey).sign(data, p)
      expect(raw.length).toBe({ 'P-256': 64, 'P-384': 96, 'P-521': 132 }[curve])
      expect(await ecdsaVerifier(`${algorithm}inP1363Format`, curve, publicKey).verify(data, raw, p)).toBe(true)
    })
  }
})

describe('DER of ECDSA signatures', () => {
  const raw = (curve: Curve, r: number[], s: number[]) => {
    const size = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }[curve]
    return Uint8Array.from([...Array(size - r.length).fill(0), ...r, ...Array(size - s.length).fill(0), ...s])
  }

  test('has no superfluous zeros, a zero before a high bit, and a long length where it must', () => {
    expect([...derFromRaw(raw('P-256', [1], [0x80]))]).toEqual([0x30, 7, 2, 1, 1, 2, 2, 0, 0x80])
    const large = raw('P-521', Array(66).fill(1), Array(66).fill(1))
    expect([...derFromRaw(large).subarray(0, 3)]).toEqual([0x30, 0x81, 136])
    expect(rawFromDer(derFromRaw(large), 'P-521')).toEqual(large)
  })

  test.each([
    ['another tag', [0x31, 6, 2, 1, 1, 2, 1, 1]],
    ['a length beyond its end', [0x30, 7, 2, 1, 1, 2, 1, 1]],
    ['something after its end', [0x30, 6, 2, 1, 1, 2, 1, 1, 0]],
    ['a long length where a short one would do', [0x30, 0x81, 6, 2, 1, 1, 2, 1, 1]],
    ['an indefinite length', [0x30, 0x80, 2, 1, 1, 2, 1, 1, 0, 0]],
    ['a negative number', [0x30, 6, 2, 1, 0x81, 2, 1, 1]],
    ['zero', [0x30, 6, 2, 1, 0, 2, 1, 1]],
    ['a superfluous zero', [0x30, 7, 2, 2, 0, 1, 2, 1, 1]],
    ['an empty number', [0x30, 5, 2, 0, 2, 1, 1]],
    ['a third number', [0x30, 9, 2, 1, 1, 2, 1, 1, 2, 1, 1]],
    ['a number too long for the curve', [0x30, 38, 2, 33, ...Array(33).fill(1), 2, 1, 1]],
  ])('is refused with %s', (_, bytes) => {
    expect(() => rawFromDer(Uint8Array.from(bytes), 'P-256')).toThrow(withCode('MALFORMED'))
  })
})
