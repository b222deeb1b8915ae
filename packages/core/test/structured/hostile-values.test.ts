import { expect, test } from 'vitest'
import { wrappedProvider } from '../../src/classic/wrapped-provider.ts'
import { aesKeyWrapper } from '../../src/key-wrapper.ts'
import type { Primitives } from '../../src/primitives.ts'
import { hmacSigner } from '../../src/signer.ts'
import { structuredItemEncryptor } from '../../src/structured/index.ts'
import { classicWebCrypto, webCrypto } from '../../src/webcrypto.ts'
import { encryptorFor, range, signingKey } from '../support/classic-encryptor.ts'
import { codeOf } from '../support/expect-error.ts'
import { bytesOf, tableWith } from '../support/structured-encryptors.ts'

test('what is no AttributeValue is refused with a typed error, wherever it stands', async () => {
  const encryptor = structuredItemEncryptor(tableWith())
  const encrypted = await encryptor.encryptItem({ pk: { S: 'k' }, name: { S: 'Ada' } })
  for (const name of Object.keys(encrypted)) {
    for (const hostile of ['secret', null, 1, true, [], {}]) {
      expect(await codeOf(() => encryptor.decryptItem({ ...encrypted, [name]: hostile as never }))).toBe('MALFORMED')
    }
  }
})

test('the type of a value that comes out is the one that was verified, whatever becomes of the bytes that went in', async () => {
  const item = { pk: { S: 'k' }, name: { S: '1' } }
  const encrypted = await structuredItemEncryptor(tableWith({ algorithmSuite: '0x6700' })).encryptItem(item)
  const B = bytesOf(encrypted, 'name')
  const verified = B[1]!
  const primitives = {
    ...webCrypto,
    aesGcmDecrypt(...call: Parameters<Primitives['aesGcmDecrypt']>) {
      B[1] = verified + 1 // of a number
      return webCrypto.aesGcmDecrypt(...call)
    },
  }
  const encryptor = structuredItemEncryptor(tableWith({ primitives }))
  for (const bytes of [B, Buffer.from(B.buffer, B.byteOffset, B.length)]) {
    B[1] = verified
    expect(await encryptor.decryptItem({ ...encrypted, name: { B: bytes } })).toEqual(item)
    expect(B[1]).not.toBe(verified)
  }
})

test('primitives whose importKey does not copy get a content key that is not wiped', async () => {
  const primitives = { ...classicWebCrypto, importKey: (_: unknown, raw: Uint8Array) => raw }
  const provider = wrappedProvider({ keyWrapper: aesKeyWrapper(range(0, 32)), signer: hmacSigner('HmacSHA256', signingKey) })
  const item = { pk: { S: 'k' }, sk: { N: '1' }, name: { S: 'Ada' } }
  expect(await encryptorFor({ provider }).decryptItem(await encryptorFor({ provider, primitives }).encryptItem(item))).toEqual(item)
})
