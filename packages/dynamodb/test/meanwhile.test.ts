/** What a caller, or whoever answers, does while a call is under way. */
import { setTimeout as pause } from 'node:timers/promises'
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { itemToJson } from '@itemseal/core'
import type { RequestAction } from '@itemseal/local-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import { STORED } from '../src/call.ts'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { itemUpdates } from '../src/updates.ts'
import { FORMATS, KEYRING, PROVIDER } from './formats.ts'
import { KINDS, type OperationName, toItem } from './kinds.ts'
import { ADA, ADA_KEY, person, SECRETS, usePeople } from './people.ts'

const [plain] = KINDS as [(typeof KINDS)[0]]
const MORE = 'Ada Lovelace, and more'

/** Keys that are long in coming, and how often they were asked for. */
function slowly(onDecryption: () => void = () => {}) {
  const counts = { encryption: 0, decryption: 0 }
  const later =
    <A extends unknown[], T>(kind: keyof typeof counts, give: (...args: A) => T | Promise<T>) =>
    async (...args: A): Promise<T> => {
      counts[kind]++
      if (kind === 'decryption') onDecryption()
      await pause(20)
      return give(...args)
    }
  const keys = {
    provider: {
      encryptionMaterials: later('encryption', PROVIDER.encryptionMaterials),
      decryptionMaterials: later('decryption', PROVIDER.decryptionMaterials),
    },
    keyring: { onEncrypt: later('encryption', KEYRING.onEncrypt), onDecrypt: later('decryption', KEYRING.onDecrypt) },
  }
  return { counts, keys }
}

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  const on = (input: object) => ({ TableName: people.table, ...input })
  beforeAll(() => people.seed(ADA, person(2)))

  describe('what is sent is what was looked at, whatever becomes of the input meanwhile:', () => {
    const condition = () => ({
      ConditionExpression: '#a <> :v',
      ExpressionAttributeNames: { '#a': 'city' },
      ExpressionAttributeValues: { ':v': { S: 'x' } },
    })
    const inputs: [OperationName, () => object][] = [
      ['PutItem', () => on({ Item: { ...toItem(person(3)), version: { L: [{ B: Uint8Array.of(1, 2, 3) }] } }, ...condition() })],
      ['DeleteItem', () => on({ Key: toItem({ id: '1', at: 4 }), ...condition() })],
      ['GetItem', () => on({ Key: toItem(ADA_KEY) })],
      [
        'UpdateItem',
        () =>
          on({
            Key: toItem(ADA_KEY),
            UpdateExpression: 'SET note = :v',
            ExpressionAttributeValues: { ':v': { B: Uint8Array.of(1, 2, 3) } },
          }),
      ],
      [
        'Scan',
        () => on({ FilterExpression: 'city <> :v', ExpressionAttributeValues: { ':v': { S: 'x' } }, ExclusiveStartKey: toItem(ADA_KEY) }),
      ],
      ['BatchGetItem', () => ({ RequestItems: { [people.table]: { Keys: [toItem(ADA_KEY)] } } })],
      [
        'BatchWriteItem',
        () => ({
          RequestItems: {
            [people.table]: [{ PutRequest: { Item: toItem(person(5)) } }, { DeleteRequest: { Key: toItem({ id: '1', at: 6 }) } }],
          },
        }),
      ],
      [
        'TransactWriteItems',
        () => ({
          TransactItems: [{ Put: on({ Item: toItem(person(7)) }) }, { Delete: on({ Key: toItem({ id: '1', at: 8 }), ...condition() }) }],
        }),
      ],
    ]

    /** All texts and bytes in it become others. */
    function spoil(input: object): void {
      for (const [name, value] of Object.entries(input)) {
        if (value instanceof Uint8Array) value.fill(0x41)
        else if (typeof value === 'object') spoil(value)
        else if (typeof value === 'string' && name !== 'TableName' && name !== 'N') Reflect.set(input, name, MORE)
      }
    }

    test.each(inputs)('%s', async (operation, make) => {
      const client = people.clientWith({ tables: { [people.table]: format.table({ keys: slowly().keys }) } })
      for (const ticks of [0, 1, 2, 3, 5, 8, 13, 21, 34, Infinity]) {
        people.server.reset()
        const input = make()
        const expected = make()
        const call = plain.send(client, operation, input)
        if (ticks === Infinity) await pause(5)
        else for (let i = 0; i < ticks; i++) await null
        spoil(input)
        await call
        expect(people.server.requests.map((request) => request.operation)).toEqual([operation])
        const wire = JSON.stringify(people.server.requests)
        for (const secret of [...SECRETS, MORE, 'QUFB']) expect(wire).not.toContain(secret)
        expect(input).not.toEqual(expected)
      }
      client.destroy()
      const { Item } = await plain.send(people.client, 'GetItem', on({ Key: toItem({ id: '1', at: 3 }) }))
      if (operation === 'PutItem') expect(Item).toMatchObject({ version: { L: [{ B: Uint8Array.of(1, 2, 3) }] } }) // and it verifies
    })

    test('what an object only inherits is not sent, as it is not looked at', async () => {
      const inherits = Object.assign(Object.create({ Put: on({ Item: toItem(person(9)) }) }), {
        Delete: on({ Key: toItem({ id: '1', at: 9 }) }),
      })
      await plain.send(people.client, 'TransactWriteItems', { TransactItems: [inherits] })
      const wire = JSON.stringify(people.server.requests)
      expect(wire).toContain('Delete')
      expect(wire).not.toContain('Put"')
    })

    test('the mark of reads that get items as they are stored is none on a write', async () => {
      await people.client.send(new PutItemCommand({ ...on({ Item: toItem(person(10)) }), [STORED]: true } as never))
      const wire = JSON.stringify(people.server.requests)
      for (const secret of ['Person 10', ...SECRETS.slice(1)]) expect(wire).not.toContain(secret)
    })
  })

  describe.each(KINDS)('the item of another key in the answer is refused by a $kind client:', ({ item, send }) => {
    const stored = async (key: { id: string; at: number }) =>
      (await people.raw.send(new GetItemCommand(on({ Key: toItem(key) }) as never))).Item!

    test.each([{}, { ProjectionExpression: '#n', ExpressionAttributeNames: { '#n': 'name' } }])('GetItem with %o', async (more) => {
      const other = await stored({ id: '1', at: 2 })
      const json = itemToJson(other)
      const instead = (body: object): RequestAction => ({ respond: { status: 200, body } })
      people.server.onRequest = () => instead({ Item: json })
      const refusal = expect.objectContaining({ code: 'NOT_AUTHENTIC', message: expect.stringContaining('another item') })
      await expect(send(people.client, 'GetItem', on({ Key: item(ADA_KEY), ...more }))).rejects.toEqual(refusal)
      people.server.onRequest = () => instead({ Responses: [{ Item: json }] })
      await expect(
        send(people.client, 'TransactGetItems', { TransactItems: [{ Get: on({ Key: item(ADA_KEY), ...more }) }] }),
      ).rejects.toEqual(refusal)
    })
  })

  test('and so is that of an update, before anything is written', async () => {
    const other = (await people.raw.send(new GetItemCommand(on({ Key: toItem({ id: '1', at: 2 }) }) as never))).Item!
    const updates = itemUpdates({ getItem: async () => ({ Item: other }) })
    const client = people.clientWith({ tables: { [people.table]: format.table({ updates }) } })
    const rename = { UpdateExpression: 'SET born = :v', ExpressionAttributeValues: toItem({ ':v': 1 }), ReturnValues: 'ALL_NEW' }
    await expect(plain.send(client, 'UpdateItem', on({ Key: toItem(ADA_KEY), ...rename }))).rejects.toMatchObject({
      code: 'NOT_AUTHENTIC',
      message: expect.stringContaining('another item'),
    })
    expect(people.server.requests.map(({ operation }) => operation)).not.toContain('UpdateItem')
    client.destroy()
  })

  test('an update that is called off while the item is decrypted asks for no more keys', async () => {
    const controller = new AbortController()
    const { counts, keys } = slowly(() => controller.abort())
    const updates = itemUpdates(sdkDynamoDbCalls(people.raw))
    const client = people.clientWith({ tables: { [people.table]: format.table({ keys, updates }) } })
    const rename = { UpdateExpression: 'SET born = :v', ExpressionAttributeValues: toItem({ ':v': 1 }) }
    await expect(
      plain.send(client, 'UpdateItem', on({ Key: toItem(ADA_KEY), ...rename }), { abortSignal: controller.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' })
    expect(counts).toEqual({ encryption: 0, decryption: 1 })
    client.destroy()
  })

  test.each(['(city = :c)', ' ( city = :c ) ', '(city = :c) AND (city = :c)', 'city = :c OR city = :c'])(
    'an update in place takes the condition %s, round which DynamoDB wants no second pair of brackets',
    async (ConditionExpression) => {
      const input = on({
        Key: toItem(ADA_KEY),
        UpdateExpression: 'SET note = :c',
        ConditionExpression,
        ExpressionAttributeValues: toItem({ ':c': ADA.city }),
      })
      await plain.send(people.client, 'UpdateItem', input)
      await plain.send(people.client, 'TransactWriteItems', { TransactItems: [{ Update: input }] })
      const missing = { ...input, Key: toItem({ id: 'none', at: 0 }) }
      await expect(plain.send(people.client, 'UpdateItem', missing)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
    },
  )
})
