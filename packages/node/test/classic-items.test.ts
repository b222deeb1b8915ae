import { generateKeyPairSync } from 'node:crypto'
import { type ClassicPrimitives, hmacSigner, type Item, type Primitives, webCrypto } from '@itemseal/core'
import { classicItemEncryptor, staticProvider, wrappedProvider } from '@itemseal/core/classic'
import { aesKeyWrapper as nobleAesKeyWrapper, nobleCrypto } from '@itemseal/noble'
import { rsaSigner, rsaVerifier } from '@itemseal/noble/rsa'
import { describe, expect, test } from 'vitest'
import { aesKeyWrapper, nodeCrypto, nodeSigner, nodeVerifier } from '../src/index.ts'
import { withCode } from './support/expect-error.ts'
import { PROVIDERS } from './support/providers.ts'

const item: Item = { id: { S: 'k' }, name: { S: 'Ada' }, data: { B: new Uint8Array(40) }, list: { L: [{ N: '1' }, { NULL: true }] } }
const MIXED: Record<string, Primitives> = {
  ...PROVIDERS,
  'webCrypto with the digest of nobleCrypto': { ...webCrypto, digest: nobleCrypto.digest },
  'webCrypto with the digest of nodeCrypto': { ...webCrypto, digest: nodeCrypto.digest },
  'webCrypto with the random bytes of nobleCrypto': { ...webCrypto, randomBytes: nobleCrypto.randomBytes },
}
const options = { tableName: 'people', partitionKey: 'id' }

describe('items of the classic format', () => {
  const signer = hmacSigner('HmacSHA256', webCrypto.randomBytes(32))

  test.each(Object.keys(MIXED))('that are written over %s are read over all', async (writer) => {
    for (const length of [16, 24, 32]) {
      const keys = { signer, encryptionKey: webCrypto.randomBytes(length) }
      const wrapping = { signer, keyWrapper: aesKeyWrapper(webCrypto.randomBytes(length)) }
      for (const provider of [staticProvider(keys), wrappedProvider(wrapping)]) {
        const encrypted = await classicItemEncryptor({ ...options, provider, primitives: MIXED[writer]! }).encryptItem(item)
        for (const [reader, primitives] of Object.entries(MIXED))
          expect(await classicItemEncryptor({ ...options, provider, primitives }).decryptItem(encrypted), reader).toEqual(item)
      }
    }
  })

  test('have content keys that are wrapped by the primitives given, methods of a class as well, and by WebCrypto if they cannot', async () => {
    const wrapping = { signer, keyWrapper: aesKeyWrapper(webCrypto.randomBytes(32)) }
    const over = (primitives: ClassicPrimitives) => classicItemEncryptor({ ...options, provider: wrappedProvider(wrapping), primitives })
    for (const p of [nodeCrypto, nobleCrypto, webCrypto]) {
      const { aesKwWrap, aesKwUnwrap, ...unable } = p
      class Own {
        readonly #used: string[] = []
        aesKwWrap(...args: Parameters<typeof aesKwWrap>) {
          this.#used.push('wrap')
          return aesKwWrap(...args)
        }
        aesKwUnwrap(...args: Parameters<typeof aesKwUnwrap>) {
          this.#used.push('unwrap')
          return aesKwUnwrap(...args)
        }
        get used() {
          return this.#used.join()
        }
      }
      const own = Object.assign(new Own(), unable)
      const half = { ...unable, aesKwWrap }
      expect(await over(unable).decryptItem(await over(own).encryptItem(item))).toEqual(item)
      expect(await over(own).decryptItem(await over(unable).encryptItem(item))).toEqual(item)
      expect(await over(half).decryptItem(await over(half).encryptItem(item))).toEqual(item)
      expect(own.used).toBe('wrap,unwrap')
    }
  })

  test('are signed by HmacSHA224 over nobleCrypto and nodeCrypto; over webCrypto the error names what to pass', async () => {
    const provider = staticProvider({ signer: hmacSigner('HmacSHA224', webCrypto.randomBytes(32)), encryptionKey: new Uint8Array(32) })
    const over = (primitives: Primitives) => classicItemEncryptor({ ...options, provider, primitives })
    const encrypted = await over(nobleCrypto).encryptItem(item)
    expect(await over(nodeCrypto).decryptItem(encrypted)).toEqual(item)
    expect(await over(nobleCrypto).decryptItem(await over(nodeCrypto).encryptItem(item))).toEqual(item)
    await expect(over(webCrypto).encryptItem(item)).rejects.toThrow(withCode('UNSUPPORTED', 'pass nobleCrypto'))
    await expect(over(webCrypto).decryptItem(encrypted)).rejects.toThrow(withCode('UNSUPPORTED', 'pass nobleCrypto'))
  })

  test('are signed by SHA224withRSA through the add-ons', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { format: 'der', type: 'spki' },
      privateKeyEncoding: { format: 'der', type: 'pkcs8' },
    })
    const encryptionKey = new Uint8Array(32)
    const node = { signer: nodeSigner('SHA224withRSA', privateKey), verifier: nodeVerifier('SHA224withRSA', publicKey) }
    const noble = { signer: rsaSigner('SHA224withRSA', privateKey), verifier: rsaVerifier('SHA224withRSA', publicKey) }
    for (const [writer, reader] of [
      [node, noble],
      [noble, node],
    ] as const) {
      const write = classicItemEncryptor({ ...options, provider: staticProvider({ encryptionKey, ...writer }) })
      const read = classicItemEncryptor({ ...options, provider: staticProvider({ encryptionKey, ...reader }) })
      expect(await read.decryptItem(await write.encryptItem(item))).toEqual(item)
    }
  })

  test('are not read with a CryptoKey over nobleCrypto, which says why', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-CBC', length: 256 }, false, ['encrypt', 'decrypt'])
    const provider = staticProvider({ signer, encryptionKey: key })
    await expect(classicItemEncryptor({ ...options, provider, primitives: nobleCrypto }).encryptItem(item)).rejects.toThrow(
      withCode('CONFIGURATION', 'raw bytes'),
    )
    expect(() => nobleAesKeyWrapper(key as never)).toThrow(withCode('CONFIGURATION', 'raw bytes'))
    const encrypted = await classicItemEncryptor({ ...options, provider }).encryptItem(item)
    expect(await classicItemEncryptor({ ...options, provider, primitives: nodeCrypto }).decryptItem(encrypted)).toEqual(item)
  })
})
