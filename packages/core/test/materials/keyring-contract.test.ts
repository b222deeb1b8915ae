import { generateKeyPairSync } from 'node:crypto'
import { rsaOaepKeyWrapper } from '../../src/index.ts'
import {
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
  rawEcdhKeyring,
  rawRsaKeyring,
} from '../../src/materials/index.ts'
import type { Curve } from '../../src/primitives.ts'
import { keyringContract } from '../support/keyring-contract.ts'
import { pkcs1KeyWrapper } from '../support/structured-keyrings.ts'
import { ecKeys, rsaKeys } from '../support/structured-keys.ts'
import { PROVIDERS } from '../support/structured-providers.ts'
import { range } from '../support/structured-vectors.ts'

const CURVES: readonly Curve[] = ['P-256', 'P-384', 'P-521']
const rsa = rsaKeys()
const rsaPem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const keyStore = inMemoryBranchKeyStore([
  { branchKeyId: 'branch', version: 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6', branchKey: range(1, 32) },
])
const names = { namespace: 'tests', name: 'a key' }
const aes = rawAesKeyring({ ...names, wrappingKey: range(1, 32) })
const STRANGER = rawAesKeyring({ namespace: 'strangers', name: 'their key', wrappingKey: range(11, 42) })
const OTHER = rawAesKeyring({ namespace: 'tests', name: 'another key', wrappingKey: range(21, 52) })

/** Who writes, and who reads what that wrote. */
const KEYRINGS: readonly (readonly [name: string, writer: Keyring, reader: Keyring])[] = [
  ...[16, 24, 32].map((length) => {
    const keyring = rawAesKeyring({ ...names, wrappingKey: range(1, length) })
    return [`raw AES of ${8 * length} bits`, keyring, keyring] as const
  }),
  ...(['OAEP_SHA1_MGF1', 'OAEP_SHA256_MGF1', 'OAEP_SHA384_MGF1', 'OAEP_SHA512_MGF1'] as const).map((padding) => {
    const keyring = rawRsaKeyring({ ...names, keyWrapper: rsaOaepKeyWrapper(padding, rsa) })
    return [`raw RSA with ${padding}`, keyring, keyring] as const
  }),
  (() => {
    const keyring = rawRsaKeyring({ ...names, keyWrapper: pkcs1KeyWrapper(rsaPem) })
    return ['raw RSA with PKCS1', keyring, keyring] as const
  })(),
  ...CURVES.flatMap((curve) => {
    const [a, b] = [ecKeys(curve), ecKeys(curve)]
    const from = (mine: typeof a, theirs: typeof b) =>
      rawEcdhKeyring({ curve, schema: 'static', privateKey: mine.privateKey, publicKey: theirs.publicKey })
    const to = rawEcdhKeyring({ curve, schema: 'ephemeral', publicKey: b.publicKey })
    const discovery = rawEcdhKeyring({ curve, schema: 'discovery', privateKey: b.privateKey })
    return [
      [`raw ECDH over ${curve}, static, read by the recipient`, from(a, b), from(b, a)],
      [`raw ECDH over ${curve}, static, read by the sender`, from(a, b), from(a, b)],
      [`raw ECDH over ${curve}, static, read by discovery`, from(a, b), discovery],
      [`raw ECDH over ${curve}, ephemeral, read by discovery`, to, discovery],
    ] as const
  }),
  (() => {
    const keyring = hierarchicalKeyring({ keyStore, branchKeyId: 'branch', ttlSeconds: 60 })
    return ['hierarchical', keyring, keyring] as const
  })(),
  ['multi-keyring, read by its generator', multiKeyring({ generator: aes, children: [STRANGER] }), aes],
  ['multi-keyring, read by its child', multiKeyring({ generator: STRANGER, children: [aes] }), aes],
  ['raw AES, read by a multi-keyring', aes, multiKeyring({ children: [OTHER, aes] })],
]

for (const [provider, p] of PROVIDERS)
  for (const [name, writer, reader] of KEYRINGS) keyringContract(`keyring over ${provider}: ${name}`, p, writer, reader)
