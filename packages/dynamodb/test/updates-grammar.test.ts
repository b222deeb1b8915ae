/**
 * Every part of the grammar of updates and of conditions, on encrypted attributes: the server carries out the same on an item that is not
 * encrypted, and what the plugin makes of an encrypted one must be the same. (Names are none that DynamoDB reserves: it refuses those.)
 */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { Item } from '@itemseal/core'
import { describe, expect, test } from 'vitest'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { itemUpdates } from '../src/updates.ts'
import { FORMATS } from './formats.ts'
import { KINDS, type Native, toItem } from './kinds.ts'
import { usePeople } from './people.ts'
import { comparable, type Values } from './random-items.ts'

const START: Record<string, Native> = {
  n: 5,
  s: 'text',
  b: new Uint8Array([1, 2, 3]),
  yes: true,
  l: [1, 'two', { three: 3 }, [4]],
  m: { a: 1, deep: { l: [1, 2] }, tags: new Set(['p', 'q']) },
  tags: new Set(['x', 'y']),
  version: 7,
  note: 'n',
}
const VALUES: Record<string, Native> = {
  ':n': 3,
  ':s': 'new',
  ':t': 'te',
  ':b': new Uint8Array([9]),
  ':null': null,
  ':list': ['a', 'b'],
  ':map': { k: 'v' },
  ':set': new Set(['y', 'z']),
  ':all': new Set(['x', 'y']),
  ':type': 'M',
}
const NAMES: Record<string, string> = { '#n': 'n', '#new': 'a.b-c', '#size': 'size', '#a': 'a' }

const UPDATES = [
  // SET, its values
  'SET s = :s',
  'SET s = :b, b = :s, yes = :null, fresh = :map',
  'SET #new = :n, #size = :list',
  'SET s = n',
  'SET twin = m.deep.l[1]',
  // arithmetic
  'SET n = n + :n',
  'SET n = n - :n',
  'SET n = :n - n',
  'SET altogether = n + version',
  'SET m.a = m.a + :n',
  // functions
  'SET n = if_not_exists(n, :n)',
  'SET nowhere = if_not_exists(nowhere, :n)',
  'SET nowhere = if_not_exists(m.nowhere, n) + :n',
  'SET l = list_append(l, :list)',
  'SET l = list_append(:list, l)',
  'SET nowhere = list_append(if_not_exists(nowhere, :list), l)',
  // paths
  'SET m.fresh = :s',
  'SET m.deep.l[0] = :s',
  'SET m.deep.l[7] = :s',
  'SET l[2].three = :map',
  'SET l[3][0] = :n',
  'SET m.#a = :s, l[0] = #n',
  // REMOVE
  'REMOVE s, nowhere',
  'REMOVE l[1]',
  'REMOVE m.a, m.deep.l[0], l[2].three',
  // ADD
  'ADD n :n',
  'ADD nowhere :n, crowd :set',
  'ADD tags :set',
  'ADD m.a :n, m.tags :set, m.fresh :n',
  // DELETE
  'DELETE tags :set',
  'DELETE tags :all',
  'DELETE m.tags :set, nowhere :set',
  // all of them, in any order and case
  'SET s = :s REMOVE yes ADD n :n DELETE tags :set',
  'DELETE tags :set ADD n :n REMOVE yes SET s = :s',
  'set s=:s,b=:b remove yes\n\tadd n:n',
]

const CONDITIONS = [
  'n = :n',
  'n <> :n',
  'n < :n',
  'n <= :n',
  'n > :n',
  'n >= :n',
  'n BETWEEN :n AND version',
  's IN (:s, :t, #n)',
  'attribute_exists(m.deep.l[1])',
  'attribute_exists(nowhere)',
  'attribute_not_exists(m.deep.l[9])',
  'attribute_type(m, :type)',
  'attribute_type(l, :type)',
  'begins_with(s, :t)',
  'begins_with(s, :s)',
  'contains(tags, s)',
  'contains(s, :t)',
  'contains(l, n)',
  'size(l) > :n',
  'size(s) = :n',
  'NOT n = :n',
  'NOT (n = :n OR s = :s) AND size(m) >= :n',
  'n = :n AND s = :s OR begins_with(s, :t)',
  '(n = :n OR begins_with(s, :t)) AND (attribute_exists(#new))',
]

const used = <T>(all: Readonly<Record<string, T>>, text: string): Record<string, T> | undefined => {
  const entries = Object.entries(all).filter(([alias]) => new RegExp(`${alias}(?!\\w)`).test(text))
  return entries.length > 0 ? Object.fromEntries(entries) : undefined
}

describe.each(FORMATS.slice(0, 2))('$format:', (format) => {
  const people = usePeople(format)
  const key = (id: string) => ({ id, at: 1 })
  const client = () => {
    const updates = itemUpdates(sdkDynamoDbCalls(people.raw))
    return people.clientWith({ tables: { [people.table]: format.table({ updates }) } })
  }

  describe.each(KINDS)('with a $kind client', ({ kind, item, send }) => {
    /** The item of either after an update of either, or the name of DynamoDB's exception. */
    async function both(id: string, expression: Record<string, string>): Promise<[plain: unknown, encrypted: unknown]> {
      const text = Object.values(expression).join(' ')
      const [names, values] = [used(NAMES, text), used(VALUES, text)]
      await people.raw.send(new PutItemCommand({ TableName: people.table, Item: toItem({ ...START, ...key(`plain ${id}`) }) }))
      await people.seed({ ...START, ...key(id) })
      const input = (of: (native: Record<string, Native>) => object, id: string) => ({
        TableName: people.table,
        Key: of(key(id)),
        ...expression,
        ...(names && { ExpressionAttributeNames: names }),
        ...(values && { ExpressionAttributeValues: of(values) }),
      })
      const get = async (from: typeof people.raw, id: string) => {
        const { Item: found = {} } = await from.send(new GetItemCommand({ TableName: people.table, Key: toItem(key(id)) }))
        const { id: _, ...rest } = found as Item
        return comparable(rest as Values)
      }
      const plain = people.raw.send(new UpdateItemCommand(input(toItem, `plain ${id}`) as never)).then(
        () => get(people.raw, `plain ${id}`),
        ({ name }) => name,
      )
      const encrypted = send(client(), 'UpdateItem', input(item, id)).then(
        () => get(people.client, id),
        ({ name }) => name,
      )
      return Promise.all([plain, encrypted])
    }

    test.each(UPDATES)('%j', async (UpdateExpression) => {
      const [plain, encrypted] = await both(`${kind} ${UpdateExpression}`, { UpdateExpression })
      expect(plain).toBeTypeOf('object')
      expect(encrypted).toEqual(plain)
    })

    test.each(CONDITIONS)('if %j', async (ConditionExpression) => {
      const [plain, encrypted] = await both(`${kind} ${ConditionExpression}`, { ConditionExpression, UpdateExpression: 'REMOVE yes' })
      if (typeof plain === 'string') expect(plain).toBe('ConditionalCheckFailedException')
      expect(encrypted).toEqual(plain)
    })
  })
})
