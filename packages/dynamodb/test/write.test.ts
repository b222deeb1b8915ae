import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { describe, expect, test } from 'vitest'
import { FORMATS } from './formats.ts'
import { type Answer, KINDS, toItem } from './kinds.ts'
import { ADA, ADA_KEY, person, SECRETS, usePeople } from './people.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)

  const stored = async (key: object = ADA_KEY) =>
    (await people.raw.send(new GetItemCommand({ TableName: people.table, Key: toItem(key as typeof ADA_KEY) }))).Item

  const thrownBy = async (call: Promise<Answer>) =>
    call.then(
      () => expect.fail('it succeeded'),
      (error) => error as Error & { Item?: unknown; CancellationReasons?: { Code: string; Item?: unknown }[] },
    )

  describe.each(KINDS)('with a $kind client', ({ item, send }) => {
    const on = (input: object) => ({ TableName: people.table, ...input })
    const failing = { ConditionExpression: 'version = :v', ExpressionAttributeValues: item({ ':v': 99 }) }
    const returning = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }

    test.each(['name', 'arn'])('PutItem sends and stores nothing of the secrets in clear (table given by %s)', async (given) => {
      await send(people.client, 'PutItem', { TableName: given === 'arn' ? people.arn : people.table, Item: item(ADA) })
      const [{ operation, body }, ...more] = people.server.requests as [{ operation: string; body: Answer }]
      expect([operation, more]).toEqual(['PutItem', []])
      const wire = JSON.stringify(body)
      for (const secret of SECRETS) expect(wire).not.toContain(secret)
      expect(body.Item).toMatchObject({ ...toItem(ADA_KEY), note: { S: ADA.note }, email: { S: ADA.email } })
      const item_ = (await stored())!
      expect(Object.keys(item_).sort()).toEqual([...Object.keys(ADA), ...format.reserved].sort())
      expect(item_.name!.B).toBeInstanceOf(Uint8Array)
    })

    test('PutItem leaves the input of the caller alone', async () => {
      const input = on({ Item: item(ADA), ConditionExpression: 'attribute_exists(id) OR attribute_not_exists(id)' })
      const before = structuredClone(input)
      await send(people.client, 'PutItem', input)
      expect(input).toEqual(before)
    })

    test('PutItem gives back the old item decrypted', async () => {
      await people.seed(ADA)
      const first = await send(people.client, 'PutItem', on({ Item: item(person(1, { version: 8 })), ReturnValues: 'ALL_OLD' }))
      expect(first.Attributes).toEqual(item(ADA))
      const fresh = await send(people.client, 'PutItem', on({ Item: item(person(100)), ReturnValues: 'ALL_OLD' }))
      expect(fresh.Attributes).toBeUndefined()
      await send(people.client, 'DeleteItem', on({ Key: item({ id: '1', at: 100 }) }))
    })

    test('conditions on attributes that are not encrypted, and on the presence of others, work', async () => {
      await people.seed(ADA)
      const put = (condition: object) => send(people.client, 'PutItem', on({ Item: item(ADA), ...condition }))
      await put({ ConditionExpression: 'version = :v', ExpressionAttributeValues: item({ ':v': 7 }) })
      await put({
        ConditionExpression: 'attribute_exists(#n) AND size(#n) > :zero',
        ExpressionAttributeNames: { '#n': 'name' },
        ExpressionAttributeValues: item({ ':zero': 0 }),
      })
      for (const text of [
        ':zero < size(#n) AND note = :note',
        'size(#n) BETWEEN :zero AND :many OR note = :note',
        'size(#n) IN (:zero, version, size(#n), :many) OR NOT attribute_not_exists(#n) AND note = :note',
      ]) {
        const ExpressionAttributeValues = item({ ':zero': 0, ':note': ADA.note!, ...(text.includes(':many') && { ':many': 1000 }) })
        await put({ ConditionExpression: text, ExpressionAttributeNames: { '#n': 'name' }, ExpressionAttributeValues })
      }
      const failed = await thrownBy(put({ ConditionExpression: 'attribute_not_exists(#n)', ExpressionAttributeNames: { '#n': 'name' } }))
      expect(failed.name).toBe('ConditionalCheckFailedException')
    })

    test('the item of a failed condition comes decrypted, as AttributeValues from either client', async () => {
      await people.seed(ADA)
      for (const [operation, input] of [
        ['PutItem', { Item: item(ADA) }],
        ['DeleteItem', { Key: item(ADA_KEY) }],
        ['UpdateItem', { Key: item(ADA_KEY), UpdateExpression: 'REMOVE note' }],
      ] as const) {
        const error = await thrownBy(send(people.client, operation, on({ ...input, ...failing, ...returning })))
        expect(error.name).toBe('ConditionalCheckFailedException')
        expect(error.Item).toEqual(toItem(ADA))
      }
      const plain = await thrownBy(send(people.client, 'DeleteItem', on({ Key: item(ADA_KEY), ...failing })))
      expect(plain).toMatchObject({ name: 'ConditionalCheckFailedException' })
      expect(plain.Item).toBeUndefined()
    })

    test('an item of a failed condition that is not ours is a failure of its own', async () => {
      await people.raw.send(new PutItemCommand({ TableName: people.table, Item: toItem({ id: 'bad', at: 1, name: 'Mallory' }) }))
      const error = await thrownBy(send(people.client, 'DeleteItem', on({ Key: item({ id: 'bad', at: 1 }), ...failing, ...returning })))
      expect(error).toMatchObject({ name: 'ItemCryptoError', code: 'NOT_AUTHENTIC' })
      expect(error.message).toMatch(new RegExp(`: Item of the failed condition: ${format.foreign}`))
      expect(people.server.requests).toHaveLength(2)
    })

    test('DeleteItem deletes, and gives back the item decrypted', async () => {
      await people.seed(ADA)
      expect((await send(people.client, 'DeleteItem', on({ Key: item(ADA_KEY), ReturnValues: 'ALL_OLD' }))).Attributes).toEqual(item(ADA))
      expect(await stored()).toBeUndefined()
    })

    test('a returned item that is not ours: the failure says that the delete is done', async () => {
      await people.raw.send(new PutItemCommand({ TableName: people.table, Item: toItem({ id: 'bad', at: 1, name: 'Mallory' }) }))
      const error = await thrownBy(send(people.client, 'DeleteItem', on({ Key: item({ id: 'bad', at: 1 }), ReturnValues: 'ALL_OLD' })))
      expect(error.message).toMatch(new RegExp(`: Attributes returned by DeleteItem, which is done: ${format.foreign}`))
    })

    describe('UpdateItem of an unsigned attribute', () => {
      const update = (input: object = {}) =>
        send(
          people.client,
          'UpdateItem',
          on({
            Key: item(ADA_KEY),
            UpdateExpression: 'SET note = :n',
            ExpressionAttributeValues: item({ ':n': 'new' }),
            ...input,
          }),
        )

      test('is carried out, and the item stays readable', async () => {
        await people.seed(ADA)
        await update()
        const { Item } = await send(people.client, 'GetItem', on({ Key: item(ADA_KEY) }))
        expect(Item).toEqual(item({ ...ADA, note: 'new' }))
      })

      test('gives back whole items decrypted, and parts as they are', async () => {
        await people.seed(ADA)
        expect((await update({ ReturnValues: 'ALL_OLD' })).Attributes).toEqual(item(ADA))
        expect((await update({ ReturnValues: 'ALL_NEW' })).Attributes).toEqual(item({ ...ADA, note: 'new' }))
        expect((await update({ ReturnValues: 'UPDATED_NEW' })).Attributes).toEqual(item({ note: 'new' }))
        expect((await update({ ReturnValues: 'UPDATED_OLD' })).Attributes).toEqual(item({ note: 'new' }))
      })

      test('does not make an item, which would have no signature', async () => {
        const missing = { Key: item({ id: '0', at: 0 }) }
        expect(await thrownBy(update(missing))).toMatchObject({ name: 'ConditionalCheckFailedException' })
        expect(await thrownBy(update({ ...missing, UpdateExpression: undefined, ExpressionAttributeValues: undefined }))).toMatchObject({
          name: 'ConditionalCheckFailedException',
        })
        const either = { ConditionExpression: 'attribute_exists(id) OR attribute_not_exists(id)' }
        expect(await thrownBy(update({ ...missing, ...either }))).toMatchObject({ name: 'ConditionalCheckFailedException' })
        expect(await stored({ id: '0', at: 0 })).toBeUndefined()
      })

      test('keeps the condition and the names of the caller', async () => {
        await people.seed(ADA)
        const names = { ExpressionAttributeNames: { '#v': 'version', '#itemseal_key': 'note' } }
        const condition = (v: number) => ({
          UpdateExpression: 'SET #itemseal_key = :n',
          ConditionExpression: '#v = :v',
          ExpressionAttributeValues: item({ ':n': 'new', ':v': v }),
          ...names,
        })
        expect(await thrownBy(update(condition(8)))).toMatchObject({ name: 'ConditionalCheckFailedException' })
        expect((await update({ ...condition(7), ReturnValues: 'ALL_NEW' })).Attributes).toEqual(item({ ...ADA, note: 'new' }))
      })
    })

    test('TransactWriteItems encrypts what it puts, and does the rest as it is', async () => {
      await people.seed(ADA, person(2), person(3))
      await send(people.client, 'TransactWriteItems', {
        TransactItems: [
          { Put: { TableName: people.arn, Item: item(person(4)) } },
          { Update: on({ Key: item(ADA_KEY), UpdateExpression: 'SET note = :n', ExpressionAttributeValues: item({ ':n': 'new' }) }) },
          { Delete: on({ Key: item({ id: '1', at: 2 }) }) },
          { ConditionCheck: on({ Key: item({ id: '1', at: 3 }), ConditionExpression: 'attribute_exists(diary)' }) },
        ],
      })
      const wire = JSON.stringify(people.server.requests[0])
      for (const secret of [...SECRETS, 'Person 4']) expect(wire).not.toContain(secret)
      const { Items } = await send(people.client, 'Query', {
        TableName: people.table,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: item({ ':id': '1' }),
      })
      expect(Items).toEqual([item({ ...ADA, note: 'new' }), item(person(3)), item(person(4))])
    })

    test('TransactWriteItems: an update does not make an item either', async () => {
      const error = await thrownBy(
        send(people.client, 'TransactWriteItems', {
          TransactItems: [
            {
              Update: on({
                Key: item({ id: '0', at: 0 }),
                UpdateExpression: 'SET note = :n',
                ExpressionAttributeValues: item({ ':n': 'new' }),
              }),
            },
          ],
        }),
      )
      expect(error).toMatchObject({ name: 'TransactionCanceledException', CancellationReasons: [{ Code: 'ConditionalCheckFailed' }] })
    })

    test('the items in cancellation reasons come decrypted, each in its place', async () => {
      await people.seed(ADA, person(2))
      const error = await thrownBy(
        send(people.client, 'TransactWriteItems', {
          TransactItems: [
            { Put: on({ Item: item(ADA), ...failing, ...returning }) },
            { Delete: on({ Key: item({ id: '1', at: 3 }) }) },
            { ConditionCheck: on({ Key: item({ id: '1', at: 2 }), ...failing, ...returning }) },
          ],
        }),
      )
      expect(error.name).toBe('TransactionCanceledException')
      expect(error.CancellationReasons!.map(({ Code }) => Code)).toEqual(['ConditionalCheckFailed', 'None', 'ConditionalCheckFailed'])
      expect(error.CancellationReasons!.map(({ Item }) => Item)).toEqual([toItem(ADA), undefined, toItem(person(2))])
    })
  })
})
