import { describe, expect, test } from 'vitest'
import type { AttributeValue } from '../src/attribute-value.ts'
import { wrappedProvider } from '../src/classic/wrapped-provider.ts'
import { itemFromJson } from '../src/dynamodb-json.ts'
import { type DataKeyFacts, inspectItem, type StructuredFacts } from '../src/inspect.ts'
import type { Item } from '../src/item.ts'
import { aesKeyWrapper, rsaOaepKeyWrapper } from '../src/key-wrapper.ts'
import { type EncryptedDataKey, serializeDataKeys } from '../src/materials/encrypted-data-key.ts'
import {
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  multiKeyring,
  rawAesKeyring,
  rawEcdhKeyring,
  rawRsaKeyring,
} from '../src/materials/index.ts'
import { hmacSigner } from '../src/signer.ts'
import { COMMITMENT, serializeHeader } from '../src/structured/header.ts'
import { structuredItemEncryptor } from '../src/structured/index.ts'
import { encryptorFor, range, signingKey } from './support/classic-encryptor.ts'
import { withCode } from './support/expect-error.ts'
import { ecKeyPair, rsaKeyPair } from './support/key-pair.ts'
import { peerVectors } from './support/peer-vectors.ts'
import { tableWith } from './support/structured-encryptors.ts'

const item: Item = {
  pk: { S: 'k' },
  sk: { N: '12' },
  name: { S: 'Ada' },
  list: { L: [{ S: 'ab' }, { B: range(0, 3) }] },
  flag: { BOOL: true },
}
const ARN = 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab'

/** The facts of an item whose header has these data keys. */
function dataKeysOf(keys: readonly Partial<EncryptedDataKey>[]): readonly DataKeyFacts[] {
  const encryptedDataKeys = keys.map((key) => ({
    keyProviderId: 'n',
    keyProviderInfo: new Uint8Array(0),
    ciphertext: new Uint8Array(140),
    ...key,
  }))
  serializeDataKeys(encryptedDataKeys)
  const head = serializeHeader({
    version: 1,
    suite: '0x6700',
    messageId: range(0, 32),
    legend: 's',
    encryptionContext: {},
    encryptedDataKeys,
  })
  const facts = inspectItem({
    pk: { S: 'k' },
    aws_dbe_head: { B: Uint8Array.of(...head, ...new Uint8Array(COMMITMENT)) },
    aws_dbe_foot: { B: new Uint8Array(48) },
  })
  return (facts as StructuredFacts).dataKeys
}
const text = (value: string) => new TextEncoder().encode(value)

describe('inspectItem', () => {
  test('tells of a plaintext item its attributes, types and sizes', () => {
    expect(inspectItem(item)).toEqual({
      format: 'plaintext',
      attributes: [
        { name: 'pk', type: 'S', size: 1 },
        { name: 'sk', type: 'N', size: 2 },
        { name: 'name', type: 'S', size: 3 },
        { name: 'list', type: 'L', size: 5 },
        { name: 'flag', type: 'BOOL', size: 1 },
      ],
    })
  })

  test('tells of a classic item what its description says, and no value', async () => {
    const provider = wrappedProvider({
      keyWrapper: aesKeyWrapper(range(0, 32)),
      signer: hmacSigner('HmacSHA256', signingKey),
      description: { 'amzn-ddb-meta-id': 'orders#3' },
    })
    const facts = inspectItem(await encryptorFor({ provider, dialect: 'python' }).encryptItem(item))
    expect(facts).toMatchObject({
      format: 'classic',
      signatureLength: 32,
      maybeEncrypted: ['name', 'list', 'flag'],
      wrappedKey: { algorithm: 'AESWrap', length: 40 },
      materialId: 'orders#3',
      description: { 'amzn-ddb-env-alg': 'AES/256', 'amzn-ddb-map-signingAlg': 'HmacSHA256', 'amzn-ddb-map-sym-mode': '/CBC/PKCS5Padding' },
    })
    expect(JSON.stringify(facts)).not.toContain('amzn-ddb-env-key')
  })

  test('tells of a structured item its header: version, suite, actions, context, data keys', async () => {
    const actions = { default: 'ENCRYPT_AND_SIGN', attributes: { flag: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' } } as const
    const encrypted = await structuredItemEncryptor(tableWith({ actions })).encryptItem(item)
    const facts = inspectItem(encrypted) as StructuredFacts
    expect(facts).toMatchObject({ format: 'structured', version: 2, algorithmSuite: '0x6701', footerLength: 48 + 103 })
    expect(facts.messageId).toMatch(/^[0-9a-f]{64}$/)
    expect(facts.actions).toEqual({
      pk: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
      sk: 'ENCRYPT_AND_SIGN',
      flag: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT',
      list: 'ENCRYPT_AND_SIGN',
      name: 'ENCRYPT_AND_SIGN',
    })
    expect(Object.keys(facts.encryptionContext)).toEqual(['aws-crypto-public-key'])
    expect(facts.dataKeys).toEqual([{ kind: 'raw-aes', keyProviderId: 'tests', keyName: 'a key', length: 96 }])
    expect(facts.attributes.map(({ name }) => name)).not.toContain('aws_dbe_head')
  })

  test('does not guess which attributes are signed when one is not', async () => {
    const table = tableWith({ allowedUnsignedAttributes: ['flag'], algorithmSuite: '0x6700' })
    const facts = inspectItem(await structuredItemEncryptor(table).encryptItem(item)) as StructuredFacts
    expect(facts.legend).toHaveLength(4)
    expect(facts.actions).toBeUndefined()
  })

  test('knows the data keys of every keyring that needs no network', async () => {
    const rsa = rsaKeyPair()
    const [a, b] = [ecKeyPair('prime256v1'), ecKeyPair('prime256v1')]
    const keyStore = inMemoryBranchKeyStore([
      { branchKeyId: 'branch', version: 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6', branchKey: range(0, 32) },
    ])
    const keyring = multiKeyring({
      generator: rawAesKeyring({ namespace: 'n', name: 'aes key', wrappingKey: range(0, 16) }),
      children: [
        rawRsaKeyring({ namespace: 'n', name: 'rsa key', keyWrapper: rsaOaepKeyWrapper('OAEP_SHA256_MGF1', rsa) }),
        rawEcdhKeyring({ curve: 'P-256', schema: 'static', privateKey: a.privateKey, publicKey: b.publicKey }),
        hierarchicalKeyring({ keyStore, branchKeyId: 'branch', ttlSeconds: 60 }),
      ],
    })
    const { dataKeys } = inspectItem(await structuredItemEncryptor(tableWith({ keyring })).encryptItem(item)) as StructuredFacts
    expect(dataKeys.map(({ length: _, ...facts }) => facts)).toEqual([
      { kind: 'raw-aes', keyProviderId: 'n', keyName: 'aes key' },
      { kind: 'raw', keyProviderId: 'n', keyName: 'rsa key' },
      { kind: 'raw-ecdh', keyProviderId: 'raw-ecdh' },
      {
        kind: 'aws-kms-hierarchy',
        keyProviderId: 'aws-kms-hierarchy',
        keyProviderInfo: 'branch',
        branchKeyId: 'branch',
        branchKeyVersion: 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6',
      },
    ])
  })

  test('knows those of AWS KMS by their ARN, and shows no bytes as text', () => {
    expect(
      dataKeysOf([
        { keyProviderId: 'aws-kms', keyProviderInfo: text(ARN) },
        { keyProviderId: 'aws-kms-rsa', keyProviderInfo: text(ARN) },
      ]),
    ).toEqual([
      { kind: 'aws-kms', keyProviderId: 'aws-kms', keyProviderInfo: ARN, length: 140 },
      { kind: 'aws-kms-rsa', keyProviderId: 'aws-kms-rsa', keyProviderInfo: ARN, length: 140 },
    ])
    expect(dataKeysOf([{ keyProviderInfo: Uint8Array.of(0xff) }])).toEqual([{ kind: 'raw', keyProviderId: 'n', length: 140 }])
    expect(
      dataKeysOf([{ keyProviderId: 'aws-kms-hierarchy', keyProviderInfo: text('b'), ciphertext: new Uint8Array(80) }])[0],
    ).not.toHaveProperty('branchKeyVersion')
  })

  test.skipIf(!peerVectors.present)(peerVectors.title("knows the branch key of the peers' items"), () => {
    const { tests } = peerVectors.read('structured/decrypt_java_32.json') as { tests: Record<string, { encrypted: Item }> }
    for (const { encrypted } of Object.values(tests)) {
      const [key] = (inspectItem(itemFromJson(withBinaries(encrypted))) as StructuredFacts).dataKeys
      expect(key).toMatchObject({
        kind: 'aws-kms-hierarchy',
        branchKeyId: 'bd3842ff-3076-4092-9918-4395730050b8',
        branchKeyVersion: 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6',
      })
    }
  })

  test('refuses an item that is nested deeper than DynamoDB allows, however deep', () => {
    const nested = (depth: number, type: 'L' | 'M'): AttributeValue => {
      let value: AttributeValue = { S: 'x' }
      for (let i = 1; i < depth; i++) value = type === 'L' ? { L: [value] } : { M: { a: value } }
      return value
    }
    for (const type of ['L', 'M'] as const) {
      expect(inspectItem({ a: nested(32, type) }).attributes).toHaveLength(1)
      for (const depth of [33, 100_000])
        expect(() => inspectItem({ a: nested(depth, type) })).toThrow(withCode('MALFORMED', 'attribute "a": nested deeper than 32 levels'))
    }
  })

  test('refuses what is no item, and public parts that cannot be read', () => {
    expect(() => inspectItem([] as never)).toThrow(withCode('MALFORMED'))
    expect(() => inspectItem({ a: 1 } as never)).toThrow(withCode('MALFORMED', '"a"'))
    expect(() => inspectItem({ aws_dbe_foot: { B: range(1, 48) } })).toThrow(withCode('MALFORMED', 'without its aws_dbe_head'))
    expect(() => inspectItem({ aws_dbe_head: { S: 'x' } })).toThrow(withCode('MALFORMED', 'aws_dbe_head'))
    expect(() => inspectItem({ aws_dbe_head: { B: range(1, 9) } })).toThrow(withCode('MALFORMED', 'aws_dbe_head'))
    expect(() => inspectItem({ '*amzn-ddb-map-desc*': { B: range(1, 9) } })).toThrow(withCode('MALFORMED', 'material description'))
  })
})

/** The peers' records are short for DynamoDB JSON: text and numbers without a type. */
function withBinaries(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      typeof value === 'string' ? { S: value } : typeof value === 'number' ? { N: String(value) } : value,
    ]),
  )
}
