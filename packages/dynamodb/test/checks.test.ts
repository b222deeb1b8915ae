import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import { beforeAll, describe, expect, test } from 'vitest'
import type { TransactAction } from '../src/sdk-shapes.ts'
import { FORMATS } from './formats.ts'
import { type Answer, KINDS, type Native, type OperationName, toItem } from './kinds.ts'
import { ADA, ADA_KEY, usePeople } from './people.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)

  beforeAll(() => people.seed(ADA))

  type Refused = [what: string, operation: OperationName, input: object, message: RegExp, code?: string]

  test.each<[string, object, RegExp]>([
    ['is of two types', { S: 'secret', N: '1' }, /attribute ":v" is not an AttributeValue/],
    ['is a number by name only', { N: 'secret' }, /ConditionExpression: attribute "name" is encrypted/],
  ])('a value that %s is not sent beside the length of an encrypted attribute', async (_, value, message) => {
    const input = {
      ...{ TableName: people.table, Item: toItem(ADA), ConditionExpression: 'size(#n) = :v', ExpressionAttributeNames: { '#n': 'name' } },
      ExpressionAttributeValues: { ':v': value as never },
    }
    const put = people.client.send(new PutItemCommand(input))
    await expect(put).rejects.toMatchObject({ name: 'ItemCryptoError', message: expect.stringMatching(message) })
    expect(people.server.requests).toEqual([])
  })

  describe.each(KINDS)('with a $kind client, before anything is sent:', ({ item, send }) => {
    const on = (input: object) => ({ TableName: people.table, ...input })
    const values = (values: Record<string, Native>) => ({ ExpressionAttributeValues: item(values) })
    const put = { Item: item(ADA) }
    const key = { Key: item(ADA_KEY) }
    const legacy = { AttributeValueList: [item({ v: 1 }).v], ComparisonOperator: 'EQ' }
    const encrypted = /attribute "name" is encrypted: compare after reading, or make it SIGN_ONLY/
    const names = { ExpressionAttributeNames: { '#n': 'name' } }
    const one = { KeyConditionExpression: 'id = :id', ...values({ ':id': '1' }) }

    const refused = (
      rows: Refused[],
      wrap = (operation: OperationName, input: object): [OperationName, object] => [operation, on(input)],
    ) =>
      test.each(rows)('%s', async (_, operation, input, message, code = 'CONFIGURATION') => {
        const call: Promise<Answer> = send(people.client, ...wrap(operation, input))
        await expect(call).rejects.toMatchObject({ name: 'ItemCryptoError', code, message: expect.stringMatching(message) })
        await expect(call).rejects.toMatchObject({ message: expect.stringMatching(/^table "people-/) })
        expect(people.server.requests).toEqual([])
      })

    describe('conditions on encrypted attributes are refused', () => {
      const condition = (ConditionExpression: string, more: object = {}) => ({
        ConditionExpression,
        ...names,
        ...values({ ':v': 'x' }),
        ...more,
      })
      refused([
        ['PutItem', 'PutItem', { ...put, ...condition('#n = :v') }, encrypted],
        ['DeleteItem', 'DeleteItem', { ...key, ...condition('version = :v AND #n <> :v') }, encrypted],
        ['UpdateItem', 'UpdateItem', { ...key, UpdateExpression: 'REMOVE note', ...condition('#n IN (:v)') }, encrypted],
        ['without an alias', 'PutItem', { ...put, ...condition('diary = :v') }, /"diary" is encrypted/],
        ['below the attribute', 'PutItem', { ...put, ...condition('diary.pages[0] = :v') }, /"diary" is encrypted/],
        ['in a function', 'PutItem', { ...put, ...condition('begins_with(#n, :v)') }, encrypted],
        ['in attribute_type', 'PutItem', { ...put, ...condition('attribute_type(#n, :v)') }, encrypted],
        ['presence of a member', 'PutItem', { ...put, ...condition('attribute_exists(diary.secret)') }, /"diary" is encrypted/],
        ['a length beside a text', 'PutItem', { ...put, ...condition('size(#n) = :v') }, encrypted],
        ['a length in a function', 'PutItem', { ...put, ...condition('contains(size(#n), :v)') }, encrypted],
        [
          'a length in a function, beside a number',
          'PutItem',
          { ...put, ...condition('contains(size(#n), :n)', values({ ':n': 1987 })) },
          encrypted,
        ],
        ['a length beside that of a value', 'PutItem', { ...put, ...condition('size(#n) > size(:v)') }, encrypted],
        ['a length in a bracket beside a text', 'DeleteItem', { ...key, ...condition('(size(#n) > version) = :v') }, encrypted],
        ['a length beside that of a number', 'PutItem', { ...put, ...condition('size(#n) = size(:n)', values({ ':n': 1987 })) }, encrypted],
        ['a length beside a function like it', 'PutItem', { ...put, ...condition('nsize(#n) = :n', values({ ':n': 1987 })) }, encrypted],
        ['presence beside a text', 'PutItem', { ...put, ...condition('attribute_exists(#n, :v)') }, encrypted],
        ['presence compared with a text', 'PutItem', { ...put, ...condition('NOT attribute_exists(#n) = :v') }, encrypted],
        ['a name that begins with a keyword', 'PutItem', { ...put, ...condition('Info = :v') }, /"Info" is encrypted/],
        ['after a line break', 'PutItem', { ...put, ...condition('version = :v\nAND order_id = :v') }, /"order_id" is encrypted/],
        [
          'a text that is no condition',
          'PutItem',
          { ...put, ...condition('#n == :v') },
          /: ConditionExpression: not understood/,
          'MALFORMED',
        ],
        [
          'an unknown alias of a value',
          'PutItem',
          { ...put, ...condition(':name = :v') },
          /:name is not among the ExpressionAttributeValues/,
          'MALFORMED',
        ],
        [
          'an alias for what becomes a text when it is sent',
          'PutItem',
          { ...put, ...condition('#o = :v', { ExpressionAttributeNames: { '#o': Object('name') } }) },
          /#o is not among the ExpressionAttributeNames/,
          'MALFORMED',
        ],
        ['an unknown alias', 'PutItem', { ...put, ...condition('#m = :v') }, /#m is not among the Exp/, 'MALFORMED'],
      ])
    })

    describe('conditions in transactions are refused as alone', () => {
      const condition = { ConditionExpression: '#n = :v', ...names, ...values({ ':v': 'x' }) }
      const update = (UpdateExpression: string) => ({ ...key, UpdateExpression, ...names, ...values({ ':v': 'x' }) })
      const rows: [string, TransactAction, object, RegExp][] = [
        ['Put', 'Put', { ...put, ...condition }, encrypted],
        ['Delete', 'Delete', { ...key, ...condition }, encrypted],
        ['ConditionCheck', 'ConditionCheck', { ...key, ...condition }, encrypted],
        ['Update, its condition', 'Update', { ...update('SET note = :v'), ...condition }, encrypted],
        ['Update, its expression', 'Update', update('SET #n = :v'), /attribute "name" is signed/],
      ]
      test.each(rows)('%s', async (_, action, input, message) => {
        const TransactItems = [{ Delete: { TableName: 'elsewhere', Key: item({ id: '1' }) } }, { [action]: on(input) }]
        await expect(send(people.client, 'TransactWriteItems', { TransactItems })).rejects.toMatchObject({
          name: 'ItemCryptoError',
          message: expect.stringMatching(message),
        })
        expect(people.server.requests).toEqual([])
      })

      test('an action of an unknown kind is refused', async () => {
        const TransactItems = [{ Merge: on(put) }]
        await expect(send(people.client, 'TransactWriteItems', { TransactItems })).rejects.toMatchObject({ code: 'MALFORMED' })
        expect(people.server.requests).toEqual([])
      })
    })

    describe('filters and key conditions on encrypted attributes are refused', () => {
      refused([
        ['Query, filter', 'Query', { ...one, FilterExpression: '#n = :id', ...names }, encrypted],
        ['Query, key condition', 'Query', { ...one, KeyConditionExpression: 'id = :id AND #n = :id', ...names }, encrypted],
        ['Scan', 'Scan', { FilterExpression: 'contains(#n, :id)', ...names, ...values({ ':id': '1' }) }, encrypted],
        ['presence, in a filter', 'Scan', { FilterExpression: 'attribute_exists(#n)', ...names }, encrypted],
        ['a text that is no filter', 'Scan', { FilterExpression: 'a b' }, /FilterExpression: not understood from token 2 on/, 'MALFORMED'],
      ])
    })

    describe('updates in place of signed attributes are refused', () => {
      const update = (UpdateExpression: string) => ({ ...key, UpdateExpression, ...names, ...values({ ':v': 1 }) })
      const signed = (name: string) =>
        new RegExp(`UpdateExpression: attribute "${name}" is signed and cannot be updated in place: read the item, change it and put it`)
      refused([
        ['encrypted', 'UpdateItem', update('SET #n = :v'), signed('name')],
        ['only signed', 'UpdateItem', update('ADD version :v'), signed('version')],
        ['a member of one', 'UpdateItem', update('REMOVE diary.pages[0]'), signed('diary')],
        ['in lower case, after another', 'UpdateItem', update('set note = :v\nremove born'), signed('born')],
        ['read by another', 'UpdateItem', update('SET note = #n'), signed('name')],
        ['read in a function', 'UpdateItem', update('SET note = if_not_exists(version, :v)'), signed('version')],
        ['not there yet', 'UpdateItem', update('SET settings = :v'), signed('settings')],
        [
          'the signature itself',
          'UpdateItem',
          { ...update('REMOVE #s'), ExpressionAttributeNames: { '#s': format.reserved[1] } },
          signed(format.reserved[1].replaceAll('*', '\\*')),
        ],
        ['a text that is no update', 'UpdateItem', update('note = :v'), /UpdateExpression: not understood from token 1 on/, 'MALFORMED'],
      ])
    })

    describe('keys with more than key attributes are refused', () => {
      const no = (name: string) => new RegExp(`attribute "${name}" is no key`)
      const more = item({ ...ADA_KEY, name: 'Ada' })
      const batch = (operation: 'BatchGetItem' | 'BatchWriteItem', entry: object): Refused => [operation, operation, entry, no('name')]
      refused([
        ['GetItem', 'GetItem', { Key: more }, no('name')],
        ['GetItem, signed', 'GetItem', { Key: item({ ...ADA_KEY, version: 7 }) }, no('version')],
        ['DeleteItem', 'DeleteItem', { Key: more }, no('name')],
        ['UpdateItem', 'UpdateItem', { Key: more, UpdateExpression: 'REMOVE note' }, no('name')],
        ['Query', 'Query', { ...one, ExclusiveStartKey: more }, no('name')],
        ['Query, signed', 'Query', { ...one, ExclusiveStartKey: item({ ...ADA_KEY, email: 'a' }) }, no('email')],
        [
          'Query of an index',
          'Query',
          { ...one, IndexName: 'byRank', ExclusiveStartKey: item({ ...ADA_KEY, rank: 1, born: 1 }) },
          no('born'),
        ],
        ['Query of an unknown index', 'Query', { ...one, IndexName: 'byName', ExclusiveStartKey: more }, no('name')],
        ['Scan', 'Scan', { ExclusiveStartKey: more }, no('name')],
      ])
      refused([batch('BatchGetItem', { Keys: [item(ADA_KEY), more] })], (operation, input) => [
        operation,
        { RequestItems: { elsewhere: { Keys: [item({ a: 1 })] }, [people.arn]: input } },
      ])
      refused([batch('BatchWriteItem', { DeleteRequest: { Key: more } })], (operation, input) => [
        operation,
        { RequestItems: { [people.table]: [{ PutRequest: put }, input] } },
      ])
      test.each(['Delete', 'Update', 'ConditionCheck'] as const)('TransactWriteItems, %s', async (action) => {
        const expression = action === 'Update' ? { UpdateExpression: 'REMOVE note' } : { ConditionExpression: 'attribute_exists(id)' }
        const TransactItems = [{ Put: on(put) }, { [action]: on({ Key: more, ...expression }) }]
        await expect(send(people.client, 'TransactWriteItems', { TransactItems })).rejects.toMatchObject({ message: no('name') })
        expect(people.server.requests).toEqual([])
      })
      test('TransactGetItems', async () => {
        const TransactItems = [{ Get: on(key) }, { Get: on({ Key: more }) }]
        await expect(send(people.client, 'TransactGetItems', { TransactItems })).rejects.toMatchObject({ message: no('name') })
        expect(people.server.requests).toEqual([])
      })
    })

    describe('values that no expression uses are refused', () => {
      const unused = /ExpressionAttributeValues: no attribute is compared with :secret/
      const secret = values({ ':v': 7, ':secret': 'Ada Lovelace' })
      refused([
        ['PutItem', 'PutItem', { ...put, ConditionExpression: 'version = :v', ...secret }, unused],
        ['PutItem, without an expression', 'PutItem', { ...put, ...values({ ':secret': 1 }) }, unused],
        [
          'a longer alias is another',
          'PutItem',
          { ...put, ConditionExpression: 'version = :secret1', ...values({ ':secret': 1, ':secret1': 1 }) },
          unused,
        ],
        ['DeleteItem', 'DeleteItem', { ...key, ConditionExpression: 'version = :v', ...secret }, unused],
        ['UpdateItem', 'UpdateItem', { ...key, UpdateExpression: 'SET note = :v', ...secret }, unused],
        ['Query', 'Query', { KeyConditionExpression: 'id = :v', ...secret }, unused],
        ['Scan', 'Scan', { FilterExpression: 'version > :v', ...secret }, unused],
        [
          'in an update that a put has not',
          'PutItem',
          { ...put, UpdateExpression: 'SET diary = :secret', ...values({ ':secret': 'x' }) },
          unused,
        ],
        ['in an update that a scan has not', 'Scan', { UpdateExpression: 'SET diary = :secret', ...values({ ':secret': 'x' }) }, unused],
        [
          'compared with a value',
          'PutItem',
          { ...put, ConditionExpression: 'attribute_exists(#n) AND :v = :secret', ...names, ...values({ ':v': 'x', ':secret': 'x' }) },
          /no attribute is compared with :(v|secret)/,
        ],
        [
          'within itself',
          'DeleteItem',
          { ...key, ConditionExpression: 'contains(:secret, :secret) OR version = :v', ...values({ ':v': 1, ':secret': 'x' }) },
          unused,
        ],
        ['alone', 'Scan', { FilterExpression: ':secret AND version = :v', ...values({ ':v': 1, ':secret': 'x' }) }, unused],
        [
          'without its colon',
          'Scan',
          { FilterExpression: 'version > :v', ...values({ ':v': 1, v: 1 }) },
          /no attribute is compared with v/,
        ],
      ])
    })

    test('values that any expression uses are sent', async () => {
      const input = {
        KeyConditionExpression: 'id = :id AND #at BETWEEN :a AND :b',
        FilterExpression: 'version IN (:c, :d)',
        ExpressionAttributeNames: { '#at': 'at' },
        ...values({ ':id': '1', ':a': 0, ':b': 9, ':c': 1, ':d': 7 }),
      }
      expect(await send(people.client, 'Query', on(input))).toMatchObject({ Count: 1 })
      const update = { UpdateExpression: 'SET note = :n', ConditionExpression: 'version = :v', ...values({ ':n': ADA.note, ':v': 7 }) }
      await send(people.client, 'UpdateItem', on({ ...key, ...update }))
    })

    test('a page of an index goes on where the last one ended', async () => {
      for (const IndexName of ['byRank', 'byEmail']) {
        const index = IndexName === 'byRank' ? one : { KeyConditionExpression: 'email = :e', ...values({ ':e': ADA.email }) }
        const { LastEvaluatedKey } = await send(people.client, 'Query', on({ IndexName, Limit: 1, ...index }))
        expect(LastEvaluatedKey).toBeDefined()
        const next = await send(people.client, 'Query', on({ IndexName, ...index, ExclusiveStartKey: LastEvaluatedKey }))
        expect(next).toMatchObject({ Count: 0 })
      }
    })

    describe('reads of parts that cannot be had are refused', () => {
      const apart = /: ProjectionExpression: two document paths (overlap|conflict) with each other/
      const projected = (ProjectionExpression: string, more: object = {}) => ({ ...key, ProjectionExpression, ...more })
      refused([
        ['AttributesToGet', 'GetItem', { ...key, AttributesToGet: ['id'] }, /AttributesToGet is not supported: use a ProjectionExpression/],
        ['AttributesToGet of Scan', 'Scan', { AttributesToGet: ['id'] }, /AttributesToGet is not supported/],
        ['SPECIFIC_ATTRIBUTES, not said which', 'Scan', { Select: 'SPECIFIC_ATTRIBUTES' }, /needs a ProjectionExpression/],
        ['a part and a count', 'Scan', { ProjectionExpression: 'id', Select: 'COUNT' }, /Select: COUNT does not go with a Proj/],
        ['one path twice', 'GetItem', projected('id, id'), apart, 'MALFORMED'],
        ['one path in another', 'GetItem', projected('diary.pages[0], diary'), apart, 'MALFORMED'],
        ['a list that is a map too', 'GetItem', projected('diary.pages, diary[0]'), apart, 'MALFORMED'],
        ['no projection', 'GetItem', projected('id,'), /ProjectionExpression: not understood from token 3 on/, 'MALFORMED'],
        ['an unknown alias', 'GetItem', projected('#m', names), /ProjectionExpression: #m is not among/, 'MALFORMED'],
        [
          'an index of parts',
          'Scan',
          { IndexName: 'byCity', Select: 'ALL_PROJECTED_ATTRIBUTES' },
          /index "byCity" is not known to project ALL/,
        ],
        [
          'an unknown index',
          'Scan',
          { IndexName: 'toString', Select: 'ALL_PROJECTED_ATTRIBUTES' },
          /index "toString" is not known to project ALL/,
        ],
      ])
      refused([['BatchGetItem', 'BatchGetItem', { ProjectionExpression: 'id, id' }, apart, 'MALFORMED']], (operation, input) => [
        operation,
        { RequestItems: { [people.arn]: { Keys: [item(ADA_KEY)], ...input } } },
      ])
      refused([['TransactGetItems', 'TransactGetItems', projected('id, id'), apart, 'MALFORMED']], (operation, input) => [
        operation,
        { TransactItems: [{ Get: on(input) }] },
      ])
    })

    describe('legacy parameters are refused', () => {
      const use = (parameter: string) => new RegExp(`${parameter} is not supported`)
      refused([
        ['PutItem', 'PutItem', { ...put, Expected: { version: legacy } }, use('Expected')],
        ['DeleteItem', 'DeleteItem', { ...key, Expected: { version: legacy }, ConditionalOperator: 'OR' }, use('Expected')],
        ['UpdateItem', 'UpdateItem', { ...key, AttributeUpdates: { note: { Action: 'DELETE' } } }, use('AttributeUpdates')],
        ['Query', 'Query', { KeyConditions: { id: legacy } }, use('KeyConditions')],
        ['Query', 'Query', { ...one, QueryFilter: { version: legacy } }, use('QueryFilter')],
        ['Scan', 'Scan', { ScanFilter: { version: legacy } }, use('ScanFilter')],
      ])
    })

    describe('items that cannot be written are refused', () => {
      refused([
        ['without the sort key', 'PutItem', { Item: item({ id: '1' }) }, /item without its (key )?attribute "at"/, 'MALFORMED'],
        ['with a signature', 'PutItem', { Item: item({ ...ADA, [format.reserved[1]]: 'x' }) }, /is reserved/],
        ['none at all', 'PutItem', {}, /no Item/, 'MALFORMED'],
      ])
    })
  })
})
