import { describe, expect, test } from 'vitest'
import { fromLenientBase64, toBase64 } from '../../src/base64.ts'
import { parseMaterialDescription, serializeMaterialDescription } from '../../src/classic/material-description.ts'
import { wrappedProvider } from '../../src/classic/wrapped-provider.ts'
import { Cursor } from '../../src/cursor.ts'
import type { Item } from '../../src/item.ts'
import { aesKeyWrapper, rsaOaepKeyWrapper } from '../../src/key-wrapper.ts'
import { hmacSigner } from '../../src/signer.ts'
import { encryptorFor, range, signingKey } from '../support/classic-encryptor.ts'
import { withCode } from '../support/expect-error.ts'

const DESCRIPTION = '*amzn-ddb-map-desc*'
const item: Item = { pk: { S: 'k' }, sk: { N: '1' }, name: { S: 'Ada' } }
const signer = hmacSigner('HmacSHA256', signingKey)
const wrapped = (key = range(0, 32), description = {}) => wrappedProvider({ keyWrapper: aesKeyWrapper(key), signer, description })
const describedBy = (encrypted: Item) => parseMaterialDescription(new Cursor((encrypted[DESCRIPTION] as { B: Uint8Array }).B, 'd'))
const redescribed = (encrypted: Item, change: Record<string, string | undefined>) => {
  const entries = Object.entries({ ...describedBy(encrypted), ...change }).filter(([, value]) => value !== undefined)
  return { ...encrypted, [DESCRIPTION]: { B: serializeMaterialDescription(Object.fromEntries(entries) as Record<string, string>) } }
}

describe('the wrapped provider', () => {
  for (const length of [16, 24, 32]) {
    test(`wraps content keys under an AES key of ${length} bytes`, async () => {
      const encryptor = encryptorFor({ provider: wrapped(range(0, length)) })
      const encrypted = await encryptor.encryptItem(item)
      expect(describedBy(encrypted)).toMatchObject({
        'amzn-ddb-wrap-alg': 'AESWrap',
        'amzn-ddb-env-alg': 'AES',
        'amzn-ddb-map-sym-mode': '/CBC/PKCS5Padding',
      })
      expect(await encryptor.decryptItem(encrypted)).toEqual(item)
    })
  }

  test('names the length of the content key in the Python dialect, and takes it from the description', async () => {
    for (const [algorithm, bytes] of [
      ['AES/128', 24],
      ['AES/192', 32],
      ['AES/256', 40],
    ] as const) {
      const encryptor = encryptorFor({ dialect: 'python', provider: wrapped(range(0, 32), { 'amzn-ddb-env-alg': algorithm }) })
      const encrypted = await encryptor.encryptItem(item)
      expect(describedBy(encrypted)['amzn-ddb-env-alg']).toBe(algorithm)
      expect(fromLenientBase64(describedBy(encrypted)['amzn-ddb-env-key']!).length).toBe(bytes)
      expect(await encryptor.decryptItem(encrypted)).toEqual(item)
    }
  })

  test('makes a new content key for every item', async () => {
    const [a, b] = await Promise.all([
      encryptorFor({ provider: wrapped() }).encryptItem(item),
      encryptorFor({ provider: wrapped() }).encryptItem(item),
    ])
    expect(describedBy(a)['amzn-ddb-env-key']).not.toBe(describedBy(b)['amzn-ddb-env-key'])
  })

  test('reads base64 with line breaks and without padding, as old Java clients wrote it', async () => {
    const encryptor = encryptorFor({ provider: wrapped() })
    const encrypted = await encryptor.encryptItem(item)
    const key = describedBy(encrypted)['amzn-ddb-env-key']!
    const broken = `${key.slice(0, 20)}\r\n${key.slice(20).replace(/=/g, '')}\r\n`
    expect(await encryptor.decryptItem(redescribed(encrypted, { 'amzn-ddb-env-key': broken }))).toEqual(item)
  })

  test.each([
    ['an item without a wrapped key', { 'amzn-ddb-env-key': undefined }, 'NO_MATERIALS'],
    ['a wrapped key that is not base64', { 'amzn-ddb-env-key': 'A' }, 'MALFORMED'],
    ['a wrapped key of another wrapping key', { 'amzn-ddb-env-key': toBase64(range(0, 40)) }, 'NO_MATERIALS'],
    ['an empty wrapped key', { 'amzn-ddb-env-key': '' }, 'NO_MATERIALS'],
    ['a content key of another length than the item says', { 'amzn-ddb-env-alg': 'AES/128' }, 'NO_MATERIALS'],
    ['a cipher that is not AES', { 'amzn-ddb-env-alg': 'DESede' }, 'UNSUPPORTED'],
    ['an AES of no such length', { 'amzn-ddb-env-alg': 'AES/512' }, 'UNSUPPORTED'],
    ['a wrapping that is not AES key wrap', { 'amzn-ddb-wrap-alg': 'AES/GCM/NoPadding' }, 'UNSUPPORTED'],
    ['a wrapping by RSA', { 'amzn-ddb-wrap-alg': 'RSA/ECB/PKCS1Padding' }, 'UNSUPPORTED'],
    ['no word on the wrapping', { 'amzn-ddb-wrap-alg': undefined }, 'UNSUPPORTED'],
  ] as const)('refuses %s', async (_, change, code) => {
    const encryptor = encryptorFor({ provider: wrapped() })
    await expect(encryptor.decryptItem(redescribed(await encryptor.encryptItem(item), change))).rejects.toThrow(withCode(code))
  })

  test('takes what an old item does not say from its own description', async () => {
    const encryptor = encryptorFor({ provider: wrapped(range(0, 32), { 'amzn-ddb-wrap-alg': 'AESWrap' }) })
    expect(await encryptor.decryptItem(redescribed(await encryptor.encryptItem(item), { 'amzn-ddb-wrap-alg': undefined }))).toEqual(item)
  })

  test.each([
    ['a content key', { 'amzn-ddb-env-key': 'AAAA' }],
    ['another wrapping than its own', { 'amzn-ddb-wrap-alg': 'RSA' }],
    ['an unknown cipher', { 'amzn-ddb-env-alg': 'Blowfish' }],
  ])('is not made with a description of %s', (_, description) => {
    expect(() => wrapped(range(0, 32), description)).toThrow(withCode('CONFIGURATION', 'amzn-ddb-'))
  })

  test('is not made with a wrapping key that is no AES key', () => {
    expect(() => wrapped(range(0, 20))).toThrow(withCode('CONFIGURATION', 'AES-KW key'))
  })
})

describe('RSA-OAEP over WebCrypto', () => {
  const OAEP_SHA1 = 'RSA/ECB/OAEPWithSHA-1AndMGF1Padding'
  const pair = async () => {
    const { publicKey, privateKey } = await crypto.subtle.generateKey(
      { name: 'RSA-OAEP', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-1' },
      true,
      ['encrypt', 'decrypt'],
    )
    const [spki, pkcs8] = await Promise.all([crypto.subtle.exportKey('spki', publicKey), crypto.subtle.exportKey('pkcs8', privateKey)])
    return { publicKey, privateKey, spki: new Uint8Array(spki), pkcs8: new Uint8Array(pkcs8) }
  }

  test('wraps with the public and unwraps with the private key, given as DER or as CryptoKeys', async () => {
    const { publicKey, privateKey, spki, pkcs8 } = await pair()
    const writer = encryptorFor({ provider: wrappedProvider({ keyWrapper: rsaOaepKeyWrapper(OAEP_SHA1, { publicKey: spki }), signer }) })
    const encrypted = await writer.encryptItem(item)
    expect(describedBy(encrypted)['amzn-ddb-wrap-alg']).toBe(OAEP_SHA1)
    for (const keys of [{ privateKey: pkcs8 }, { publicKey, privateKey }]) {
      expect(
        await encryptorFor({ provider: wrappedProvider({ keyWrapper: rsaOaepKeyWrapper(OAEP_SHA1, keys), signer }) }).decryptItem(
          encrypted,
        ),
      ).toEqual(item)
    }
    await expect(writer.decryptItem(encrypted)).rejects.toThrow(withCode('NO_MATERIALS', 'unwrap'))
  })

  test('names the add-on for the transformations that WebCrypto has not', async () => {
    const algorithm = 'RSA/ECB/OAEPWithSHA-256AndMGF1Padding'
    expect(() => rsaOaepKeyWrapper(algorithm as never, {})).toThrow(withCode('UNSUPPORTED', '@itemseal/node'))
    expect(() => rsaOaepKeyWrapper('RSA/ECB/PKCS1Padding' as never, {})).toThrow(withCode('UNSUPPORTED', '@itemseal/noble'))
  })
})
