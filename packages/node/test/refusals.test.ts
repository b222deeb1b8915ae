import { createCipheriv } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attempt, PROVIDERS } from './support/providers.ts'

const AAD = Uint8Array.of(7, 7)

describe.each(Object.entries(PROVIDERS))('%s refuses', (_, p) => {
  const key = p.randomBytes(32)
  const iv = p.randomBytes(16)
  const nonce = iv.subarray(0, 12)

  async function expectEveryChangeRefused(whole: Uint8Array, open: (bytes: Uint8Array) => unknown): Promise<void> {
    for (let length = 0; length < whole.length; length++)
      await expect(
        attempt(() => open(whole.subarray(0, length))),
        `cut to ${length} bytes`,
      ).rejects.toThrow()
    for (let bit = 0; bit < 8 * whole.length; bit++) {
      const flipped = whole.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      await expect(
        attempt(() => open(flipped)),
        `bit ${bit}`,
      ).rejects.toThrow()
    }
  }

  test('every truncation and every flipped bit of what AES-GCM encrypted', async () => {
    const encrypted = await p.aesGcmEncrypt(key, nonce, AAD, Uint8Array.of(1, 2, 3, 4, 5))
    await expectEveryChangeRefused(encrypted, (bytes) => p.aesGcmDecrypt(key, nonce, AAD, bytes))
  })

  test('what AES-GCM encrypted under another key, nonce or additional data', async () => {
    const encrypted = await p.aesGcmEncrypt(key, nonce, AAD, iv)
    await expect(attempt(() => p.aesGcmDecrypt(p.randomBytes(32), nonce, AAD, encrypted))).rejects.toThrow()
    await expect(attempt(() => p.aesGcmDecrypt(key, iv.subarray(1, 13), AAD, encrypted))).rejects.toThrow()
    await expect(attempt(() => p.aesGcmDecrypt(key, nonce, new Uint8Array(0), encrypted))).rejects.toThrow()
  })

  test('every truncation and every flipped bit of a wrapped key', async () => {
    const wrapped = await p.aesKwWrap(key, p.randomBytes(16))
    await expectEveryChangeRefused(wrapped, (bytes) => p.aesKwUnwrap(key, bytes))
  })

  test.each([0, 8, 15, 17])('to wrap %i bytes', async (length) => {
    await expect(attempt(() => p.aesKwWrap(key, new Uint8Array(length)))).rejects.toThrow()
  })

  test('AES-CBC that is empty, not whole blocks, or badly padded', async () => {
    const encrypted = await p.aesCbcEncrypt(key, iv, new Uint8Array(20))
    for (const length of [0, 1, 15, 16, 31]) {
      await expect(
        attempt(() => p.aesCbcDecrypt(key, iv, encrypted.subarray(0, length))),
        `${length} bytes`,
      ).rejects.toThrow()
    }
    const wrong = encrypted.map((byte, i) => (i === 15 ? byte ^ 0x80 : byte))
    await expect(attempt(() => p.aesCbcDecrypt(key, iv, wrong))).rejects.toThrow()
  })

  test('every padding of AES-CBC that is none, and no other', async () => {
    const block = fc.uint8Array({ minLength: 16, maxLength: 16 })
    const ending = fc.tuple(block, fc.nat(18), fc.nat(17)).map(([bytes, byte, count]) => bytes.fill(byte, Math.max(0, 16 - count)))
    await fc.assert(
      fc.asyncProperty(fc.array(block, { maxLength: 2 }), ending, async (blocks, last) => {
        const plain = Buffer.concat([...blocks, last])
        const encrypted = new Uint8Array(createCipheriv('aes-256-cbc', key, iv).setAutoPadding(false).update(plain))
        const surplus = plain.at(-1)!
        const isPadded = surplus > 0 && surplus <= 16 && plain.subarray(-surplus).every((byte) => byte === surplus)
        const opened = await attempt(() => p.aesCbcDecrypt(key, iv, encrypted)).catch(() => undefined)
        expect(opened).toEqual(isPadded ? new Uint8Array(plain.subarray(0, -surplus)) : undefined)
      }),
    )
  })

  test.each([0, 1, 15, 17, 31, 33, 64])('an AES key of %i bytes', async (length) => {
    const bad = new Uint8Array(length)
    await expect(attempt(() => p.aesGcmEncrypt(bad, nonce, AAD, AAD))).rejects.toThrow()
    await expect(attempt(() => p.aesCbcEncrypt(bad, iv, AAD))).rejects.toThrow()
    await expect(attempt(() => p.aesCtrKeystream(bad, iv, 1))).rejects.toThrow()
    await expect(attempt(() => p.aesKwWrap(bad, iv))).rejects.toThrow()
  })

  test('IVs and counters of a wrong length', async () => {
    await expect(attempt(() => p.aesCbcEncrypt(key, nonce, AAD))).rejects.toThrow()
    await expect(attempt(() => p.aesCtrKeystream(key, nonce, 1))).rejects.toThrow()
    await expect(attempt(() => p.aesGcmEncrypt(key, new Uint8Array(0), AAD, AAD))).rejects.toThrow()
  })

  test('to derive more than 255 blocks', async () => {
    await expect(attempt(() => p.hkdf('SHA-256', key, AAD, 255 * 32 + 1))).rejects.toThrow()
    expect((await p.hkdf('SHA-256', key, AAD, 255 * 32)).length).toBe(255 * 32)
  })
})
