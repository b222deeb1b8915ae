import { KMSClient } from '@aws-sdk/client-kms'
import { type Item, ItemCryptoError } from '@itemseal/core'
import { classicItemEncryptor } from '@itemseal/core/classic'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { type KmsClient, kmsDiscoveryKeyring, kmsKeyring } from '@itemseal/kms'
import { directKmsProvider } from '@itemseal/kms/classic'
import { INTERNAL, type LocalKey, type LocalKms, type LocalKmsHook, startLocalKms, THROTTLED } from '@itemseal/local-kms'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CLIENTS, type ClientOptions } from './clients.ts'

const ITEM: Item = { id: { S: '1' }, secret: { S: 'what nobody is to see' } }
const table = { tableName: 'people', partitionKey: 'id' }
const EXPIRED = { type: 'InvalidSignatureException', message: 'Signature expired: 20261127T000000Z is now earlier than 20261127T001000Z' }
const DENIED = { type: 'com.amazonaws.kms#AccessDeniedException' }

interface Fault {
  /** What the service does to each request. */
  readonly hook?: LocalKmsHook
  readonly disabled?: boolean
  readonly options?: () => ClientOptions
  /** The name of the cause; undefined if it passes. */
  readonly name: string | RegExp | undefined
  /** How many requests of one operation arrive at least and at most. */
  readonly requests: readonly [number, number]
}

let aborting = new AbortController()
/** Of a controller that aborts a moment after a request has arrived, however long that took. */
function newSignal(): AbortSignal {
  aborting = new AbortController()
  return aborting.signal
}
function abortingSoon<T>(fault: T): T {
  const controller = aborting
  setTimeout(() => controller.abort(), 60)
  return fault
}

const FAULTS: Readonly<Record<string, Fault>> = {
  'throttling, then success': { hook: ({ index }) => (index === 0 ? { fail: THROTTLED } : {}), name: undefined, requests: [2, 2] },
  'throttling for ever': { hook: () => ({ fail: THROTTLED }), name: 'ThrottlingException', requests: [4, 4] },
  'a timeout of the service for ever': {
    hook: () => ({ fail: { type: 'RequestTimeoutException' } }),
    name: 'KmsUnreachable',
    requests: [1, 4],
  },
  'trouble, then success': { hook: ({ index }) => (index < 2 ? { fail: INTERNAL } : {}), name: undefined, requests: [3, 3] },
  'trouble for ever': { hook: () => ({ fail: INTERNAL }), name: 'KMSInternalException', requests: [4, 4] },
  'a clock that is off': { hook: () => ({ fail: EXPIRED }), name: 'InvalidSignatureException', requests: [1, 4] },
  'a denial': { hook: () => ({ fail: DENIED }), name: 'AccessDeniedException', requests: [1, 1] },
  'a disabled key': { disabled: true, name: 'DisabledException', requests: [1, 1] },
  'a key about to be deleted': {
    hook: () => ({ fail: { type: 'KMSInvalidStateException' } }),
    name: 'KMSInvalidStateException',
    requests: [1, 1],
  },
  'a lost answer, then success': { hook: ({ index }) => (index === 0 ? { drop: 'after' } : {}), name: undefined, requests: [2, 2] },
  'answers lost for ever': { hook: () => ({ drop: 'after' }), name: /./, requests: [4, 4] },
  'no answer in time': { hook: () => ({ delayMs: 30_000 }), options: () => ({ timeoutMs: 60 }), name: 'KmsTimeout', requests: [1, 4] },
  'a signal in mid call': {
    hook: () => abortingSoon({ delayMs: 30_000 }),
    options: () => ({ signal: newSignal() }),
    name: 'AbortError',
    requests: [1, 1],
  },
  'a signal while it waits to try again': {
    hook: () => abortingSoon({ fail: THROTTLED }),
    options: () => ({ signal: newSignal(), backoffMs: 5000 }),
    name: 'AbortError',
    requests: [1, 4],
  },
  'a signal before': { options: () => ({ signal: AbortSignal.abort() }), name: 'AbortError', requests: [0, 0] },
}

let kms: LocalKms
let key: LocalKey
beforeAll(async () => {
  kms = await startLocalKms()
  key = await kms.createKey()
})
afterAll(() => kms.close())
beforeEach(() => {
  kms.onRequest(undefined)
  kms.resetCalls()
  key.enable()
})

const structured = (client: KmsClient) =>
  structuredItemEncryptor({ ...table, actions: { default: 'ENCRYPT_AND_SIGN' }, keyring: kmsKeyring({ keyId: key.arn, client }) })
const discovering = (client: KmsClient) =>
  structuredItemEncryptor({ ...table, actions: { default: 'ENCRYPT_AND_SIGN' }, keyring: kmsDiscoveryKeyring({ client }) })
const classic = (client: KmsClient) => classicItemEncryptor({ ...table, provider: directKmsProvider({ keyId: key.arn, client }) })

/** What is under way when it happens: it is given a client and what `ready` made of the one that has no trouble. */
const STEPS: Readonly<
  Record<string, { ready?: (client: KmsClient) => Promise<Item>; run: (client: KmsClient, item: Item) => Promise<Item> }>
> = {
  'writing a structured item': { run: (client) => structured(client).encryptItem(ITEM) },
  'reading a structured item': {
    ready: (client) => structured(client).encryptItem(ITEM),
    run: (client, item) => structured(client).decryptItem(item),
  },
  'reading by discovery': {
    ready: (client) => structured(client).encryptItem(ITEM),
    run: (client, item) => discovering(client).decryptItem(item),
  },
  'writing a classic item': { run: (client) => classic(client).encryptItem(ITEM) },
  'reading a classic item': {
    ready: (client) => classic(client).encryptItem(ITEM),
    run: (client, item) => classic(client).decryptItem(item),
  },
}

/** Down the causes, and into an AggregateError. */
function chain(error: unknown): Error[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors : []
  return [error, ...inner.flatMap(chain), ...chain(error.cause)]
}

/** How often an SDK client tries when this is thrown within it, as where an item is being encrypted. */
async function attemptsOver(error: unknown): Promise<number> {
  const client = new KMSClient({ endpoint: kms.endpoint, region: 'us-east-1', credentials: kms.credentials, maxAttempts: 3 })
  let attempts = 0
  client.middlewareStack.add(
    () => async () => {
      attempts++
      throw error
    },
    { step: 'finalizeRequest', priority: 'low' },
  )
  const { ListKeysCommand } = await import('@aws-sdk/client-kms')
  await client.send(new ListKeysCommand({})).catch(() => {})
  return attempts
}

describe.each(Object.keys(CLIENTS))('the %s client', (kind) => {
  describe.each(Object.keys(STEPS))('%s', (step) => {
    test.each(Object.keys(FAULTS))('%s', async (fault) => {
      const { hook, disabled, options, name, requests } = FAULTS[fault]!
      const { ready, run } = STEPS[step]!
      const item = (await ready?.(CLIENTS[kind]!(kms))) ?? ITEM
      kms.resetCalls()
      kms.onRequest(hook)
      if (disabled) key.disable()
      const done = run(CLIENTS[kind]!(kms, undefined, options?.()), item)
      if (name === undefined) {
        expect(Object.keys(await done).length).toBeGreaterThanOrEqual(2)
      } else {
        const error = await done.catch((error: unknown) => error)
        expect(error).toBeInstanceOf(ItemCryptoError)
        expect(error).toHaveProperty('code', 'NO_MATERIALS')
        const all = chain(error)
        expect(all.map((each) => each.name)).toContainEqual(typeof name === 'string' ? name : expect.stringMatching(name))
        for (const each of all) for (const mark of ['$retryable', '$metadata', '$fault', '$response']) expect(each).not.toHaveProperty(mark)
        expect(all.map(({ message, stack }) => `${message} ${stack}`).join()).not.toContain('what nobody is to see')
        expect(await attemptsOver(error)).toBe(1)
      }
      expect(kms.calls()).toBeGreaterThanOrEqual(requests[0])
      expect(kms.calls()).toBeLessThanOrEqual(requests[1])
    })
  })
})
