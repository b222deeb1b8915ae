import { ItemCryptoError } from '@itemseal/core'
import { expect, test } from 'vitest'
import { type KmsEvent, observedKmsClient } from '../src/events.ts'
import { kmsFailure } from '../src/failure.ts'

const answer = { KeyId: 'arn:aws:kms:eu-west-1:111122223333:key/a', Plaintext: new Uint8Array(32).fill(7) }
const denied = kmsFailure('Decrypt', Object.assign(new Error('not you'), { name: 'AccessDeniedException' }))

class Client {
  readonly #answer = answer
  async generateDataKey(_: object): Promise<typeof answer> {
    return this.#answer
  }
  async decrypt(_: object): Promise<typeof answer> {
    throw denied
  }
}

test('an event tells of each call of KMS: operation, key, time, failure, and nothing else', async () => {
  const events: KmsEvent[] = []
  let time = 0
  const client = observedKmsClient(
    new Client(),
    (event) => events.push(event),
    () => time++,
  )
  expect(await client.generateDataKey({ KeyId: 'alias/a', NumberOfBytes: 32, EncryptionContext: { a: 'secret' } })).toBe(answer)
  expect(await client.generateDataKey({})).toBe(answer)
  await expect(client.decrypt({ CiphertextBlob: new Uint8Array(9) })).rejects.toBe(denied)
  expect(events).toEqual([
    { operation: 'GenerateDataKey', keyId: 'alias/a', duration: 1 },
    { operation: 'GenerateDataKey', keyId: answer.KeyId, duration: 1 },
    { operation: 'Decrypt', duration: 1, error: 'AccessDeniedException' },
  ])
})

test('a receiver that throws or rejects disturbs nobody, and other failures have their code or name', async () => {
  const errors: (string | undefined)[] = []
  for (const thrown of [new ItemCryptoError('MALFORMED', 'x'), new RangeError('x'), 'x']) {
    const client = observedKmsClient({ decrypt: async (_: object) => Promise.reject(thrown) }, ({ error }) => {
      errors.push(error)
      throw new Error('mine')
    })
    await expect(client.decrypt({})).rejects.toBe(thrown)
  }
  const rejecting = observedKmsClient(new Client(), async () => Promise.reject(new Error('mine')))
  expect(await rejecting.generateDataKey({})).toBe(answer)
  expect(errors).toEqual(['MALFORMED', 'RangeError', 'unknown'])
})

test('a client may be frozen, and is asked for what it has by name', async () => {
  const events: KmsEvent[] = []
  const client = observedKmsClient(Object.freeze({ region: 'eu-west-1', decrypt: async (_: object) => answer }), (event) =>
    events.push(event),
  )
  expect(await client.decrypt({})).toBe(answer)
  expect([client.region, 'decrypt' in client, 'encrypt' in client]).toEqual(['eu-west-1', true, false])
  expect(events).toHaveLength(1)
})

test('a client may be spread, and its methods replaced, as that which it stands for', async () => {
  const events: KmsEvent[] = []
  const own = { encrypt: async (_: object) => answer, decrypt: async (_: object) => answer }
  const client = observedKmsClient(own, (event) => events.push(event))
  expect(Object.keys(client)).toEqual(['encrypt', 'decrypt'])
  await { ...client }.encrypt({})
  client.decrypt = async () => ({ ...answer, KeyId: 'another' })
  expect((await own.decrypt({})).KeyId).toBe('another')
  expect((await client.decrypt({})).KeyId).toBe('another')
  expect(events).toHaveLength(2)
})
