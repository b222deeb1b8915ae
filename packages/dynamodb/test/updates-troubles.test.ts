/** Updates of encrypted attributes whose calls are called off, whose answers are lost, and that others come between. */
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { RequestAction } from '@itemseal/local-dynamodb'
import { describe, expect, test } from 'vitest'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { itemUpdates } from '../src/updates.ts'
import { FORMATS } from './formats.ts'
import { KINDS, type Native, toItem } from './kinds.ts'
import { ADA, usePeople } from './people.ts'
import { quickRetries } from './retries.ts'

const RACED: RequestAction = {
  respond: { status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: '' } },
}

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  function clientWith(attempts = 2) {
    const updates = itemUpdates({ ...sdkDynamoDbCalls(people.raw), maxAttempts: 5 })
    return people.clientWith({ tables: { [people.table]: format.table({ updates }) } }, quickRetries(attempts))
  }
  const sent = () => people.server.requests.map(({ operation }) => operation)
  let at = 200

  describe.each(KINDS)('with a $kind client', ({ item, send }) => {
    async function seed() {
      const Key = { id: '1', at: ++at }
      const ada: Record<string, Native> = { ...ADA, ...Key }
      await people.seed(ada)
      const on = (input: object) => ({ TableName: people.table, Key: item(Key), ...input })
      const read = async () => (await send(people.client, 'GetItem', on({}))).Item
      /** By another client. */
      const put = async (person: Record<string, Native>) => {
        await send(people.client, 'PutItem', { TableName: people.table, Item: item(person) })
      }
      return { ada, on, read, put }
    }
    const rename = {
      UpdateExpression: 'SET #n = :n',
      ExpressionAttributeNames: { '#n': 'name' },
      ExpressionAttributeValues: item({ ':n': 'Countess' }),
    }
    const isUpdate = (operation: string) => operation === 'UpdateItem' || operation === 'TransactWriteItems'
    const forms = [
      ['alone', (client, on, options = {}) => send(client, 'UpdateItem', on(rename), options)],
      [
        'in a transaction',
        (client, on, options = {}) => send(client, 'TransactWriteItems', { TransactItems: [{ Update: on(rename) }] }, options),
      ],
    ] as const satisfies readonly (readonly [
      string,
      (client: typeof people.client, on: (input: object) => object, options?: { readonly abortSignal?: AbortSignal }) => Promise<unknown>,
    ])[]

    describe.each(forms)('%s', (_, update) => {
      test('called off before: nothing is sent', async () => {
        const { ada, on, read } = await seed()
        await expect(update(clientWith(), on, { abortSignal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
        expect(sent()).toEqual([])
        expect(await read()).toEqual(item(ada))
      })

      test('called off while the item is read: the read ends at once, and nothing is written', async () => {
        const { ada, on, read } = await seed()
        const controller = new AbortController()
        let answer: (action?: RequestAction) => void = () => {}
        people.server.onRequest = () =>
          new Promise((resolve) => {
            answer = resolve // after the test: it would last for ever otherwise
            controller.abort()
          })
        await expect(update(clientWith(), on, { abortSignal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' })
        expect(sent()).toEqual(['GetItem'])
        answer()
        people.server.reset()
        expect(await read()).toEqual(item(ada))
      })

      test('called off while it is read by a client that knows no signals: nothing is written', async () => {
        const { ada, on, read } = await seed()
        const controller = new AbortController()
        const { getItem } = sdkDynamoDbCalls(people.raw)
        const updates = itemUpdates({
          async getItem(input) {
            controller.abort()
            return getItem(input)
          },
        })
        const client = people.clientWith({ tables: { [people.table]: format.table({ updates }) } })
        await expect(update(client, on, { abortSignal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' })
        expect(sent()).toEqual(['GetItem'])
        expect(await read()).toEqual(item(ada))
      })

      test('called off between two attempts: there is no other', async () => {
        const { ada, on, read } = await seed()
        const controller = new AbortController()
        people.server.onRequest = (operation) => {
          if (!isUpdate(operation)) return undefined
          setImmediate(() => setImmediate(() => controller.abort(new Error('no more time'))))
          if (operation === 'UpdateItem') return RACED
          const CancellationReasons = [{ Code: 'ConditionalCheckFailed' }]
          return { respond: { status: 400, body: { __type: 'TransactionCanceledException', message: '', CancellationReasons } } }
        }
        const error = await update(clientWith(), on, { abortSignal: controller.signal }).catch((error: unknown) => error)
        expect(error).toMatchObject({ name: 'AbortError' })
        people.server.reset()
        expect(await read()).toEqual(item(ada))
      })

      test('a write that is lost each time is told of, and is not done', async () => {
        const { ada, on, read } = await seed()
        people.server.onRequest = (operation) => (isUpdate(operation) ? { drop: 'before' } : undefined)
        await expect(update(clientWith(), on)).rejects.toMatchObject({ name: 'TimeoutError' })
        people.server.reset()
        expect(await read()).toEqual(item(ada))
      })

      test('a write whose answer is lost for good is told of, and is done once', async () => {
        const { ada, on, read } = await seed()
        people.server.onRequest = (operation) => (isUpdate(operation) ? { drop: 'after' } : undefined)
        await expect(update(clientWith(1), on)).rejects.toMatchObject({ name: 'TimeoutError' })
        people.server.reset()
        expect(await read()).toEqual(item({ ...ada, name: 'Countess' }))
      })
    })

    const lost = ['before', 'after'] as const
    test.each(lost)(
      'an answer that is lost (%s the write), then a write of another: nobody can tell, so it says so, and what the other wrote stays',
      async (drop) => {
        const { ada, on, read, put } = await seed()
        const theirs = { ...ada, name: 'Lady', born: 1816 }
        let times = 0
        people.server.onRequest = async (operation) => {
          if (operation !== 'UpdateItem') return undefined
          if (times++ === 0) return { drop }
          await put(theirs)
          return undefined
        }
        const increment = { UpdateExpression: 'ADD born :v', ExpressionAttributeValues: item({ ':v': 1 }) }
        await expect(send(clientWith(), 'UpdateItem', on(increment))).rejects.toMatchObject({
          name: 'ItemCryptoError',
          code: 'UNSUPPORTED',
          message: expect.stringContaining('an answer was lost, and the item does not tell whether it was done'),
        })
        expect(times).toBe(2)
        people.server.reset()
        expect(await read()).toEqual(item(theirs))
      },
    )

    test('an answer that is lost, and the item deleted by another: the same, and it is not made again', async () => {
      const { on, read } = await seed()
      let times = 0
      people.server.onRequest = async (operation) => {
        if (operation !== 'UpdateItem') return undefined
        if (times++ === 0) return { drop: 'after' }
        await send(people.client, 'DeleteItem', on({}))
        return undefined
      }
      await expect(send(clientWith(), 'UpdateItem', on(rename))).rejects.toMatchObject({ code: 'UNSUPPORTED' })
      people.server.reset()
      expect(await read()).toBeUndefined()
    })

    test('a request that is lost, and nobody came between: it is done, once', async () => {
      const { ada, on, read } = await seed()
      let times = 0
      people.server.onRequest = (operation) => (operation === 'UpdateItem' && times++ === 0 ? { drop: 'before' } : undefined)
      const increment = { UpdateExpression: 'ADD born :v', ExpressionAttributeValues: item({ ':v': 1 }), ReturnValues: 'UPDATED_NEW' }
      expect((await send(clientWith(), 'UpdateItem', on(increment))).Attributes).toEqual(item({ born: ADA.born + 1 }))
      people.server.reset()
      expect(await read()).toEqual(item({ ...ada, born: ADA.born + 1 }))
    })

    test('transactions that others are always faster than are given up, with the exception of DynamoDB', async () => {
      const { ada, on, read } = await seed()
      people.server.onRequest = (operation) => {
        if (operation !== 'TransactWriteItems') return undefined
        const CancellationReasons = [{ Code: 'ConditionalCheckFailed' }, { Code: 'None' }]
        return { respond: { status: 400, body: { __type: 'TransactionCanceledException', message: 'cancelled', CancellationReasons } } }
      }
      const put = { Put: { TableName: people.table, Item: item({ ...ada, id: 'beside' }) } }
      const transaction = send(clientWith(), 'TransactWriteItems', { TransactItems: [{ Update: on(rename) }, put] })
      await expect(transaction).rejects.toMatchObject({ name: 'TransactionCanceledException' })
      expect(sent().filter((operation) => operation === 'TransactWriteItems')).toHaveLength(5)
      people.server.reset()
      expect(await read()).toEqual(item(ada))
    })

    test('a transaction that is cancelled for another reason is not made again', async () => {
      const { ada, on, read } = await seed()
      const put = {
        Put: { TableName: people.table, Item: item({ ...ada, version: 1 }), ConditionExpression: 'attribute_not_exists(id)' },
      }
      const other = on(rename) as { Key: Record<string, unknown> }
      const update = { Update: { ...other, Key: { ...other.Key, ...item({ id: 'elsewhere' }) } } }
      const transaction = send(clientWith(), 'TransactWriteItems', { TransactItems: [put, update] })
      await expect(transaction).rejects.toMatchObject({ name: 'TransactionCanceledException' })
      expect(sent()).toEqual(['GetItem', 'TransactWriteItems'])
      expect(await read()).toEqual(item(ada))
    })

    test('an item that somebody tampers with between two attempts is not written again', async () => {
      const { on } = await seed()
      const { Item: stored = {} } = await people.raw.send(new GetItemCommand({ TableName: people.table, Key: toItem({ id: '1', at }) }))
      const changed = { ...stored, version: { N: '8' } }
      let writes = 0
      people.server.onRequest = async (operation) => {
        if (operation !== 'UpdateItem') return undefined
        writes++
        await people.raw.send(new PutItemCommand({ TableName: people.table, Item: changed }))
        return RACED
      }
      await expect(send(clientWith(), 'UpdateItem', on(rename))).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' })
      expect(writes).toBe(1)
    })
  })
})
