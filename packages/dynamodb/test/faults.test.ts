/**
 * Every call under every trouble: KMS that throttles, denies, is out of reach or has a disabled key, a clock that is off, a table that is
 * deleted meanwhile, an answer that is lost after the write was done, a caller who gives up. The failure is typed, nothing is sent in
 * clear, and nothing is lost.
 */
import { CreateTableCommand, DeleteTableCommand, GetItemCommand } from '@aws-sdk/client-dynamodb'
import { ItemCryptoError } from '@itemseal/core'
import { fetchKmsClient, kmsKeyring } from '@itemseal/kms'
import { directKmsProvider } from '@itemseal/kms/classic'
import { type LocalKey, type LocalKms, type LocalKmsAction, startLocalKms, THROTTLED } from '@itemseal/local-kms'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { itemUpdates } from '../src/updates.ts'
import { FORMATS } from './formats.ts'
import { KINDS, type Kind, type OperationName, toItem } from './kinds.ts'
import { ADA, ADA_KEY, peopleTable, SECRETS, usePeople } from './people.ts'
import { quickRetries } from './retries.ts'

type Input = (kind: Kind, table: string) => object
const NEW = { ...ADA, name: 'Countess of Lovelace' } as const

const WRITES: Partial<Record<OperationName, Input>> = {
  PutItem: ({ item }, TableName) => ({ TableName, Item: item(NEW) }),
  UpdateItem: ({ item }, TableName) => ({
    TableName,
    Key: item(ADA_KEY),
    UpdateExpression: 'SET #n = :n',
    ExpressionAttributeNames: { '#n': 'name' },
    ExpressionAttributeValues: item({ ':n': NEW.name }),
  }),
  BatchWriteItem: ({ item }, table) => ({ RequestItems: { [table]: [{ PutRequest: { Item: item(NEW) } }] } }),
  TransactWriteItems: ({ item }, TableName) => ({ TransactItems: [{ Put: { TableName, Item: item(NEW) } }] }),
}
const READS: Partial<Record<OperationName, Input>> = {
  GetItem: ({ item }, TableName) => ({ TableName, Key: item(ADA_KEY) }),
  BatchGetItem: ({ item }, table) => ({ RequestItems: { [table]: { Keys: [item(ADA_KEY)] } } }),
  TransactGetItems: ({ item }, TableName) => ({ TransactItems: [{ Get: { TableName, Key: item(ADA_KEY) } }] }),
  Query: ({ item }, TableName) => ({
    TableName,
    KeyConditionExpression: 'id = :id',
    ExpressionAttributeValues: item({ ':id': ADA_KEY.id }),
  }),
  Scan: (_, TableName) => ({ TableName }),
}
const rowsOf = (calls: Partial<Record<OperationName, Input>>) => Object.entries(calls) as [OperationName, Input][]

/** What becomes of each request to KMS, and the name of the failure at the end of the causes. */
const OF_KMS: Readonly<Record<string, { readonly action?: LocalKmsAction; readonly disabled?: boolean; readonly name: string | RegExp }>> =
  {
    'KMS throttles': { action: { fail: THROTTLED }, name: 'ThrottlingException' },
    'KMS denies': { action: { fail: { type: 'AccessDeniedException' } }, name: 'AccessDeniedException' },
    'the key is disabled': { disabled: true, name: 'DisabledException' },
    'the answers of KMS are lost': { action: { drop: 'after' }, name: /./ },
    "KMS finds that the caller's clock is off": {
      action: { fail: { type: 'InvalidSignatureException', message: 'Signature expired' } },
      name: 'InvalidSignatureException',
    },
  }

describe.each(FORMATS.slice(0, 2))('$format:', (format) => {
  const people = usePeople(format)
  let kms: LocalKms
  let key: LocalKey
  beforeAll(async () => {
    kms = await startLocalKms()
    key = await kms.createKey()
  })
  afterAll(() => kms.close())

  function clientFor(table = people.table) {
    const { endpoint, credentials } = kms
    const client = fetchKmsClient({ endpoint, credentials, region: 'us-east-1', backoffMs: 1 })
    const keys = { provider: directKmsProvider({ keyId: key.arn, client }), keyring: kmsKeyring({ keyId: key.arn, client }) }
    const updates = itemUpdates(sdkDynamoDbCalls(people.raw))
    return people.clientWith({ tables: { [table]: format.table({ keys, updates }) } }, quickRetries(3))
  }
  const stored = async () => (await people.raw.send(new GetItemCommand({ TableName: people.table, Key: toItem(ADA_KEY) }))).Item
  const sent = () => people.server.requests.map(({ operation }) => operation)

  beforeEach(async () => {
    kms.onRequest(undefined)
    key.enable()
    const [plain] = KINDS as [Kind]
    await plain.send(clientFor(), 'PutItem', { TableName: people.table, Item: plain.item(ADA) })
    people.server.reset()
  })

  describe.each(KINDS)('with a $kind client', (kind) => {
    const call = (operation: OperationName, input: Input, options?: { readonly abortSignal: AbortSignal }) =>
      kind.send(clientFor(), operation, input(kind, people.table), options)
    const failureOf = (done: Promise<unknown>): Promise<Error> =>
      done.then(
        () => expect.fail('it succeeded'),
        (error) => error,
      )
    function nothingIsTold(...errors: Error[]) {
      const told = JSON.stringify([people.server.requests, errors.map(({ message, stack }) => `${message} ${stack}`)])
      for (const secret of [...SECRETS, NEW.name]) expect(told).not.toContain(secret)
    }

    describe.each(Object.entries(OF_KMS))('%s:', (_, { action, disabled, name }) => {
      function begin() {
        kms.onRequest(action && (() => action))
        if (disabled) key.disable()
      }
      function isTyped(error: Error) {
        expect(error).toBeInstanceOf(ItemCryptoError)
        expect(error).toHaveProperty('code', 'NO_MATERIALS')
        const names = chain(error).map((each) => each.name)
        expect(names).toContainEqual(typeof name === 'string' ? name : expect.stringMatching(name))
        expect(names.length).toBeGreaterThan(1)
        nothingIsTold(...chain(error))
      }

      test.each(rowsOf(WRITES))('%s writes nothing', async (operation, input) => {
        const before = await stored()
        people.server.requests.length = 0
        begin()
        isTyped(await failureOf(call(operation, input)))
        expect(sent()).toEqual(operation === 'UpdateItem' ? ['GetItem'] : [])
        expect(await stored()).toEqual(before)
      })

      test.each(rowsOf(READS))('%s gives nothing, and is not made again', async (operation, input) => {
        begin()
        isTyped(await failureOf(call(operation, input)))
        expect(sent()).toEqual([operation])
      })

      test('what is returned by a write cannot be given, and it says that the write is done', async () => {
        begin()
        const deletion = { TableName: people.table, Key: kind.item(ADA_KEY), ReturnValues: 'ALL_OLD' }
        const error = await failureOf(kind.send(clientFor(), 'DeleteItem', deletion))
        isTyped(error)
        expect(error.message).toContain('which is done')
        expect(sent()).toEqual(['DeleteItem'])
        expect(await stored()).toBeUndefined()
      })
    })

    describe('a table that is deleted meanwhile:', () => {
      test.each([...rowsOf(WRITES), ...rowsOf(READS)])('%s fails as DynamoDB does', async (operation, input) => {
        const table = `${people.table}-gone`
        const gone = clientFor(table)
        await people.raw.send(new CreateTableCommand(peopleTable(table)))
        await kind.send(gone, 'PutItem', { TableName: table, Item: kind.item(ADA) })
        people.server.reset()
        let isThere = true
        people.server.onRequest = async (arrived) => {
          if (arrived !== operation || !isThere) return undefined
          isThere = false // it is after the read of an update
          await people.raw.send(new DeleteTableCommand({ TableName: table }))
          return undefined
        }
        const error = await failureOf(kind.send(gone, operation, input(kind, table)))
        expect(error.name).toBe('ResourceNotFoundException')
        nothingIsTold(error)
      })
    })

    describe('an answer of DynamoDB that is lost after the write was done:', () => {
      test.each(rowsOf(WRITES))('%s is done, and the item is read back', async (operation, input) => {
        let times = 0
        people.server.onRequest = (arrived) => (arrived === operation && times++ === 0 ? { drop: 'after' } : undefined)
        await call(operation, input)
        expect(times).toBe(2)
        nothingIsTold()
        const { Item: found } = await kind.send(clientFor(), 'GetItem', READS.GetItem!(kind, people.table))
        expect(found).toEqual(kind.item(NEW))
      })
    })

    describe('a caller who has given up:', () => {
      test.each([...rowsOf(WRITES), ...rowsOf(READS)])('%s is not sent', async (operation, input) => {
        const before = await stored()
        people.server.requests.length = 0
        const error = await failureOf(call(operation, input, { abortSignal: AbortSignal.abort() }))
        expect(error.name).toBe('AbortError')
        expect(sent()).toEqual([])
        expect(await stored()).toEqual(before)
      })
    })

    describe('a clock that steps, as DynamoDB finds:', () => {
      // By an hour: the SDK learns of the right time from the answer's head, which node writes by the true clock.
      beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 }))
      afterEach(() => void vi.useRealTimers())

      test.each([...rowsOf(WRITES), ...rowsOf(READS)])('%s is made again, with the same ciphertext', async (operation, input) => {
        const bodies: string[] = []
        people.server.onRequest = (arrived, body) => {
          if (arrived !== operation || bodies.push(JSON.stringify(body)) > 1) return undefined
          const __type = 'com.amazon.coral.service#RequestTimeTooSkewed'
          return { respond: { status: 403, body: { __type, message: 'Signature not yet current' } } }
        }
        await call(operation, input)
        expect(bodies).toHaveLength(2)
        expect(bodies[1]).toBe(bodies[0])
        nothingIsTold()
      })
    })
  })
})

/** Down the causes, and into an AggregateError. */
function chain(error: unknown): Error[] {
  if (!(error instanceof Error)) return []
  const inner = error instanceof AggregateError ? error.errors : []
  return [error, ...inner.flatMap(chain), ...chain(error.cause)]
}
