/** Keys that look like keys, and are unfit for what they are given for: told of before any line is read, by the key of the configuration. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { expect, test } from 'vitest'
import { decrypt, encrypt } from './run.ts'

const pair = ({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) => ({
  publicKey: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
})
const rsa = (modulusLength: number) => pair(generateKeyPairSync('rsa', { modulusLength }))
const ec = (namedCurve: string) => pair(generateKeyPairSync('ec', { namedCurve }))
const [short, long, p256, p384] = [rsa(512), rsa(2048), ec('prime256v1'), ec('secp384r1')]
const symmetric = (algorithm: string) => ({
  algorithm,
  encoding: 'RAW',
  type: 'symmetric',
  material: Buffer.alloc(32, 1).toString('base64'),
})
const half = (type: 'public' | 'private', algorithm: string, material: string) => ({ algorithm, encoding: 'PEM', type, material })
const garbage = '-----BEGIN PRIVATE KEY-----\nAAAAAAAA\n-----END PRIVATE KEY-----'

const table = { table: 'people', partitionKey: 'id', actions: { default: 'ENCRYPT_AND_SIGN' } }
const classic = (keys: object) => ({
  format: 'classic',
  ...table,
  keys: { provider: 'static', encryptionKey: symmetric('AES'), signingKey: symmetric('HmacSHA256'), ...keys },
})
const wrapped = (keys: object) => {
  const { encryptionKey: _, ...rest } = classic({ provider: 'wrapped', ...keys }).keys
  return { ...classic({}), keys: rest }
}
const structured = (keys: object) => ({ format: 'structured', ...table, keys })
const rawRsa = (keys: object) => structured({ keyring: 'raw-rsa', namespace: 'tests', name: 'rsa', padding: 'OAEP_SHA512_MGF1', ...keys })
const ecdh = (keys: object) => structured({ keyring: 'raw-ecdh', curve: 'P-256', schema: 'static', ...keys })
const store = {
  provider: 'most-recent',
  materialName: 'people',
  store: { table: 'store', items: '/no/such/file' },
  keys: classic({}).keys,
}

test.each<[string, 'encrypt' | 'decrypt', object, string]>([
  [
    'a wrapping key too short for its padding',
    'encrypt',
    wrapped({ wrappingKey: half('public', 'RSA', short.publicKey) }),
    'keys.wrappingKey',
  ],
  ['an unwrapping key too short', 'decrypt', wrapped({ unwrappingKey: half('private', 'RSA', short.privateKey) }), 'keys.unwrappingKey'],
  [
    'a signing key too short for its hash',
    'encrypt',
    classic({ signingKey: half('private', 'SHA512withRSA', short.privateKey) }),
    'keys.signingKey',
  ],
  [
    'a MAC with a private key',
    'encrypt',
    classic({ signingKey: half('private', 'HmacSHA256', p256.privateKey) }),
    'keys.signingKey.algorithm',
  ],
  [
    'a MAC with a public key',
    'decrypt',
    classic({ verificationKey: half('public', 'HmacSHA256', p256.publicKey) }),
    'keys.verificationKey.algorithm',
  ],
  ['a signature with a symmetric key', 'encrypt', classic({ signingKey: symmetric('SHA256withRSA') }), 'keys.signingKey.algorithm'],
  ['a signing key that is none', 'encrypt', classic({ signingKey: half('private', 'SHA256withRSA', garbage) }), 'keys.signingKey'],
  [
    'a private verification key that is none',
    'decrypt',
    classic({ signingKey: half('private', 'SHA256withRSA', garbage) }),
    'keys.signingKey.material',
  ],
  ['a wrapping key that is none', 'encrypt', wrapped({ wrappingKey: half('private', 'RSA', garbage) }), 'keys.wrappingKey.material'],
  ['a file of the store that is not there', 'decrypt', { ...classic({}), keys: store }, 'keys.store.items: cannot be read (ENOENT)'],
  ['a raw RSA public key too short', 'encrypt', rawRsa({ publicKey: short.publicKey }), 'keys.publicKey'],
  ['a raw RSA private key too short', 'decrypt', rawRsa({ privateKey: short.privateKey }), 'keys.privateKey'],
  ['a raw RSA private key that is none', 'decrypt', rawRsa({ privateKey: garbage }), 'keys'],
  ['an ECDH private key of another curve', 'encrypt', ecdh({ privateKey: p384.privateKey, publicKey: p256.publicKey }), 'keys.privateKey'],
  ['an ECDH public key of another curve', 'encrypt', ecdh({ privateKey: p256.privateKey, publicKey: p384.publicKey }), 'keys'],
  ['an ECDH private key that is none', 'decrypt', ecdh({ schema: 'discovery', privateKey: garbage }), 'keys.privateKey'],
  [
    'one of several',
    'encrypt',
    structured({
      keyring: 'multi',
      generator: rawRsa({ publicKey: long.publicKey }).keys,
      children: [rawRsa({ publicKey: short.publicKey }).keys],
    }),
    'keys.children[0].publicKey',
  ],
])('%s (%s)', async (_, command, config, path) => {
  const run = await (command === 'encrypt' ? encrypt(config) : decrypt(config, ['no line that is read']))
  expect(run).toMatchObject({ status: 2, out: [], err: expect.stringMatching(/^itemseal: keys/) })
  expect(run.err).toContain(path)
})
