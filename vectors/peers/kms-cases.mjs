/**
 * Keys in KMS for the cases: every keyring that a service can serve, as configurations of the command line.
 *
 * A service is `{ endpoint, serves, createKey }`, as `run-emulator.mjs` has it; ours serves all.
 */
import { generateKeyPairSync } from 'node:crypto'
import { classicCases } from './classic-cases.mjs'
import { structuredCases } from './structured-cases.mjs'

const CURVES = { 'P-256': 'ECC_NIST_P256', 'P-384': 'ECC_NIST_P384', 'P-521': 'ECC_NIST_P521' }
const REGIONS = ['us-east-1', 'eu-west-1']

/**
 * `{ classic, structured }`: lists of `{ label, write, read, wrong, suite? }`: what is written with `write` opens with `read`, and is
 * refused to who has `wrong`.
 */
export async function kmsKeys({ endpoint, serves, createKey }) {
  const at = (keys) => ({ ...keys, endpoint })
  const alias = 'alias/people'
  const [key, other] = [await createKey({ alias }), await createKey()]
  const [, , , , account] = key.arn.split(':')
  const strict = at({ keyring: 'kms', keyId: key.arn })
  const wrong = at({ keyring: 'kms', keyId: other.arn })
  const raw = { keyring: 'raw-aes', namespace: 'peers', name: 'one', wrappingKey: Buffer.alloc(32, 7).toString('base64') }
  const structured = [
    { label: 'strict', write: strict, read: strict, wrong },
    { label: 'an alias', write: at({ keyring: 'kms', keyId: alias, region: 'us-east-1' }), read: strict, wrong },
    {
      label: 'read by discovery',
      write: strict,
      read: at({ keyring: 'kms-discovery', partition: 'aws', accountIds: [account] }),
      wrong: at({ keyring: 'kms-discovery', partition: 'aws', accountIds: ['000000000001'] }),
    },
    { label: 'MRK-aware', write: at({ keyring: 'kms-mrk', keyId: key.arn }), read: at({ keyring: 'kms-mrk', keyId: key.arn }), wrong },
    { label: 'read by MRK discovery', write: strict, read: at({ keyring: 'kms-mrk-discovery', region: 'us-east-1' }), wrong },
    { label: 'beside another', write: { keyring: 'multi', generator: raw, children: [strict] }, read: strict, wrong },
    { label: 'beside another, that reads', write: { keyring: 'multi', generator: strict, children: [raw] }, read: raw, wrong },
  ]
  if (serves.includes('multi-Region')) structured.push(...(await multiRegion(at, createKey)))
  if (serves.includes('RSA')) structured.push(...(await rsa(at, createKey)))
  if (serves.includes('ECDH')) for (const curve of Object.keys(CURVES)) structured.push(...(await ecdh(at, createKey, curve)))
  const direct = (keyId, more = {}) => at({ provider: 'kms', keyId, ...more })
  return {
    structured,
    classic: [
      { label: 'Direct KMS', write: direct(key.arn), read: direct(key.arn) },
      { label: 'Direct KMS, an alias', write: direct(alias, { region: 'us-east-1' }), read: direct(key.arn) },
    ],
  }
}

/** The peer's random cases with these keys in place of theirs. */
export function kmsCases(seed, count, { classic, structured }, peer) {
  const [cases, kinds] = peer.startsWith('classic-')
    ? [classicCases(seed, count, { peer }), classic]
    : [structuredCases(seed, count, { peer }), structured]
  return cases.map(({ name, config, item }, i) => {
    const { label, write, read, suite } = kinds[i % kinds.length]
    const common = suite === undefined ? config : { ...config, algorithmSuite: suite }
    const [number] = name.split(':')
    return { name: `${number}: KMS, ${label}`, config: { ...common, keys: write }, readConfig: { ...common, keys: read }, item }
  })
}

async function multiRegion(at, createKey) {
  const [key, other] = [await createKey({ regions: REGIONS }), await createKey({ regions: REGIONS })]
  const [here, there] = REGIONS.map((region) => at({ keyring: 'kms-mrk', keyId: key.arns[region] }))
  const discovery = at({ keyring: 'kms-mrk-discovery', region: REGIONS[1] })
  const wrong = at({ keyring: 'kms-mrk', keyId: other.arns[REGIONS[1]] })
  return [
    { label: 'a multi-Region key', write: here, read: here, wrong },
    { label: 'a multi-Region key, read in another Region', write: here, read: there, wrong },
    { label: 'a multi-Region key, read by discovery in another Region', write: here, read: discovery, wrong },
  ]
}

async function rsa(at, createKey) {
  const kinds = []
  for (const algorithm of ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256']) {
    const options = { KeySpec: 'RSA_2048', KeyUsage: 'ENCRYPT_DECRYPT', publicKey: true }
    const [key, other] = [await createKey(options), await createKey(options)]
    const keys = ({ arn, publicKey }) => at({ keyring: 'kms-rsa', keyId: arn, algorithm, publicKey: pem(publicKey) })
    kinds.push({ label: algorithm, write: keys(key), read: keys(key), wrong: keys(other), suite: '0x6700' })
  }
  return kinds
}

async function ecdh(at, createKey, curve) {
  const options = { KeySpec: CURVES[curve], KeyUsage: 'KEY_AGREEMENT', publicKey: true }
  const [a, b, stranger] = [await createKey(options), await createKey(options), await createKey(options)]
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: curve })
  const outside = {
    publicKey: publicKey.export({ format: 'pem', type: 'spki' }),
    privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }),
  }
  const inKms = (from, publicKey, more = {}) => at({ keyring: 'kms-ecdh', curve, schema: 'static', keyId: from.arn, publicKey, ...more })
  const [pemA, pemB] = [pem(a.publicKey), pem(b.publicKey)]
  const discovery = (key) => at({ keyring: 'kms-ecdh', curve, schema: 'discovery', keyId: key.arn })
  const raw = { keyring: 'raw-ecdh', curve, schema: 'static', privateKey: outside.privateKey, publicKey: pemB }
  const wrong = discovery(stranger)
  return [
    { label: `ECDH over ${curve}`, write: inKms(a, pemB), read: inKms(b, pemA), wrong },
    { label: `ECDH over ${curve}, own public key given`, write: inKms(a, pemB, { ownPublicKey: pemA }), read: inKms(a, pemB), wrong },
    { label: `ECDH over ${curve}, read by discovery`, write: inKms(a, pemB), read: discovery(b), wrong },
    { label: `ECDH over ${curve}, from outside`, write: raw, read: discovery(b), wrong },
    { label: `ECDH over ${curve}, to outside`, write: inKms(b, outside.publicKey), read: raw, wrong },
  ]
}

function pem(der) {
  const lines = Buffer.from(der)
    .toString('base64')
    .match(/.{1,64}/g)
  return `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`
}
