import { generateKeyPairSync } from 'node:crypto'
import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LocalKey, type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { file, folder, itemseal, MAIN, type Run } from './run.ts'

const ITEMS = ['{"id":{"S":"1"},"name":{"S":"Ada"}}', '{"id":{"S":"2"},"photo":{"B":"AAEC"}}']
const TOKEN = 'a token'
const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey.export({ format: 'pem', type: 'spki' })
let kms: LocalKms
let key: LocalKey
let granted: LocalKey
let other: LocalKey
let environment: Record<string, string | undefined>
beforeAll(async () => {
  kms = await startLocalKms()
  key = await kms.createKey({ aliases: ['alias/people'] })
  granted = await kms.createKey({ grantToken: TOKEN })
  other = await kms.createKey()
  environment = {
    AWS_ACCESS_KEY_ID: kms.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: kms.credentials.secretAccessKey,
    AWS_SESSION_TOKEN: undefined,
    AWS_REGION: undefined,
    AWS_DEFAULT_REGION: undefined,
  }
})
afterAll(() => kms.close())
beforeEach(() => kms.resetCalls())

type Keys = Readonly<Record<string, unknown>>
const table = { table: 'people', partitionKey: 'id', actions: { default: 'ENCRYPT_AND_SIGN' } }
const structured = (keys: Keys, change: object = {}) => ({
  format: 'structured',
  ...table,
  keys: { endpoint: kms.endpoint, ...keys },
  ...change,
})
const classic = (keys: Keys) => ({ format: 'classic', ...table, keys: { provider: 'kms', endpoint: kms.endpoint, ...keys } })
const run = (command: string, config: object, lines: string[], change: NodeJS.ProcessEnv = {}): Promise<Run> =>
  itemseal([command, '--config', file(config)], lines.join('\n'), { ...environment, ...change })

async function passOn(writer: object, reader: object, change: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const encrypted = await run('encrypt', writer, ITEMS, change)
  expect(encrypted).toMatchObject({ status: 0, err: '' })
  expect(encrypted.out.join()).not.toContain('"Ada"')
  const decrypted = await run('decrypt', reader, encrypted.out, change)
  expect(decrypted).toMatchObject({ status: 0, err: '' })
  expect(decrypted.out.map((line) => JSON.parse(line))).toEqual(ITEMS.map((line) => JSON.parse(line)))
  return encrypted.out
}

describe('itemseal with keys in KMS', () => {
  test('writes and reads structured items, with one call for each', async () => {
    await passOn(structured({ keyring: 'kms', keyId: key.arn }), structured({ keyring: 'kms', keyId: key.arn }))
    expect([kms.calls('GenerateDataKey'), kms.calls('Decrypt'), kms.calls()]).toEqual([2, 2, 4])
  })

  test('writes and reads classic items, by ARN, by alias and Region, and with the Region of the environment', async () => {
    await passOn(classic({ keyId: key.arn }), classic({ keyId: 'alias/people', region: 'us-east-1' }))
    await passOn(classic({ keyId: key.keyId }), classic({ keyId: key.arn }), { AWS_REGION: 'us-east-1' })
    expect(kms.calls()).toBe(8)
  })

  test('writes under an alias, which the reader names by its ARN', async () => {
    await passOn(structured({ keyring: 'kms', keyId: 'alias/people', region: 'us-east-1' }), structured({ keyring: 'kms', keyId: key.arn }))
  })

  test('shows grant tokens', async () => {
    const keys = { keyring: 'kms', keyId: granted.arn, grantTokens: [TOKEN] }
    await passOn(structured(keys), structured(keys))
    const without = await run('encrypt', structured({ ...keys, grantTokens: [] }), ITEMS)
    expect(without).toMatchObject({ status: 1, out: [] })
    expect(JSON.parse(without.err)).toMatchObject({
      line: 1,
      code: 'NO_MATERIALS',
      message: expect.stringContaining('AccessDeniedException'),
    })
  })

  test('is a member of several keyrings', async () => {
    const aes = { keyring: 'raw-aes', namespace: 'tests', name: 'one', wrappingKey: Buffer.alloc(32, 1).toString('base64') }
    const inKms = { keyring: 'kms', keyId: key.arn, endpoint: kms.endpoint }
    const several = { format: 'structured', ...table, keys: { keyring: 'multi', generator: inKms, children: [aes] } }
    await passOn(several, structured({ keyring: 'kms', keyId: key.arn }))
    await passOn(several, { format: 'structured', ...table, keys: aes })
    await passOn(several, several)
  })

  test('reads with multi-Region keys, by discovery, with RSA and with ECDH', async () => {
    const mrk = await kms.createKey({ regions: ['us-east-1', 'eu-west-1'] })
    const writer = structured({ keyring: 'kms-mrk', keyId: mrk.arn })
    await passOn(writer, structured({ keyring: 'kms-mrk', keyId: mrk.arns['eu-west-1'] }))
    await passOn(writer, structured({ keyring: 'kms-mrk-discovery', region: 'eu-west-1' }))
    await passOn(writer, structured({ keyring: 'kms-discovery', accountIds: ['1', '111122223333'] }))
    const foreign = await run('encrypt', writer, ITEMS)
    const refused = await run('decrypt', structured({ keyring: 'kms-discovery', accountIds: ['1'] }), foreign.out)
    expect(refused).toMatchObject({ status: 1, out: [] })

    const pem = (publicKey: Uint8Array) =>
      `-----BEGIN PUBLIC KEY-----\n${Buffer.from(publicKey).toString('base64')}\n-----END PUBLIC KEY-----`
    const rsa = await kms.createKey({ spec: 'RSA_2048' })
    const rsaKeys = { keyring: 'kms-rsa', keyId: rsa.arn, algorithm: 'RSAES_OAEP_SHA_256' }
    const suite = { algorithmSuite: '0x6700' }
    await passOn(structured({ ...rsaKeys, publicKey: pem(rsa.publicKey!) }, suite), structured(rsaKeys, suite))

    const ec = await kms.createKey({ spec: 'ECC_NIST_P384' })
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' })
    const outside = { curve: 'P-384', publicKey: pem(ec.publicKey!), privateKey: privateKey.export({ format: 'pem', type: 'pkcs8' }) }
    const raw = { format: 'structured', ...table, keys: { keyring: 'raw-ecdh', schema: 'static', ...outside } }
    const ecdh = { keyring: 'kms-ecdh', keyId: ec.arn, curve: 'P-384', schema: 'static' }
    const inKms = structured({ ...ecdh, publicKey: publicKey.export({ format: 'pem', type: 'spki' }) })
    await passOn(inKms, raw)
    await passOn(raw, inKms)
    await passOn(raw, structured({ ...ecdh, schema: 'discovery', ownPublicKey: pem(ec.publicKey!) }))
  })

  test('another key, a changed key attribute and a service that is away are refused, and nothing is written', async () => {
    const { out } = await run('encrypt', structured({ keyring: 'kms', keyId: key.arn }), ITEMS)
    const strange = await run('decrypt', structured({ keyring: 'kms', keyId: other.arn }), out)
    const moved = await run('decrypt', structured({ keyring: 'kms', keyId: key.arn }), [out[0]!.replace('{"S":"1"}', '{"S":"9"}')])
    const away = await run('encrypt', structured({ keyring: 'kms', keyId: key.arn, endpoint: 'http://127.0.0.1:9' }), ITEMS)
    for (const { status, out, err } of [strange, moved, away]) {
      expect([status, out]).toEqual([1, []])
      expect(JSON.parse(err)).toMatchObject({ line: 1, code: 'NO_MATERIALS' })
    }
  })

  test('runs as one file, without anything installed beside it', async () => {
    const alone = join(folder, 'itemseal.mjs')
    copyFileSync(MAIN, alone)
    const config = file(structured({ keyring: 'kms', keyId: key.arn }))
    const encrypted = await itemseal(['encrypt', '--config', config], ITEMS[0], environment, alone)
    expect(encrypted).toMatchObject({ status: 0, err: '' })
    expect(encrypted.out).toHaveLength(1)
  })

  const noKey = { AWS_ACCESS_KEY_ID: undefined }
  test.each<[named: string, command: string, config: () => object, environment?: NodeJS.ProcessEnv]>([
    ['keys.keyId', 'encrypt', () => structured({ keyring: 'kms' })],
    ['keys.keyId', 'encrypt', () => structured({ keyring: 'kms', keyId: 'key/a', region: 'us-east-1' })],
    ['keys.keyId', 'decrypt', () => structured({ keyring: 'kms', keyId: 'alias/people', region: 'us-east-1' })],
    ['keys.keyId', 'encrypt', () => classic({ keyId: 'arn:aws:s3:::bucket' })],
    ['keys.region', 'encrypt', () => structured({ keyring: 'kms', keyId: 'alias/people' })],
    ['keys.region', 'encrypt', () => structured({ keyring: 'kms', keyId: key.arn, region: 'eu-west-1' })],
    ['keys.region', 'decrypt', () => structured({ keyring: 'kms-mrk-discovery' })],
    ['keys.region: ', 'encrypt', () => structured({ keyring: 'kms', keyId: 'alias/people', region: 'no region' })],
    ['keys.endpoint', 'encrypt', () => structured({ keyring: 'kms', keyId: key.arn, endpoint: 'http://kms.example' })],
    ['keys.endpoint', 'decrypt', () => structured({ keyring: 'kms-discovery', endpoint: 'kms' })],
    ['keys.grantTokens', 'encrypt', () => structured({ keyring: 'kms', keyId: key.arn, grantTokens: 'a' })],
    ['keys.grantTokens', 'encrypt', () => classic({ keyId: key.arn, grantTokens: ['a'] })],
    ['keys.algorithm', 'decrypt', () => structured({ keyring: 'kms-rsa', keyId: key.arn })],
    ['keys.publicKey', 'encrypt', () => structured({ keyring: 'kms-rsa', keyId: key.arn, algorithm: 'RSAES_OAEP_SHA_256' })],
    [
      'keys.publicKey',
      'encrypt',
      () => structured({ keyring: 'kms-ecdh', keyId: key.arn, curve: 'P-256', schema: 'static', publicKey: P384 }),
    ],
    [
      'keys.ownPublicKey',
      'decrypt',
      () => structured({ keyring: 'kms-ecdh', keyId: key.arn, curve: 'P-256', schema: 'discovery', ownPublicKey: P384 }),
    ],
    ['keys.keyring', 'encrypt', () => structured({ keyring: 'kms-discovery' })],
    ['keys.accountIds', 'decrypt', () => structured({ keyring: 'kms-discovery', partition: 'aws' })],
    ['keys.profile', 'encrypt', () => structured({ keyring: 'kms', keyId: key.arn, profile: 'me' })],
    ['AWS_ACCESS_KEY_ID', 'encrypt', () => structured({ keyring: 'kms', keyId: key.arn }), noKey],
    ['AWS_ACCESS_KEY_ID', 'decrypt', () => classic({ keyId: key.arn }), noKey],
  ])('a wrong configuration is named: %s, %s (%#)', async (named, command, config, change = {}) => {
    const { status, err } = await run(command, config(), [], change)
    expect([status, err]).toEqual([2, expect.stringContaining(named)])
    expect(kms.calls()).toBe(0)
  })
})
