import { spawnSync } from 'node:child_process'
import { createSecretKey, KeyObject } from 'node:crypto'
import { webCrypto } from '@itemseal/core'
import { describe, expect, test } from 'vitest'
import { nodeCrypto } from '../src/index.ts'

const data = Uint8Array.of(1, 2, 3)

describe('nodeCrypto', () => {
  test('key pairs are made and used while garbage is collected at every turn', () => {
    const code = `
      import { nodeCrypto as p } from '@itemseal/node'
      for (let i = 0; i < 3000; i++) p.ecdsaSign('P-256', p.ecdsaGenerate('P-256').privateKey, new Uint8Array(3))
      console.log('done')`
    const cwd = new URL('..', import.meta.url)
    for (const often of [1, 3]) {
      const args = [`--gc-interval=${often}`, '--input-type=module', '--eval', code]
      const { stdout, stderr, signal } = spawnSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: 60_000 })
      expect({ stdout, stderr, signal }).toEqual({ stdout: 'done\n', stderr: '', signal: null }) // by way of JWK it would wait for ever
    }
  }, 200_000)

  test('public keys are of full length, whatever they begin with', async () => {
    const pairs = await Promise.all(Array.from({ length: 3000 }, () => nodeCrypto.ecdsaGenerate('P-256')))
    expect(pairs.filter(({ publicKey }) => publicKey[1] === 0 || publicKey[33] === 0).length).toBeGreaterThan(0) // some 23
    for (const { publicKey } of pairs) expect(publicKey).toHaveLength(65)
  })

  test('answers at once, without a promise', () => {
    for (const result of [nodeCrypto.digest('SHA-256', data), nodeCrypto.hmac('SHA-256', data, data), nodeCrypto.ecdsaGenerate('P-256')])
      expect(result).not.toBeInstanceOf(Promise)
  })

  test('takes the CryptoKeys of WebCrypto, extractable or not', async () => {
    const raw = webCrypto.randomBytes(32)
    const iv = webCrypto.randomBytes(16)
    for (const use of ['AES-CBC', 'AES-GCM', 'AES-KW', 'HMAC-SHA-256'] as const) {
      const key = await webCrypto.importKey(use, raw)
      const step = {
        'AES-CBC': (k: typeof key) => nodeCrypto.aesCbcEncrypt(k, iv, data),
        'AES-GCM': (k: typeof key) => nodeCrypto.aesGcmEncrypt(k, iv, data, data),
        'AES-KW': (k: typeof key) => nodeCrypto.aesKwWrap(k, raw),
        'HMAC-SHA-256': (k: typeof key) => nodeCrypto.hmac('SHA-256', k, data),
      }[use]
      expect(await step(key), use).toEqual(await step(raw))
    }
    const pair = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-384' }, false, ['sign', 'verify'])
    const signature = await nodeCrypto.ecdsaSign('P-384', pair.privateKey, data)
    expect(await nodeCrypto.ecdsaVerify('P-384', pair.publicKey, signature, data)).toBe(true)
    expect(() => nodeCrypto.ecdsaSign('P-256', pair.privateKey, data)).toThrow('another curve')
    expect(() => nodeCrypto.ecdsaVerify('P-256', pair.publicKey, signature, data)).toThrow('another curve')
  })

  test('makes KeyObjects of keys, and takes those of others', () => {
    const raw = nodeCrypto.randomBytes(32)
    expect(nodeCrypto.importKey('AES-GCM', raw)).toBeInstanceOf(KeyObject)
    expect(nodeCrypto.hmac('SHA-512', createSecretKey(raw), data)).toEqual(nodeCrypto.hmac('SHA-512', raw, data))
  })

  test('refuses what is no key at all', () => {
    for (const key of ['secret', { type: 'secret' }, undefined]) expect(() => nodeCrypto.hmac('SHA-256', key as never, data)).toThrow()
  })
})
