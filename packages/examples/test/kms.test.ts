import { itemToJson } from '@itemseal/core'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { fetchKmsClient, kmsKeyring } from '@itemseal/kms'
import { type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { bundle, withWorker, workerdProgram } from '@itemseal/runtimes'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { built, testIn } from './runtime.ts'

const ITEM = { id: { S: '1' }, name: { S: 'Ada' }, city: { S: 'London' } }

let kms: LocalKms
let variables: Record<string, string>
beforeAll(async () => {
  kms = await startLocalKms({ credentials: { accessKeyId: 'example', secretAccessKey: 'example secret' } })
  const { arn } = await kms.createKey()
  variables = {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: kms.credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: kms.credentials.secretAccessKey,
    KMS_KEY_ARN: arn,
    KMS_ENDPOINT: kms.endpoint,
  }
})
afterAll(() => kms.close())
beforeEach(() => kms.resetCalls())

testIn(
  'workerd',
  workerdProgram() !== undefined,
  'the Worker encrypts and decrypts with a key of KMS, and has no AWS SDK in it',
  async () => {
    const code = await bundle(built('worker'), 'es')
    expect(code).not.toContain('@aws-sdk')
    expect(code).not.toContain('@smithy')
    await withWorker({ modules: { 'worker.js': code }, bindings: variables }, async (url) => {
      const post = (path: string, item: unknown) => fetch(new URL(path, url), { method: 'POST', body: JSON.stringify(item) })
      const response = await post('encrypt', ITEM)
      expect(response.status).toBe(200)
      const encrypted = (await response.json()) as typeof ITEM
      expect(encrypted.city).toEqual(ITEM.city)
      expect(encrypted.name).toHaveProperty('B')
      expect(await (await post('decrypt', encrypted)).json()).toEqual(ITEM)
      expect([kms.calls('GenerateDataKey'), kms.calls('Decrypt')]).toEqual([1, 1])

      const refused = await post('decrypt', { ...encrypted, city: { S: 'Paris' } })
      expect([refused.status, await refused.json()]).toEqual([400, { code: 'NOT_AUTHENTIC' }])
    })
  },
)

test('the Lambda handler decrypts new images, and names what does not decrypt', async () => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value)
  const { handler } = (await import('../src/lambda.ts')) as typeof import('../src/lambda.ts')
  const client = fetchKmsClient({ region: 'us-east-1', endpoint: kms.endpoint, credentials: kms.credentials })
  const keyring = kmsKeyring({ keyId: variables.KMS_KEY_ARN!, client })
  const actions = { default: 'ENCRYPT_AND_SIGN' } as const
  const people = structuredItemEncryptor({ tableName: 'people', partitionKey: 'id', actions, keyring })
  const NewImage = itemToJson(await people.encryptItem({ id: { S: '1' }, name: { S: 'Ada' } }))

  const log = vi.spyOn(console, 'log').mockImplementation(() => {})
  const changed = { ...NewImage, id: { S: '2' } }
  const Records = [
    { eventID: 'a', dynamodb: { NewImage } },
    { eventID: 'b', dynamodb: { NewImage: changed } },
    { eventID: 'c', dynamodb: {} },
  ]
  expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: 'b' }] })
  expect(log.mock.calls).toEqual([['a change of', 'id name']])
  log.mockRestore()
  vi.unstubAllEnvs()
})
