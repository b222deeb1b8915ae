/** Keys that are none, such as text, given by callers whom no types hold back: engines repeat in their errors what they were given. */
import { nobleCrypto } from '@itemseal/noble'
import { aesKeyWrapper as nodeAesKeyWrapper, nodeCrypto } from '@itemseal/node'
import { describe, expect, test } from 'vitest'
import { staticProvider } from '../src/classic/index.ts'
import { aesKeyWrapper, ecdsaVerifier, hmacSigner, rsaOaepKeyWrapper, rsaSigner, webCrypto } from '../src/index.ts'
import {
  addDataKey,
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type Keyring,
  type MaterialsManager,
  rawAesKeyring,
} from '../src/materials/index.ts'
import { structuredItemEncryptor } from '../src/structured/index.ts'
import { codeOf, withCode } from './support/expect-error.ts'
import { KEYRING, tableWith } from './support/structured-encryptors.ts'
import { emptyEncryption } from './support/structured-materials.ts'

const TEXT = 'BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcH' // of 32 characters, as many as a key has bytes
const key = TEXT as never
const ITEM = { pk: { S: 'a' }, secret: { S: 'x' } }

/** What an error says, and all that caused it. */
function words(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const more = error instanceof AggregateError ? error.errors : []
  return [error.message, ...[error.cause, ...more].filter(Boolean).map(words)].join('\n')
}

test.each<[string, () => unknown, string]>([
  ['an encryption key', () => staticProvider({ encryptionKey: key }), 'AES-CBC key'],
  ['a signing key', () => hmacSigner('HmacSHA256', key), 'HMAC-SHA-256 key'],
  ['a wrapping key', () => aesKeyWrapper(key), 'AES-KW key'],
  ['a wrapping key of node', () => nodeAesKeyWrapper(key), 'AES-KW key'],
  ['a private key', () => rsaSigner('SHA256withRSA', key), 'key to sign with'],
  ['a public key', () => ecdsaVerifier('SHA256withECDSA', 'P-256', key), 'key to verify with'],
  ['a public key to wrap with', () => rsaOaepKeyWrapper('OAEP_SHA256_MGF1', { publicKey: key }), 'key to encrypt with'],
  ['the wrapping key of a keyring', () => rawAesKeyring({ namespace: 'tests', name: 'a key', wrappingKey: key }), 'AES-GCM key'],
])('%s is refused where it is configured', (_, make, title) => {
  expect(make).toThrow(withCode('CONFIGURATION', title))
  expect(make).not.toThrow(new RegExp(TEXT.slice(0, 16)))
})

test('so is what is no key at all', () => {
  for (const none of [null, 1, {}, [1], new ArrayBuffer(32)])
    expect(() => hmacSigner('HmacSHA256', none as never)).toThrow(withCode('CONFIGURATION', 'key'))
})

describe.each([
  ['webCrypto', webCrypto],
  ['nodeCrypto', nodeCrypto],
  ['nobleCrypto', nobleCrypto],
])('over %s, where a key comes when it is needed, it is in no error:', (_, primitives) => {
  const manager = (plaintextDataKey: unknown): MaterialsManager => ({
    async encryptionMaterials({ suite, encryptionContext, requiredContextKeys }, p) {
      const materials = { suite, encryptionContext, requiredContextKeys, encryptedDataKeys: [], symmetricSigningKeys: [] }
      return { ...(await KEYRING.onEncrypt(materials, p)), plaintextDataKey: plaintextDataKey as Uint8Array }
    },
    decryptionMaterials: () => {
      throw new Error('writes only')
    },
  })

  test.each<[string, unknown]>([
    ['text', TEXT],
    ['no bytes', new Uint8Array(0)],
    ['31 bytes', new Uint8Array(31)],
    ['nothing', undefined],
  ])('a data key that is %s is refused', async (_, dataKey) => {
    const encryptor = structuredItemEncryptor(tableWith({ materialsManager: manager(dataKey), algorithmSuite: '0x6700', primitives }))
    const failure = encryptor.encryptItem(ITEM)
    await expect(failure).rejects.toEqual(withCode('NO_MATERIALS', 'unfit'))
    expect(words(await failure.catch((error: unknown) => error))).not.toContain(TEXT.slice(0, 16))
  })

  test('a keyring that gives text as data key', async () => {
    const keyring: Keyring = {
      ...KEYRING,
      onEncrypt: async (materials, p) => ({ ...(await KEYRING.onEncrypt(materials, p)), plaintextDataKey: key }),
    }
    const encryptor = structuredItemEncryptor(tableWith({ keyring, algorithmSuite: '0x6700', primitives }))
    expect(words(await encryptor.encryptItem(ITEM).catch((error: unknown) => error))).not.toContain(TEXT.slice(0, 16))
    expect(await codeOf(() => encryptor.encryptItem(ITEM))).toBe('NO_MATERIALS')
  })

  test('a branch key', async () => {
    const branch = { branchKeyId: 'branch', version: 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6', branchKey: new Uint8Array(32) }
    const store = { ...inMemoryBranchKeyStore([branch]), getActiveBranchKey: async () => ({ ...branch, branchKey: key }) }
    const keyring = hierarchicalKeyring({ keyStore: store, branchKeyId: 'branch', ttlSeconds: 60 })
    const encryptor = structuredItemEncryptor(tableWith({ keyring, algorithmSuite: '0x6700', primitives }))
    expect(await codeOf(() => encryptor.encryptItem(ITEM))).toBe('NO_MATERIALS')
    expect(words(await encryptor.encryptItem(ITEM).catch((error: unknown) => error))).not.toContain(TEXT.slice(0, 16))
  })
})

test('a key that a provider brings has the length of the one it replaces', async () => {
  for (const wrong of [new Uint8Array(0), new Uint8Array(16), new Uint8Array(33)]) {
    const wrap = async () => ({ keyProviderId: 'tests', keyProviderInfo: new Uint8Array(0), ciphertext: new Uint8Array(9), key: wrong })
    expect(await codeOf(() => addDataKey(emptyEncryption(), webCrypto, wrap))).toBe('NOT_AUTHENTIC')
  }
})
