import { describe, expect, test } from 'vitest'
import type { AttributeValue, Item } from '../../src/index.ts'
import { dynamoDbBranchKeyIdSupplier } from '../../src/structured/branch-key-id-supplier.ts'
import { itemContext } from '../../src/structured/context.ts'
import { serializeValue } from '../../src/structured/value.ts'
import { codeOf } from '../support/expect-error.ts'
import { hex } from '../support/structured-vectors.ts'

const TABLE = { tableName: 'T', partitionKey: 'pk', sortKey: 'sk' }
const attributes = (item: Item) => Object.entries(item).map(([name, value]) => ({ name, value, bytes: serializeValue(value) }))

/** What a supplier is told. */
async function keyOf(context: Record<string, string>): Promise<Item> {
  let seen: Item = {}
  await dynamoDbBranchKeyIdSupplier((key) => {
    seen = key
    return 'branch'
  }).getBranchKeyId(context)
  return seen
}

describe('encryption context of an item', () => {
  test('version 1: the key attributes, as base64 of type and bytes', () => {
    const context = itemContext(TABLE, 1, attributes({ pk: { S: 'a' }, sk: { B: hex('ff') } }))
    expect(context).toEqual({
      'aws-crypto-table-name': 'T',
      'aws-crypto-partition-name': 'pk',
      'aws-crypto-sort-name': 'sk',
      'aws-crypto-attr.pk': 'AAFh',
      'aws-crypto-attr.sk': '////',
    })
  })

  test.each<[string, AttributeValue, string, string]>([
    ['text', { S: 'é\0' }, 'é\0', 'S'],
    ['a number, normalized', { N: '0800.000e0' }, '800', 'N'],
    ['true', { BOOL: true }, 'true', 'L'],
    ['false', { BOOL: false }, 'false', 'L'],
    ['NULL', { NULL: true }, 'null', 'L'],
    ['bytes', { B: hex('00') }, '//8A', 'B'],
    ['a set', { SS: ['b', 'a'] }, 'AQEAAAACAAAAAWEAAAABYg==', 'B'],
    ['a list', { L: [] }, 'AwAAAAAA', 'B'],
    ['a map', { M: {} }, 'AgAAAAAA', 'B'],
  ])('version 2: %s', (_, value, text, letter) => {
    const context = itemContext(TABLE, 2, attributes({ x: value }))
    expect([context['aws-crypto-attr.x'], context['aws-crypto-legend']]).toEqual([text, letter])
  })

  test('version 2: the legend follows the UTF-8 order of names, not the canonical order', () => {
    const item: Item = { zz: { N: '1' }, abc: { S: '' }, '😀': { BOOL: true }, '\uffff': { B: hex('') } }
    expect(itemContext(TABLE, 2, attributes(item))['aws-crypto-legend']).toBe('SNBL')
  })

  test('version 2: the legend is there even if it is empty', () => {
    expect(itemContext(TABLE, 2, [])['aws-crypto-legend']).toBe('')
  })

  test('a supplier of branch key ids sees the key attributes of version 1', async () => {
    const item: Item = { pk: { S: 'a' }, sk: { N: '7' } }
    expect(await keyOf(itemContext(TABLE, 1, attributes(item)))).toEqual(item)
    const { sortKey: _, ...unsorted } = TABLE
    expect(await keyOf(itemContext(unsorted, 1, attributes({ pk: { S: 'a' } })))).toEqual({ pk: { S: 'a' } })
  })

  test('a supplier of branch key ids sees all attributes of version 2, and the names of table and keys', async () => {
    const item: Item = {
      pk: { S: 'a' },
      sk: { N: '7' },
      t: { BOOL: false },
      n: { NULL: true },
      b: { B: hex('01') },
      s: { SS: ['x'] },
      __proto__x: { S: '' },
    }
    expect(await keyOf(itemContext(TABLE, 2, attributes(item)))).toEqual({
      ...item,
      aws_dbe_table_name: { S: 'T' },
      aws_dbe_partition_name: { S: 'pk' },
      aws_dbe_sort_name: { S: 'sk' },
    })
  })

  test('a context that is not one of an item is refused', async () => {
    const context = itemContext(TABLE, 2, attributes({ pk: { S: 'a' } }))
    const wrong: Record<string, string>[] = [
      { ...context, 'aws-crypto-legend': 'SS' },
      { ...context, 'aws-crypto-legend': '' },
      { ...context, 'aws-crypto-legend': 'X' },
      { ...context, 'aws-crypto-legend': 'L' },
      { ...context, 'aws-crypto-legend': 'B' },
      { 'aws-crypto-partition-name': 'pk' },
    ]
    for (const one of wrong) expect(await codeOf(() => keyOf(one))).toBe('MALFORMED')
  })
})
