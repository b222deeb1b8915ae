import { expect, test } from 'vitest'
import { wrappedProvider } from '../../src/classic/wrapped-provider.ts'
import { aesKeyWrapper } from '../../src/key-wrapper.ts'
import { hmacSigner } from '../../src/signer.ts'
import { structuredItemEncryptor } from '../../src/structured/index.ts'
import { classicWebCrypto } from '../../src/webcrypto.ts'
import { encryptorFor, range, signingKey } from '../support/classic-encryptor.ts'
import { codeOf } from '../support/expect-error.ts'
import { tableWith } from '../support/structured-encryptors.ts'

test('what is no AttributeValue is refused with a typed error, wherever it stands', async () => {
  const encryptor = structuredItemEncryptor(tableWith())
  const encrypted = await encryptor.encryptItem({ pk: { S: 'k' }, name: { S: 'Ada' } })
  for (const name of Object.keys(encrypted)) {
    for (const hostile of ['secret', null, 1, true, [], {}]) {
      expect(await codeOf(() => encryptor.decryptItem({ ...encrypted, [name]: hostile as never }))).toBe('MALFORMED')
    }
  }
})

test('primitives whose importKey does not copy get a content key that is not wiped', async () => {
  const primitives = { ...classicWebCrypto, importKey: (_: unknown, raw: Uint8Array) => raw }
  const provider = wrappedProvider({ keyWrapper: aesKeyWrapper(range(0, 32)), signer: hmacSigner('HmacSHA256', signingKey) })
  const item = { pk: { S: 'k' }, sk: { N: '1' }, name: { S: 'Ada' } }
  expect(await encryptorFor({ provider }).decryptItem(await encryptorFor({ provider, primitives }).encryptItem(item))).toEqual(item)
})
