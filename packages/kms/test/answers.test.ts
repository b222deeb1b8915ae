import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { KMSClient } from '@aws-sdk/client-kms'
import { type Item, ItemCryptoError } from '@itemseal/core'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { fetchKmsClient, type KmsClient, kmsDiscoveryKeyring, kmsKeyring, parseKmsArn, regionalKmsClients } from '@itemseal/kms'
import { sdkKmsClient } from '@itemseal/kms/sdk'
import { type LocalKey, type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLIENTS } from './clients.ts'

const ITEM: Item = { id: { S: '1' }, name: { S: 'Ada' } }
const table = { tableName: 'people', partitionKey: 'id', actions: { default: 'ENCRYPT_AND_SIGN' } } as const

let kms: LocalKms
let key: LocalKey
beforeAll(async () => {
  kms = await startLocalKms()
  key = await kms.createKey()
})
afterAll(() => kms.close())
afterEach(() => kms.onRequest(undefined))
beforeEach(() => kms.resetCalls())

describe.each(Object.entries(CLIENTS))('the %s client', (_, connect) => {
  test('a Buffer is sent as the bytes that it is', async () => {
    const client = connect(kms)
    const { CiphertextBlob } = await client.encrypt({ KeyId: key.arn, Plaintext: Buffer.from('Ada') })
    const { Plaintext } = await client.decrypt({ KeyId: key.arn, CiphertextBlob: Buffer.from(CiphertextBlob!) })
    expect(new TextDecoder().decode(Plaintext)).toBe('Ada')
  })

  describe('with more calls than may be under way at once', () => {
    /** Counts those that are, at the service. */
    function counted(delayMs: number) {
      const counts = { open: 0, peak: 0 }
      kms.onRequest(async () => {
        counts.peak = Math.max(counts.peak, ++counts.open)
        await new Promise((resolve) => setTimeout(resolve, delayMs))
        counts.open--
      })
      return counts
    }
    const generate = (client: KmsClient, signal?: AbortSignal) =>
      client.generateDataKey({ KeyId: key.arn, NumberOfBytes: 32 }, signal && { signal })

    test('the others wait for their turn, and their time begins with it', async () => {
      const counts = counted(100)
      const client = connect(kms, undefined, { maxConcurrent: 3, timeoutMs: 1000 })
      await Promise.all(Array.from({ length: 45 }, () => generate(client))) // 1,500 ms at least
      expect(counts.peak).toBe(3)
      expect(kms.calls()).toBe(45)
    })

    test('they are 50 unless said otherwise', async () => {
      const counts = counted(1000)
      const client = connect(kms)
      await Promise.all(Array.from({ length: 120 }, () => generate(client)))
      expect(counts.peak).toBeLessThanOrEqual(50)
      expect(counts.peak).toBeGreaterThan(10)
    })

    test('who waits can be called off, and a turn that ends in a failure is over too', async () => {
      let come = () => {}
      const arrived = new Promise<void>((resolve) => {
        come = resolve
      })
      kms.onRequest(({ index }) => {
        come()
        return index === 0 ? { delayMs: 30_000 } : {}
      })
      const client = connect(kms, undefined, { maxConcurrent: 1 })
      const [running, waiting] = [new AbortController(), new AbortController()]
      const first = generate(client, running.signal)
      const second = generate(client, waiting.signal)
      const third = generate(client)
      await arrived
      waiting.abort()
      const refused = expect.objectContaining({ code: 'NO_MATERIALS', cause: expect.objectContaining({ name: 'AbortError' }) })
      await expect(second).rejects.toEqual(refused)
      running.abort()
      await expect(first).rejects.toEqual(refused)
      expect(await third).toMatchObject({ KeyId: key.arn })
      expect(kms.calls()).toBe(2)
    })

    test('none at once is no configuration', () => {
      for (const maxConcurrent of [0, -1, Number.NaN])
        expect(() => connect(kms, undefined, { maxConcurrent })).toThrow(expect.objectContaining({ code: 'CONFIGURATION' }))
    })
  })

  test('a time limit that no timer can wait for is as good as none', async () => {
    const client = connect(kms, undefined, { timeoutMs: Number.POSITIVE_INFINITY })
    kms.onRequest(() => ({ delayMs: 50 }))
    expect(await client.generateDataKey({ KeyId: key.arn, NumberOfBytes: 32 })).toMatchObject({ KeyId: key.arn })
  })
})

test('the SDK client refuses a time limit that is none', () => {
  for (const timeoutMs of [0, -1, Number.NaN])
    expect(() => sdkKmsClient(new KMSClient({ region: 'eu-west-1' }), { timeoutMs })).toThrow(
      expect.objectContaining({ code: 'CONFIGURATION' }),
    )
})

describe('an answer that is not JSON', () => {
  const SECRET = 'c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2U'
  let server: Server
  let endpoint: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      request.resume().on('end', () => response.end(`{"KeyId":"${key.arn}","Plaintext":${SECRET}}`))
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.close()
    server.closeAllConnections()
  })

  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' }
  const clients: Readonly<Record<string, () => KmsClient>> = {
    fetch: () => fetchKmsClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 }),
    SDK: () => sdkKmsClient(new KMSClient({ region: 'us-east-1', endpoint, credentials, maxAttempts: 1 })),
  }

  test.each(Object.keys(clients))('nothing of it is in the failure of the %s client', async (kind) => {
    const error: unknown = await clients[kind]!()
      .decrypt({ CiphertextBlob: new Uint8Array(40) })
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ItemCryptoError)
    const { message, stack, cause } = error as Error & { cause: Error }
    const told = [message, stack, cause.message, cause.stack, JSON.stringify(cause)].join()
    for (let i = 0; i + 4 <= SECRET.length; i++) expect(told.includes(SECRET.slice(i, i + 4)), `four letters from ${i} on`).toBe(false)
  })
})

test('credentials whose expiration is no time are asked for again', async () => {
  let count = 0
  const credentials = () => {
    count++
    return { ...kms.credentials, expiration: new Date('soon') }
  }
  const client = fetchKmsClient({ region: 'us-east-1', endpoint: kms.endpoint, credentials })
  for (let i = 0; i < 3; i++) await client.generateDataKey({ KeyId: key.arn, NumberOfBytes: 32 })
  expect(count).toBe(3)
})

describe('Regions that an item names', () => {
  const REGIONS = [
    'evil.example/',
    'evil.example/#',
    'evil.example',
    'a@evil.example',
    'localhost:1',
    'a b',
    'a\n',
    'ä',
    '%2e',
    'A'.repeat(64),
  ]

  test.each(REGIONS)('%j, of which a client would make another host, names no key', (region) => {
    expect(parseKmsArn(`arn:aws:kms:${region}:111122223333:key/a`)).toBeUndefined()
  })

  test('no client is asked for one of another host, whatever account the ARN bears', async () => {
    const writer = structuredItemEncryptor({ ...table, keyring: kmsKeyring({ keyId: key.arn, client: CLIENTS.fetch!(kms) }) })
    const item = await writer.encryptItem(ITEM)
    const { B: header } = item.aws_dbe_head as { B: Uint8Array }
    const text = Buffer.from(header).toString('latin1')
    const forged = text.replace(':us-east-1:', ':x.evil/?#:')
    expect(forged.length).toBe(text.length)
    const asked: string[] = []
    const client = (region: string) => {
      asked.push(region)
      return CLIENTS.fetch!(kms)
    }
    const [, partition = '', , , account = ''] = key.arn.split(':')
    const keyring = kmsDiscoveryKeyring({ client, discoveryFilter: { partition, accountIds: [account] } })
    const reader = structuredItemEncryptor({ ...table, keyring })
    expect(await reader.decryptItem(item)).toEqual(ITEM)
    expect(asked).toEqual(['us-east-1'])
    await expect(reader.decryptItem({ ...item, aws_dbe_head: { B: Buffer.from(forged, 'latin1') } })).rejects.toHaveProperty(
      'code',
      'MALFORMED',
    )
    expect(asked).toEqual(['us-east-1'])
  })

  test('only the clients of the last 64 are kept', () => {
    const made: string[] = []
    const supply = regionalKmsClients({
      create: (region) => {
        made.push(region)
        return { region }
      },
    })
    const home = supply('eu-west-1')
    for (let i = 0; i < 200; i++) {
      expect(supply(`made-up-${i}`)).toEqual({ region: `made-up-${i}` })
      expect(supply('eu-west-1')).toBe(home) // in use
    }
    supply('made-up-199')
    expect(made.length).toBe(201)
    supply('made-up-0')
    expect(made.length).toBe(202)
  })
})
