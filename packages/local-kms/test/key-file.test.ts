import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DecryptCommand, EncryptCommand, GenerateDataKeyCommand, GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms'
import { type LocalKms, type LocalKmsOptions, startLocalKms } from '@itemseal/local-kms'
import { afterEach, beforeEach, expect, test } from 'vitest'

let folder: string
let file: string
const running: LocalKms[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'local-kms-'))
  file = join(folder, 'keys.json')
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((kms) => kms.close()))
  rmSync(folder, { recursive: true })
})

async function start(options: LocalKmsOptions = {}): Promise<LocalKms> {
  const kms = await startLocalKms({ file, ...options })
  running.push(kms)
  return kms
}
async function restart(): Promise<LocalKms> {
  await Promise.all(running.splice(0).map((kms) => kms.close()))
  return start()
}
const client = ({ endpoint, credentials }: LocalKms, region = 'us-east-1') =>
  new KMSClient({ endpoint, credentials, region, maxAttempts: 1 })

test('what a key of any kind wrapped opens after a restart, in every Region, by every name', async () => {
  const before = await start()
  const EncryptionContext = { a: 'b' }
  const key = await before.createKey({ regions: ['us-east-1', 'eu-west-1'], aliases: ['alias/people'] })
  const rsa = await before.createKey({ spec: 'RSA_2048' })
  const ecc = await before.createKey({ spec: 'ECC_NIST_P384', account: '999900001111', partition: 'aws-cn' })
  const made = await client(before).send(new GenerateDataKeyCommand({ KeyId: 'alias/people', NumberOfBytes: 32, EncryptionContext }))
  const asymmetric = { KeyId: rsa.arn, EncryptionAlgorithm: 'RSAES_OAEP_SHA_256' } as const
  const encrypted = await client(before).send(new EncryptCommand({ ...asymmetric, Plaintext: Uint8Array.of(1, 2) }))

  const after = await restart()
  expect(after.keys.map(({ arn }) => arn)).toEqual([key.arn, rsa.arn, ecc.arn])
  expect(after.keys[0]!.arns).toEqual(key.arns)
  const opened = await client(after, 'eu-west-1').send(
    new DecryptCommand({ CiphertextBlob: made.CiphertextBlob, KeyId: 'alias/people', EncryptionContext }),
  )
  expect([opened.Plaintext, opened.KeyId]).toEqual([made.Plaintext, key.arns['eu-west-1']])
  const decrypted = await client(after).send(new DecryptCommand({ ...asymmetric, CiphertextBlob: encrypted.CiphertextBlob }))
  expect([...decrypted.Plaintext!]).toEqual([1, 2])
  const { PublicKey } = await client(after).send(new GetPublicKeyCommand({ KeyId: ecc.arn }))
  expect(new Uint8Array(PublicKey!)).toEqual(ecc.publicKey)
})

test('a key that was disabled in one Region, and one that wants a grant token, are so after a restart', async () => {
  const before = await start()
  const key = await before.createKey({ regions: ['us-east-1', 'eu-west-1'] })
  const granted = await before.createKey({ grantToken: 'a token' })
  key.disable('eu-west-1')
  const after = await restart()
  const generate = (region: string, KeyId: string, GrantTokens?: string[]) =>
    client(after, region).send(new GenerateDataKeyCommand({ KeyId, NumberOfBytes: 32, GrantTokens }))
  await generate('us-east-1', key.arn)
  await expect(generate('eu-west-1', key.arns['eu-west-1']!)).rejects.toMatchObject({ name: 'DisabledException' })
  await expect(generate('us-east-1', granted.arn)).rejects.toMatchObject({ name: 'AccessDeniedException' })
  await generate('us-east-1', granted.arn, ['a token'])
  after.keys[0]!.enable()
  const { endpoint } = await restart()
  expect(endpoint).toBe(running[0]!.endpoint)
  expect(JSON.parse(readFileSync(file, 'utf8')).keys[0].disabled).toEqual([])
})

test('keys to begin with are made once: the file counts when it is there', async () => {
  const keys = [{ aliases: ['alias/a'] }, { aliases: ['alias/b'] }]
  const first = (await start({ keys })).keys.map(({ arn }) => arn)
  await restart()
  running.push(await startLocalKms({ file, keys }))
  expect(running.at(-1)!.keys.map(({ arn }) => arn)).toEqual(first)
})

test('the file is replaced whole, is for its owner only, and nothing is left beside it', async () => {
  const kms = await start()
  await Promise.all(Array.from({ length: 20 }, () => kms.createKey()))
  expect(readdirSync(folder)).toEqual(['keys.json'])
  expect(statSync(file).mode & 0o077).toBe(0)
  expect((await restart()).keys).toHaveLength(20)
})

test('a file that is none of keys is left as it is', async () => {
  for (const content of ['', '{}', '{"version":2,"keys":[]}', '{"version":1,"keys":[{"keyId":"a"}]}', '{"version":1,"keys":[null]}']) {
    writeFileSync(file, content)
    await expect(startLocalKms({ file }), content).rejects.toThrow('is no file of keys')
    expect(readFileSync(file, 'utf8')).toBe(content)
  }
})
