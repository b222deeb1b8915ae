import { createPublicKey } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import type { KeyTools } from '@itemseal/cli/config'
import { encryptorFromConfig } from '@itemseal/cli/config'
import { type ScenarioVectors, scenarioCases } from '@itemseal/conformance'
import { hmacSigner, itemFromJson, itemToJson, type MacAlgorithm } from '@itemseal/core'
import { describe, expect, test } from 'vitest'
import { aesKeyWrapper, nobleCrypto } from '../src/index.ts'
import { type RsaSignatureAlgorithm, rsaKeyWrapper, rsaSigner, rsaVerifier } from '../src/rsa.ts'

const folder = new URL('../../../../shared/vectors/classic/encrypted_item/', import.meta.url)
const present = existsSync(folder)

/** Keys through noble only. */
const tools: KeyTools = {
  aesKeyWrapper: (algorithm, key) => aesKeyWrapper(key, algorithm === 'AES' ? 'AESWrap' : algorithm),
  rsaKeyWrapper,
  signer: (algorithm, key) =>
    algorithm.startsWith('Hmac') ? hmacSigner(algorithm as MacAlgorithm, key) : rsaSigner(algorithm as RsaSignatureAlgorithm, key),
  verifier: (algorithm, key) => rsaVerifier(algorithm as RsaSignatureAlgorithm, key),
  publicFromPrivate: (key) =>
    new Uint8Array(
      createPublicKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8' } as never).export({ format: 'der', type: 'spki' }),
    ),
}

function json<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file.replace('file://', ''), folder), 'utf8')) as T
}

describe('items of the Java and the Python client', () => {
  if (!present) test.skip('are read and written through noble alone (skipped: no ../shared/vectors beside the project)')

  const vectors: ScenarioVectors = {
    scenarios: present ? json('scenarios.json') : { scenarios: [] },
    plaintext: present ? json('plaintext.json') : { actions: {}, items: {}, versions: {}, attributes: {} },
    keys: present ? json('keys.json') : {},
    ciphertext: async (file) => json(file),
  }
  const library = { encryptorFromConfig, itemFromJson, itemToJson }
  const cases = scenarioCases(library, { primitives: nobleCrypto, tools }, vectors)

  test.skipIf(!present)('with RSA-wrapped keys are among them', () => {
    for (const file of ['java/wrapped-rsa-rsa-1', 'java/wrapped-rsa-rsa-2', 'python/wrapped-rsa-rsa-1', 'java/metastore-data-tables-1'])
      expect(cases.filter(({ title }) => title.startsWith(file)).length, file).toBe(16)
  })

  for (const { title, run } of cases) test(`are read and written through noble alone: ${title}`, run)
})
