import {
  ConditionalCheckFailedException,
  GetItemCommand,
  PutItemCommand,
  TransactionCanceledException,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb'
import type { Item } from '@itemseal/core'
import { describe, expect, test } from 'vitest'
import { classicTable } from '../src/classic.ts'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { structuredTable } from '../src/structured.ts'
import { itemUpdates } from '../src/updates.ts'
import { FORMATS, KEYRING, PROVIDER, SCHEMA } from './formats.ts'
import { KINDS, type Native, toItem } from './kinds.ts'
import { ADA, usePeople } from './people.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  /** With updates, read through a plain client, or through the very client that has the plugin. */
  function clientWith(through: 'plain' | 'itself' = 'plain', maxAttempts?: number) {
    const calls = () => sdkDynamoDbCalls(through === 'plain' ? people.raw : client)
    const updates = itemUpdates({ getItem: (input, own) => calls().getItem(input, own), ...(maxAttempts && { maxAttempts }) })
    const client = people.clientWith({ tables: { [people.table]: format.table({ updates }) } }, { maxAttempts: 2 })
    return client
  }
  let at = 100

  describe.each(KINDS)('with a $kind client', ({ item, send }) => {
    async function seed(more: Record<string, Native> = {}) {
      const Key = { id: '1', at: ++at }
      await people.seed({ ...ADA, ...Key, ...more })
      const on = (input: object) => ({ TableName: people.table, Key: item(Key), ...input })
      const stored = async () => (await people.raw.send(new GetItemCommand({ TableName: people.table, Key: toItem(Key) }))).Item as Item
      const read = async () => (await send(people.client, 'GetItem', on({}))).Item
      return { Key, on, stored, read, ada: { ...ADA, ...Key, ...more } }
    }
    const rename = {
      UpdateExpression: 'SET #n = :n',
      ExpressionAttributeNames: { '#n': 'name' },
      ExpressionAttributeValues: item({ ':n': 'Countess' }),
    }
    const nothingPlainWasSent = () => expect(JSON.stringify(people.server.requests)).not.toMatch(/Countess|Lovelace|Bernoulli/)

    test.each(['plain', 'itself'] as const)(
      'an update of encrypted attributes is carried out, reading through a client: %s',
      async (through) => {
        const { on, read, ada } = await seed()
        const update = {
          UpdateExpression: 'SET #n = :n, born = born + :one, diary.pages[0] = version, note = #n REMOVE portrait ADD version :one',
          ExpressionAttributeNames: { '#n': 'name' },
          ExpressionAttributeValues: item({ ':n': 'Countess', ':one': 1 }),
        }
        const answer = await send(clientWith(through), 'UpdateItem', on(update))
        expect(answer.Attributes).toBeUndefined()
        const { portrait: _, ...rest } = ada
        const diary = { ...ada.diary, pages: [7, ...ada.diary.pages.slice(1)] }
        const sent = JSON.stringify(people.server.requests)
        expect(await read()).toEqual(item({ ...rest, name: 'Countess', born: 18151211, note: 'Ada Lovelace', version: 8, diary }))
        expect(sent).not.toMatch(/Countess|Bernoulli|18151211/)
      },
    )

    test('an item that is not there is made, once', async () => {
      const { on, Key } = await seed()
      const fresh = { ...on(rename), Key: item({ ...Key, id: `new ${at}` }) }
      await send(clientWith(), 'UpdateItem', fresh)
      const made = await send(people.client, 'GetItem', { TableName: people.table, Key: fresh.Key })
      expect(made.Item).toEqual(item({ ...Key, id: `new ${at}`, name: 'Countess' }))
      nothingPlainWasSent()
    })

    test('ReturnValues are honoured', async () => {
      const { on, ada } = await seed()
      const client = clientWith()
      const returned = async (ReturnValues: string, n: string) =>
        (await send(client, 'UpdateItem', on({ ...rename, ExpressionAttributeValues: item({ ':n': n }), ReturnValues }))).Attributes
      expect(await returned('ALL_OLD', 'A')).toEqual(item(ada))
      expect(await returned('ALL_NEW', 'B')).toEqual(item({ ...ada, name: 'B' }))
      expect(await returned('UPDATED_OLD', 'C')).toEqual(item({ name: 'B' }))
      expect(await returned('UPDATED_NEW', 'D')).toEqual(item({ name: 'D' }))
      expect(await returned('NONE', 'E')).toBeUndefined()
      const nested = {
        UpdateExpression: 'SET diary.pages[1] = :n',
        ExpressionAttributeValues: item({ ':n': 5 }),
        ReturnValues: 'UPDATED_OLD',
      }
      expect((await send(client, 'UpdateItem', on(nested))).Attributes).toEqual(item({ diary: { pages: [2] } }))
    })

    test("the caller's condition is evaluated, and a false one fails with DynamoDB's own exception", async () => {
      const { on, read, ada } = await seed()
      const values = item({ ':n': 'Countess', ':b': ADA.born })
      await send(clientWith(), 'UpdateItem', on({ ...rename, ConditionExpression: 'born = :b', ExpressionAttributeValues: values }))
      expect(await read()).toEqual(item({ ...ada, name: 'Countess' }))
      people.server.reset()
      const failing = {
        ...rename,
        ConditionExpression: 'born <> :b OR begins_with(#n, :x)',
        ExpressionAttributeValues: item({ ':n': 'Other', ':b': ADA.born, ':x': 'Love' }),
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      }
      const error = await send(clientWith(), 'UpdateItem', on(failing)).catch((error: unknown) => error)
      expect(error).toBeInstanceOf(ConditionalCheckFailedException)
      expect((error as ConditionalCheckFailedException).Item).toEqual(toItem({ ...ada, name: 'Countess' }))
      nothingPlainWasSent()
      expect(await read()).toEqual(item({ ...ada, name: 'Countess' }))
    })

    test('what DynamoDB would refuse is refused, and nothing is written', async () => {
      const { on, stored } = await seed()
      const before = await stored()
      const update = (UpdateExpression: string, more = {}) =>
        send(clientWith(), 'UpdateItem', on({ UpdateExpression, ExpressionAttributeValues: item({ ':v': 1 }), ...more }))
      await expect(update('ADD portrait :v')).rejects.toMatchObject({
        code: 'MALFORMED',
        message: expect.stringMatching(/^table ".*": UpdateExpression: /),
      })
      await expect(update('SET missing.x = :v')).rejects.toMatchObject({ code: 'MALFORMED' })
      await expect(update('SET born = :v, id = :v')).rejects.toMatchObject({
        code: 'CONFIGURATION',
        message: expect.stringContaining('"id" is a key'),
      })
      const reserved = { ExpressionAttributeNames: { '#r': format.reserved[1] } }
      await expect(update('SET #r = :v', reserved)).rejects.toMatchObject({ message: expect.stringContaining('is reserved') })
      await expect(update('SET born = :v', { AttributeUpdates: {} })).rejects.toMatchObject({
        message: expect.stringContaining('AttributeUpdates'),
      })
      expect(await stored()).toEqual(before)
    })

    test('an update of attributes that nothing signs is still DynamoDB’s own', async () => {
      const { on } = await seed()
      await send(clientWith(), 'UpdateItem', on({ UpdateExpression: 'SET note = :v', ExpressionAttributeValues: item({ ':v': 'x' }) }))
      expect(people.server.requests.map(({ operation }) => operation)).toEqual(['UpdateItem'])
      expect(people.server.requests[0]!.body).toMatchObject({ UpdateExpression: 'SET note = :v' })
    })

    test('they are off for a table that does not have them, beside one that has', async () => {
      const { on, read, ada } = await seed()
      const updates = itemUpdates(sdkDynamoDbCalls(people.raw))
      const client = people.clientWith({ tables: { [people.table]: format.table(), other: format.table({ updates }) } })
      await expect(send(client, 'UpdateItem', on(rename))).rejects.toMatchObject({
        code: 'CONFIGURATION',
        message: expect.stringContaining('"name" is signed and cannot be updated in place'),
      })
      expect(people.server.requests).toEqual([])
      expect(await read()).toEqual(item(ada))
    })

    test('an item that was tampered with is not updated', async () => {
      const { on, stored } = await seed()
      await people.raw.send(new PutItemCommand({ TableName: people.table, Item: { ...(await stored()), version: { N: '8' } } }))
      await expect(send(clientWith(), 'UpdateItem', on(rename))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' })
      expect(people.server.requests.map(({ operation }) => operation)).not.toContain('UpdateItem')
    })

    test('of many updates at the same time, none is lost', async () => {
      const { on, read, ada } = await seed()
      const client = clientWith('plain', 100)
      const increment = { UpdateExpression: 'ADD born :v', ExpressionAttributeValues: item({ ':v': 1 }) }
      await Promise.all(Array.from({ length: 8 }, () => send(client, 'UpdateItem', on(increment))))
      expect(await read()).toEqual(item({ ...ada, born: ada.born + 8 }))
    })

    test('an attribute that nothing signs is left to others, unless the update speaks of it', async () => {
      const { on, read, ada } = await seed({ note: 1, remark: 'x' })
      const others = async (Value: number) =>
        people.raw.send(
          new UpdateItemCommand({
            TableName: people.table,
            Key: toItem({ id: ada.id, at: ada.at }),
            UpdateExpression: 'SET note = :v',
            ExpressionAttributeValues: toItem({ ':v': Value }),
          }),
        )
      const meanwhile = (value: number) => {
        let times = 0
        people.server.onRequest = (operation, body) => {
          if (operation !== 'UpdateItem' || body.ConditionExpression === undefined) return undefined
          if (times++ === 0) void others(value)
          return { delayMs: 100 }
        }
      }
      meanwhile(5)
      await send(clientWith(), 'UpdateItem', on(rename))
      expect(await read()).toEqual(item({ ...ada, name: 'Countess', note: 5 }))
      meanwhile(7)
      const both = { UpdateExpression: 'SET born = note ADD note :v', ExpressionAttributeValues: item({ ':v': 1 }) }
      await send(clientWith(), 'UpdateItem', on(both))
      expect(await read()).toEqual(item({ ...ada, name: 'Countess', born: 7, note: 8 }))
    })

    test('a write whose answer was lost is not done twice, and is answered', async () => {
      const { on, read, ada } = await seed()
      let lost = 0
      people.server.onRequest = (operation) => (operation === 'UpdateItem' && lost++ === 0 ? { drop: 'after' } : undefined)
      const increment = { UpdateExpression: 'ADD born :v', ExpressionAttributeValues: item({ ':v': 1 }), ReturnValues: 'UPDATED_NEW' }
      const { Attributes } = await send(clientWith(), 'UpdateItem', on(increment))
      expect(lost).toBe(2)
      expect(Attributes).toEqual(item({ born: 18151211 }))
      people.server.reset()
      expect(await read()).toEqual(item({ ...ada, born: 18151211 }))
    })

    test('others that keep changing the item are given way to, up to a limit', async () => {
      const { on, stored, ada } = await seed()
      let tries = 0
      people.server.onRequest = (operation) => {
        if (operation !== 'UpdateItem') return undefined
        tries++
        return {
          respond: { status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: '' } },
        }
      }
      await expect(send(clientWith('plain', 3), 'UpdateItem', on(rename))).rejects.toMatchObject({
        code: 'UNSUPPORTED',
        message: expect.stringContaining('after 3 attempts'),
      })
      expect(tries).toBe(3)
      people.server.reset()
      expect((await stored()).version).toEqual({ N: String(ada.version) })
    })

    test('an aborted one is not sent', async () => {
      const { Key, read, ada } = await seed()
      const client = clientWith()
      const sent = client.send(new UpdateItemCommand({ TableName: people.table, Key: toItem(Key), UpdateExpression: 'REMOVE born' }), {
        abortSignal: AbortSignal.abort(),
      })
      await expect(sent).rejects.toMatchObject({ name: 'AbortError' })
      expect(await read()).toEqual(item(ada))
    })

    test('in a transaction, beside others, with the condition evaluated before', async () => {
      const { on, read, ada } = await seed()
      const client = clientWith()
      const put = { Put: { TableName: people.table, Item: item({ ...ADA, at: ++at, id: 'beside' }) } }
      await send(client, 'TransactWriteItems', { TransactItems: [put, { Update: on(rename) }] })
      nothingPlainWasSent()
      expect(await read()).toEqual(item({ ...ada, name: 'Countess' }))
      const failing = { ...rename, ConditionExpression: '#n = :n', ExpressionAttributeValues: item({ ':n': 'Other' }) }
      const error = await send(client, 'TransactWriteItems', { TransactItems: [put, { Update: on(failing) }] }).catch(
        (error: unknown) => error,
      )
      expect(error).toBeInstanceOf(TransactionCanceledException)
      expect((error as TransactionCanceledException).CancellationReasons!.map(({ Code }) => Code)).toEqual([
        'None',
        'ConditionalCheckFailed',
      ])
      expect(await read()).toEqual(item({ ...ada, name: 'Countess' }))
    })

    test('transactions at the same time do not lose an update', async () => {
      const { on, read, ada } = await seed()
      const client = clientWith('plain', 100)
      const increment = { UpdateExpression: 'ADD born :v', ExpressionAttributeValues: item({ ':v': 1 }) }
      await Promise.all(Array.from({ length: 4 }, () => send(client, 'TransactWriteItems', { TransactItems: [{ Update: on(increment) }] })))
      expect(await read()).toEqual(item({ ...ada, born: ada.born + 4 }))
    })
  })
})

describe('a value that is none', () => {
  const people = usePeople()
  const MARK = 'Countess'
  test.each<[string, object, string | undefined]>([
    ['to compare with', { UpdateExpression: 'SET version = :one' }, 'portrait <> :v'],
    ['among those to compare with', { UpdateExpression: 'SET version = :one' }, 'born IN (:one, :v)'],
    ['to set', { UpdateExpression: 'SET born = :v, version = :one' }, undefined],
    ['to add', { UpdateExpression: 'ADD born :v, version :one' }, undefined],
    ['in a sum', { UpdateExpression: 'SET born = born + :v, version = :one' }, undefined],
  ])('%s is refused, and not told of', async (_, update, ConditionExpression) => {
    await people.seed(ADA)
    const updates = itemUpdates(sdkDynamoDbCalls(people.raw))
    const client = people.clientWith({ tables: { [people.table]: FORMATS[0]!.table({ updates }) } })
    const { buffer } = new TextEncoder().encode(MARK)
    for (const value of [MARK, { L: [MARK] }, { N: Object(MARK) }, { B: buffer }, {}, null]) {
      const input = {
        ...{ TableName: people.table, Key: toItem({ id: ADA.id, at: ADA.at }), ...update },
        ...(ConditionExpression !== undefined && { ConditionExpression }),
        ExpressionAttributeValues: { ':v': value, ':one': { N: '1' } },
      }
      const error = await client.send(new UpdateItemCommand(input as never)).catch((error: Error) => error)
      expect(error).toMatchObject({
        name: 'ItemCryptoError',
        code: 'MALFORMED',
        message: expect.stringMatching(value === null ? /":v"| :v / : /":v"/),
      })
      expect(String((error as Error).stack)).not.toContain(MARK)
    }
    expect(people.server.requests).toEqual([])
  })
})

describe('where a MAC signs all and nothing is encrypted, so that equal items have equal signatures', () => {
  const people = usePeople()
  const Key = toItem({ id: 'signed', at: 1 })
  const increment = { UpdateExpression: 'ADD version :v', ExpressionAttributeValues: toItem({ ':v': 1 }) }
  async function signed() {
    const updates = itemUpdates(sdkDynamoDbCalls(people.raw))
    const table = classicTable({ ...SCHEMA, provider: PROVIDER, actions: { default: 'SIGN_ONLY' }, updates })
    const newClient = () => people.clientWith({ tables: { [people.table]: table } }, { maxAttempts: 2 })
    const client = newClient()
    await client.send(new PutItemCommand({ TableName: people.table, Item: { ...Key, ...toItem({ version: 7 }) } }))
    const version = async () => (await client.send(new GetItemCommand({ TableName: people.table, Key }))).Item?.version
    return { client, other: newClient(), version, on: (input: object) => ({ TableName: people.table, Key, ...input }) }
  }

  test('an update that changes nothing is carried out', async () => {
    const { client, version, on } = await signed()
    const same = { UpdateExpression: 'SET version = :v', ExpressionAttributeValues: toItem({ ':v': 7 }) }
    const { Attributes } = await client.send(new UpdateItemCommand({ ...on(same), ReturnValues: 'UPDATED_NEW' } as never))
    expect(Attributes).toEqual(toItem({ version: 7 }))
    await client.send(new TransactWriteItemsCommand({ TransactItems: [{ Update: on(same) }] } as never))
    expect(await version()).toEqual({ N: '7' })
  })

  test("another's update that makes the same item is not taken for one whose answer was lost", async () => {
    const { client, other, version, on } = await signed()
    let times = 0
    people.server.onRequest = (operation) => {
      if (operation !== 'UpdateItem' || times++ > 0) return undefined
      void other.send(new UpdateItemCommand(on(increment) as never))
      return { delayMs: 300, drop: 'before' }
    }
    await expect(client.send(new UpdateItemCommand(on(increment) as never))).rejects.toHaveProperty('code', 'UNSUPPORTED')
    expect(times).toBe(3)
    expect(await version()).toEqual({ N: '8' })
  })
})

describe('during a migration from plaintext', () => {
  const people = usePeople(FORMATS[1])

  test('a plaintext item is encrypted by its update, if all of it is unchanged', async () => {
    const key = toItem({ id: 'plain', at: 1 })
    const put = (version: number) =>
      people.raw.send(new PutItemCommand({ TableName: people.table, Item: { ...key, ...toItem({ name: 'Ada', born: 1815, version }) } }))
    await put(1)
    const table = structuredTable({
      ...SCHEMA,
      keyring: KEYRING,
      actions: { default: 'ENCRYPT_AND_SIGN', attributes: { version: 'SIGN_ONLY' } },
      plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
      updates: itemUpdates(sdkDynamoDbCalls(people.raw)),
    })
    const client = people.clientWith({ tables: { [people.table]: table } })
    let times = 0
    people.server.onRequest = (operation) => {
      if (operation !== 'UpdateItem') return undefined
      if (times++ === 0) void put(2)
      return { delayMs: 100 }
    }
    await client.send(
      new UpdateItemCommand({
        TableName: people.table,
        Key: key,
        UpdateExpression: 'SET born = born + :v',
        ExpressionAttributeValues: { ':v': { N: '1' } },
      }),
    )
    expect(times).toBe(2)
    people.server.reset()
    const { Item: stored } = await people.raw.send(new GetItemCommand({ TableName: people.table, Key: key }))
    expect(stored).toMatchObject({ aws_dbe_foot: { B: expect.anything() }, name: { B: expect.anything() }, version: { N: '2' } })
    const { Item: read } = await client.send(new GetItemCommand({ TableName: people.table, Key: key }))
    expect(read).toEqual({ ...key, ...toItem({ name: 'Ada', born: 1816, version: 2 }) })
  })
})
