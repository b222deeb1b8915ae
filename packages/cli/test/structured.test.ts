import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { decrypt, encrypt, ITEMS, itemseal } from './run.ts'

const base64 = (byte: number, length: number) => Buffer.alloc(length, byte).toString('base64')
const pem = ({ publicKey, privateKey }: { publicKey: import('node:crypto').KeyObject; privateKey: import('node:crypto').KeyObject }) => ({
  publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
})
const rsa = pem(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const [ours, theirs] = [
  pem(generateKeyPairSync('ec', { namedCurve: 'secp384r1' })),
  pem(generateKeyPairSync('ec', { namedCurve: 'secp384r1' })),
]
const aes = { keyring: 'raw-aes', namespace: 'tests', name: 'one', wrappingKey: base64(1, 32) }
const CONFIG = {
  format: 'structured',
  table: 'people',
  partitionKey: 'id',
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: { city: 'SIGN_ONLY', note: 'DO_NOTHING' }, allowedUnsignedAttributes: ['note'] },
  keys: aes,
}
const hierarchical = {
  keyring: 'hierarchical-static',
  branchKeyId: 'bd3842ff-3076-4092-9918-4395730050b8',
  version: 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6',
  branchKey: base64(7, 32),
}

describe('itemseal with the structured format', () => {
  test.each<[string, unknown, unknown]>([
    ['raw AES', aes, aes],
    ['raw AES of 16 bytes', { ...aes, wrappingKey: base64(2, 16) }, { ...aes, wrappingKey: base64(2, 16) }],
    ...['OAEP_SHA1_MGF1', 'OAEP_SHA256_MGF1', 'OAEP_SHA384_MGF1', 'OAEP_SHA512_MGF1', 'PKCS1'].map((padding) => {
      const keys = { keyring: 'raw-rsa', namespace: 'tests', name: 'two', padding }
      return [`raw RSA with ${padding}`, { ...keys, publicKey: rsa.publicKey }, { ...keys, privateKey: rsa.privateKey }] as [
        string,
        unknown,
        unknown,
      ]
    }),
    [
      'static ECDH',
      { keyring: 'raw-ecdh', curve: 'P-384', schema: 'static', privateKey: ours.privateKey, publicKey: theirs.publicKey },
      { keyring: 'raw-ecdh', curve: 'P-384', schema: 'static', privateKey: theirs.privateKey, publicKey: ours.publicKey },
    ],
    [
      'ephemeral ECDH, read by discovery',
      { keyring: 'raw-ecdh', curve: 'P-384', schema: 'ephemeral', publicKey: theirs.publicKey },
      { keyring: 'raw-ecdh', curve: 'P-384', schema: 'discovery', privateKey: theirs.privateKey },
    ],
    ['a static branch key', hierarchical, hierarchical],
    [
      'several keys, of which the reader has the last',
      {
        keyring: 'multi',
        generator: aes,
        children: [hierarchical, { keyring: 'raw-rsa', namespace: 'n', name: 'r', padding: 'OAEP_SHA256_MGF1', publicKey: rsa.publicKey }],
      },
      {
        keyring: 'multi',
        children: [
          { ...aes, name: 'other' },
          { keyring: 'raw-rsa', namespace: 'n', name: 'r', padding: 'OAEP_SHA256_MGF1', privateKey: rsa.privateKey },
        ],
      },
    ],
  ])('encrypts and decrypts under %s, with both suites', async (_, writing, reading) => {
    for (const algorithmSuite of ['0x6700', '0x6701']) {
      const encrypted = await encrypt({ ...CONFIG, keys: writing, algorithmSuite })
      expect(encrypted).toMatchObject({ status: 0, err: '' })
      const back = await decrypt({ ...CONFIG, keys: reading }, encrypted.out)
      expect(back).toMatchObject({ status: 0, err: '' })
      expect(back.out.map((line) => JSON.parse(line))).toEqual(ITEMS.map((line) => JSON.parse(line)))
    }
  })

  test('takes what may be unsigned beside the default or at the top', async () => {
    const { allowedUnsignedAttributes, ...actions } = CONFIG.actions
    const { out } = await encrypt({ ...CONFIG, actions, allowedUnsignedAttributePrefix: 'no' })
    expect((await decrypt({ ...CONFIG, actions: { ...actions, allowedUnsignedAttributePrefix: 'no' } }, out)).status).toBe(0)
    expect((await decrypt({ ...CONFIG, actions, allowedUnsignedAttributes }, out)).status).toBe(0)
  })

  test('refuses an item that was changed, and plaintext unless told otherwise', async () => {
    const { out } = await encrypt(CONFIG)
    const run = await decrypt(CONFIG, [out[0]!.replace('London', 'Lundon')])
    expect(run).toMatchObject({ status: 1, out: [] })
    expect(JSON.parse(run.err)).toMatchObject({ line: 1, code: 'NOT_AUTHENTIC' })
    expect((await decrypt(CONFIG, ITEMS)).status).toBe(1)
    expect(await decrypt(CONFIG, ITEMS, '--allow-plaintext')).toEqual({ status: 0, out: ITEMS, err: '' })
  })

  test.each([
    ['a dialect', { ...CONFIG, dialect: 'java' }, 'dialect'],
    ['an unknown suite', { ...CONFIG, algorithmSuite: '0x0578' }, 'algorithmSuite'],
    ['an unknown keyring', { ...CONFIG, keys: { keyring: 'magic' } }, 'keys.keyring'],
    [
      'an encrypted key attribute',
      { ...CONFIG, actions: { ...CONFIG.actions, attributes: { id: 'ENCRYPT_AND_SIGN' } } },
      'actions: partition key',
    ],
    [
      'an attribute that is unsigned without leave',
      { ...CONFIG, actions: { attributes: { note: 'DO_NOTHING' } } },
      'actions: attribute "note"',
    ],
    ['a wrapping key of a wrong length', { ...CONFIG, keys: { ...aes, wrappingKey: base64(1, 20) } }, 'keys'],
    [
      'no public key',
      { ...CONFIG, keys: { keyring: 'raw-rsa', namespace: 'n', name: 'r', padding: 'PKCS1', privateKey: rsa.privateKey } },
      'keys.publicKey',
    ],
    [
      'a key that is not PEM',
      { ...CONFIG, keys: { keyring: 'raw-rsa', namespace: 'n', name: 'r', padding: 'PKCS1', publicKey: 'AAAA' } },
      'keys.publicKey',
    ],
    [
      'ECDH by discovery',
      { ...CONFIG, keys: { keyring: 'raw-ecdh', curve: 'P-384', schema: 'discovery', privateKey: ours.privateKey } },
      'keys.schema',
    ],
    [
      'a public key of another curve',
      { ...CONFIG, keys: { keyring: 'raw-ecdh', curve: 'P-256', schema: 'ephemeral', publicKey: theirs.publicKey } },
      'keys.publicKey',
    ],
    ['no generator', { ...CONFIG, keys: { keyring: 'multi', children: [aes] } }, 'keys.generator'],
    [
      'a generator that makes no keys',
      {
        ...CONFIG,
        keys: { keyring: 'multi', generator: { keyring: 'raw-ecdh', curve: 'P-384', schema: 'discovery', privateKey: ours.privateKey } },
      },
      'keys.generator.schema',
    ],
    ['what may be unsigned, told twice', { ...CONFIG, allowedUnsignedAttributes: ['note'] }, 'actions.allowedUnsignedAttributes'],
    [
      'a wrong member',
      { ...CONFIG, keys: { keyring: 'multi', generator: aes, children: [{ ...aes, name: '' }] } },
      'keys.children[0].name',
    ],
  ])('exits 2 before anything is read for %s', async (_, config, words) => {
    const run = await encrypt(config)
    expect(run).toMatchObject({ status: 2, out: [] })
    expect(run.err).toContain(words)
  })

  test('inspects its items without a key', async () => {
    const { out } = await encrypt({ ...CONFIG, keys: { keyring: 'multi', generator: aes, children: [hierarchical] } })
    const [facts] = (await itemseal(['inspect', '--json'], out.join('\n'))).out.map((line) => JSON.parse(line))
    expect(facts).toMatchObject({
      format: 'structured',
      version: 1,
      algorithmSuite: '0x6701',
      legend: 'sse',
      actions: { id: 'SIGN_ONLY', city: 'SIGN_ONLY', name: 'ENCRYPT_AND_SIGN' },
      dataKeys: [
        { kind: 'raw-aes', keyProviderId: 'tests', keyName: 'one' },
        { kind: 'aws-kms-hierarchy', branchKeyId: hierarchical.branchKeyId, branchKeyVersion: hierarchical.version },
      ],
    })
    expect((await itemseal(['inspect'], out.join('\n'))).out.join('\n')).toContain('structured item')
  })
})
