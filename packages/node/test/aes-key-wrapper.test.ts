import { createCipheriv } from 'node:crypto'
import { aesKeyWrapper as aesKeyWrapperOfCore, webCrypto } from '@itemseal/core'
import { aesKeyWrapper as nobleAesKeyWrapper } from '@itemseal/noble'
import { describe, expect, test } from 'vitest'
import { aesKeyWrapper } from '../src/index.ts'
import { withCode } from './support/expect-error.ts'
import { attempt, hex } from './support/providers.ts'

const KWP = 'AES/KWP/NoPadding'
const p = webCrypto
const kek = p.randomBytes(32)
const dataKey = p.randomBytes(32)

describe.each([
  ['node', aesKeyWrapper],
  ['noble', nobleAesKeyWrapper],
])('the AES key wrapper of %s', (_, wrapper) => {
  test.each([
    ['c37b7e6492584340bed12207808941155068f738', '138bdeaa9b8fa7fc61f97742e72248ee5ae6ae5360d1ae6a5f54f373fa543b6a'],
    ['466f7250617369', 'afbeb0f07dfbf5419200f2ccb50bb24f'],
  ])('wraps %s with padding as RFC 5649 does', async (key, wrapped) => {
    const keys = wrapper(hex('5840df6e29b02af1ab493b705bf16ea1ae8338f4dcc176a8'), KWP)
    expect(keys.algorithm).toBe(KWP)
    expect(await keys.wrap(hex(key), p)).toEqual(hex(wrapped))
    expect(await keys.unwrap(hex(wrapped), KWP, p)).toEqual(hex(key))
  })

  test.each([16, 24, 32])('opens what it wraps under %i bytes, by every name, whatever it writes itself', async (length) => {
    const key = kek.subarray(0, length)
    for (const algorithm of ['AESWrap', 'AES/KW/NoPadding', KWP, 'AES', 'AES/ECB/PKCS5Padding']) {
      const writer = wrapper(key, algorithm)
      for (const size of [16, 24, 32]) {
        const wrapped = await writer.wrap(dataKey.subarray(0, size), p)
        expect(await wrapper(key).unwrap(wrapped, algorithm, p), algorithm).toEqual(dataKey.subarray(0, size))
      }
    }
  })

  test("wraps as core's, unless told otherwise", async () => {
    expect(await wrapper(kek).wrap(dataKey, p)).toEqual(await aesKeyWrapperOfCore(kek).wrap(dataKey, p))
  })

  test('opens AES/ECB of the Java client, also where the item names nothing, and AES key wrap that Python calls so', async () => {
    const cipher = createCipheriv('aes-256-ecb', kek, null)
    const ecb = new Uint8Array(Buffer.concat([cipher.update(dataKey), cipher.final()]))
    const wrap = await aesKeyWrapperOfCore(kek).wrap(dataKey, p)
    for (const named of [undefined, 'AES', 'AES/ECB/PKCS5Padding']) {
      expect(await wrapper(kek).unwrap(ecb, named, p)).toEqual(dataKey)
      expect(await wrapper(kek).unwrap(wrap, named, p)).toEqual(dataKey)
    }
  })

  test('refuses every truncation and every flipped bit with padding', async () => {
    const wrapped = await wrapper(kek, KWP).wrap(dataKey.subarray(0, 16), p)
    for (let length = 0; length < wrapped.length; length++)
      await expect(
        attempt(() => wrapper(kek).unwrap(wrapped.subarray(0, length), KWP, p)),
        `cut to ${length} bytes`,
      ).rejects.toThrow()
    for (let bit = 0; bit < 8 * wrapped.length; bit++) {
      const flipped = wrapped.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
      await expect(
        attempt(() => wrapper(kek).unwrap(flipped, KWP, p)),
        `bit ${bit}`,
      ).rejects.toThrow()
    }
  })

  test('refuses to wrap or unwrap nothing', async () => {
    for (const algorithm of ['AESWrap', KWP]) {
      await expect(attempt(() => wrapper(kek, algorithm).wrap(new Uint8Array(0), p))).rejects.toThrow()
      await expect(attempt(() => wrapper(kek).unwrap(new Uint8Array(0), algorithm, p))).rejects.toThrow()
    }
    await expect(attempt(() => wrapper(kek).unwrap(new Uint8Array(0), 'AES', p))).rejects.toThrow()
  })

  test('refuses algorithms that it does not know, and keys that are not AES', async () => {
    for (const algorithm of ['AES/GCM/NoPadding', 'RSA', '', 'DESede', 'AES/KWP/NoPadding ']) {
      expect(() => wrapper(kek, algorithm), algorithm).toThrow(withCode('UNSUPPORTED'))
      await expect(
        attempt(() => wrapper(kek).unwrap(dataKey, algorithm, p)),
        algorithm,
      ).rejects.toThrow(withCode('UNSUPPORTED'))
    }
    for (const length of [0, 15, 33]) expect(() => wrapper(new Uint8Array(length))).toThrow(withCode('CONFIGURATION', 'AES-KW key'))
  })

  test('keeps a copy of its key', async () => {
    const key = new Uint8Array(kek)
    const keys = wrapper(key, KWP)
    key.fill(0)
    expect(await wrapper(kek).unwrap(await keys.wrap(dataKey, p), KWP, p)).toEqual(dataKey)
  })
})
