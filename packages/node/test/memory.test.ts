import type { Primitives } from '@itemseal/core'
import { describe, expect, test } from 'vitest'
import { nodeCrypto } from '../src/index.ts'
import { PROVIDERS } from './support/providers.ts'

/** Inputs as small Buffers of the pool: what must neither be written to nor come back. */
const pooled = (length: number, fill: number) => Buffer.from(new Uint8Array(length).fill(fill))

async function allResults(p: Primitives): Promise<Record<string, Uint8Array>> {
  const [key, iv, data, aad] = [pooled(32, 1), pooled(16, 2), pooled(40, 3), pooled(5, 4)]
  const nonce = iv.subarray(0, 12)
  const before = [key, iv, data, aad].map((input) => input.toString('hex'))
  const gcm = await p.aesGcmEncrypt(key, nonce, aad, data)
  const cbc = await p.aesCbcEncrypt(key, iv, data)
  const wrapped = await p.aesKwWrap(key, data)
  const pair = await p.ecdhGenerate('P-256')
  const results = {
    random: p.randomBytes(16),
    digest: await p.digest('SHA-256', data),
    hmac: await p.hmac('SHA-384', key, data),
    hkdf: await p.hkdf('SHA-512', key, data, 20),
    gcm,
    'empty gcm': await p.aesGcmEncrypt(key, nonce, aad, new Uint8Array(0)),
    'gcm opened': await p.aesGcmDecrypt(key, nonce, aad, Buffer.from(gcm)),
    'empty gcm opened': await p.aesGcmDecrypt(key, nonce, aad, await p.aesGcmEncrypt(key, nonce, aad, new Uint8Array(0))),
    cbc,
    'cbc opened': await p.aesCbcDecrypt(key, iv, Buffer.from(cbc)),
    ctr: await p.aesCtrKeystream(key, iv, 33),
    wrapped,
    unwrapped: await p.aesKwUnwrap(key, Buffer.from(wrapped)),
    point: pair.publicKey,
    shared: await p.ecdhDerive('P-256', pair.privateKey, Buffer.from(pair.publicKey)),
    signature: await p.ecdsaSign('P-256', (await p.ecdsaGenerate('P-256')).privateKey, data),
  }
  expect([key, iv, data, aad].map((input) => input.toString('hex'))).toEqual(before)
  return results
}

describe.each(Object.entries(PROVIDERS))('%s', (_, p) => {
  test('gives every result as a plain Uint8Array in memory of its own, and leaves its inputs alone', async () => {
    for (const [name, result] of Object.entries(await allResults(p))) {
      expect(Object.getPrototypeOf(result), name).toBe(Uint8Array.prototype)
      // Of plaintext, the cipher's padding may lie behind it.
      expect(result.buffer.byteLength, name).toBe(name === 'cbc opened' && p === nodeCrypto ? 48 : result.length)
      expect(result.byteOffset, name).toBe(0)
    }
  })

  test('copies the bytes of an imported key', async () => {
    const raw = p.randomBytes(32)
    const kept = new Uint8Array(raw)
    const data = Uint8Array.of(1)
    const handle = await p.importKey('HMAC-SHA-256', raw)
    raw.fill(0)
    expect(await p.hmac('SHA-256', handle, data)).toEqual(await p.hmac('SHA-256', kept, data))
  })

  test('takes views into larger memory', async () => {
    const memory = p.randomBytes(200)
    for (const offset of [0, 1, 3]) {
      const part = (start: number, length: number) => memory.subarray(offset + start, offset + start + length)
      const alone = (start: number, length: number) => memory.slice(offset + start, offset + start + length)
      const results = async (take: typeof part) => [
        await p.digest('SHA-512', take(0, 50)),
        await p.hmac('SHA-1', take(0, 20), take(20, 40)),
        await p.aesGcmEncrypt(take(0, 16), take(16, 12), take(30, 9), take(50, 33)),
        await p.aesCbcEncrypt(take(0, 24), take(24, 16), take(50, 33)),
        await p.aesCtrKeystream(take(0, 32), take(32, 16), 40),
        await p.aesKwWrap(take(0, 32), take(40, 24)),
      ]
      expect(await results(part)).toEqual(await results(alone))
    }
  })

  test('gives any number of random bytes at once', () => {
    for (const length of [0, 1, 65_536, 65_537, 200_000]) {
      const bytes = p.randomBytes(length)
      expect(bytes.length).toBe(length)
      if (length > 1000) expect(new Set(bytes.subarray(-1000)).size).toBeGreaterThan(200)
    }
  })
})
