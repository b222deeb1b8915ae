/**
 * Conditions against a server, and what is told apart only here. The embedded server differs from DynamoDB, and so from us, in:
 * two paths that both lead nowhere (it has them equal), an empty text or `false` in IN, BETWEEN, `size` and `attribute_type` (it
 * has them missing), binaries that are no UTF-8 in `contains` and `begins_with`, members of a list that are no text, number or
 * binary in `contains`, and the order of what has none (it has one).
 */
import { PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { AttributeValue } from '@itemseal/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isTrue } from '../src/condition.ts'
import { parseCondition } from '../src/expression.ts'
import { toItem } from './kinds.ts'
import { usePeople } from './people.ts'
import { attributes, path, scalar, set, type Values, written } from './random-items.ts'

const B = (...bytes: number[]) => ({ B: new Uint8Array(bytes) })
const ITEM: Values = {
  s: { S: 'abc' },
  high: { S: '\u{1f600}' },
  n: { N: '12345678901234567890123456789012345678' },
  tiny: { N: '1E-130' },
  b: B(200),
  no: { BOOL: false },
  empty: { S: '' },
  l: { L: [{ M: { x: { N: '1.0' } } }, { NULL: true }, { SS: ['b', 'a'] }] },
  m: { M: { x: { L: [{ N: '7' }] }, y: { S: 'z' } } },
  ns: { NS: ['1', '2.50'] },
  bs: { BS: [new Uint8Array([1]), new Uint8Array([200])] },
}
const holds = (text: string, values: Values = {}) => isTrue(parseCondition(text, { ExpressionAttributeValues: values }), values, ITEM)

test.each<[boolean, string, Values]>([
  [true, 'n < :v', { ':v': { N: '12345678901234567890123456789012345679' } }],
  [false, 'n = :v', { ':v': { N: '12345678901234567890123456789012345679' } }],
  [true, 'tiny > :v AND tiny = :w', { ':v': { N: '0' }, ':w': { N: '0.1e-129' } }],
  [true, 's > :v', { ':v': { S: 'abB' } }],
  [true, 'high > :v', { ':v': { S: '\uff5e' } }],
  [true, 'b > :v', { ':v': B(127) }],
  [true, 'b > :v', { ':v': B() }],
  [false, 's < :v', { ':v': { N: '9' } }],
  [false, 'no < s OR s < no OR no <= no2', {}],
  [true, 'no IN (:v) AND attribute_type(no, :t) AND attribute_exists(no)', { ':v': { BOOL: false }, ':t': { S: 'BOOL' } }],
  [true, 'size(empty) = :v AND begins_with(s, empty) AND contains(s, empty)', { ':v': { N: '0' } }],
  [true, 'l[0] = :v', { ':v': { M: { x: { N: '1' } } } }],
  [true, 'l = :v', { ':v': { L: [{ M: { x: { N: '1' } } }, { NULL: true }, { SS: ['a', 'b'] }] } }],
  [false, 'm = :v', { ':v': { M: { y: { S: 'z' } } } }],
  [true, 'm = :v', { ':v': { M: { y: { S: 'z' }, x: { L: [{ N: '7.0' }] } } } }],
  [true, 'contains(l, :v) AND contains(l, :w)', { ':v': { M: { x: { N: '1' } } }, ':w': { SS: ['a', 'b'] } }],
  [true, 'contains(ns, :v)', { ':v': { N: '2.5' } }],
  [true, 'contains(bs, :v) AND contains(b, :v)', { ':v': B(200) }],
  [true, 'bs = :v AND ns = :w', { ':v': { BS: [new Uint8Array([200]), new Uint8Array([1])] }, ':w': { NS: ['2.5', '1'] } }],
  [
    false,
    'missing = :v OR missing < :v OR missing IN (:v) OR contains(missing, :v) OR size(missing) > :z',
    { ':v': { S: 'a' }, ':z': { N: '0' } },
  ],
  [true, 'NOT missing = :v AND missing <> :v', { ':v': { S: 'a' } }],
  [false, 'missing = gone', {}],
  [true, 'missing <> gone', {}],
  [true, 'attribute_not_exists(l[3]) AND attribute_not_exists(s.x) AND attribute_exists(m.x[0])', {}],
  [true, 's BETWEEN :a AND :b', { ':a': { S: 'abc' }, ':b': { S: 'abd' } }],
  [false, 'attribute_exists(toString) OR attribute_exists(m.toString)', {}],
  [true, 'size(l) = size(s) AND size(bs) < size(l) AND size(b) = :v', { ':v': { N: '1' } }],
])('%s: %s', (expected, text, values) => {
  expect(holds(text, values)).toBe(expected)
})

test.each<[string, Values]>([
  ['s', {}],
  [':v', { ':v': { S: 'a' } }],
  ['size(s)', {}],
  ['unknown(s)', {}],
  ['toString(s)', {}],
  ['s = contains(s, :v)', { ':v': { S: 'a' } }],
  ['attribute_exists(s, n)', {}],
  ['attribute_exists(:v)', { ':v': { S: 'a' } }],
  ['attribute_type(s, :v)', { ':v': { S: 'TEXT' } }],
  ['attribute_type(s, n)', {}],
  ['begins_with(s, :v)', { ':v': { N: '1' } }],
  ['s < :v', { ':v': { BOOL: true } }],
  ['s = s', {}],
  ['s = :missing', {}],
  ['(s = :v) = n', { ':v': { S: 'a' } }],
  ['s = :v OR size(:n) > :n', { ':v': { S: 'abc' }, ':n': { N: '1' } }],
])('%s is refused', (text, values) => {
  expect(() => holds(text, values)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
})

describe('any condition', () => {
  const people = usePeople()
  interface Part {
    readonly text: string
    readonly values: readonly AttributeValue[]
  }
  const literal = (of: fc.Arbitrary<AttributeValue>) => of.map((value): Part => ({ text: '?', values: [value] }))
  const place = path.map((path): Part => ({ text: written(path), values: [] }))
  const sized = place.map(({ text }): Part => ({ text: `size(${text})`, values: [] }))
  const orderable = scalar.filter((value) => 'S' in value || 'N' in value || 'B' in value)
  const join = (parts: readonly (string | Part)[]): Part => ({
    text: parts.map((part) => (typeof part === 'string' ? part : part.text)).join(' '),
    values: parts.flatMap((part) => (typeof part === 'string' ? [] : part.values)),
  })
  const number = literal(fc.constantFrom('0', '1', '2', '3').map((N) => ({ N })))
  const any = literal(fc.oneof(scalar, set))
  const simple = fc
    .oneof(
      fc.tuple(place, fc.constantFrom('=', '<>'), any),
      fc.tuple(place, fc.constantFrom('<', '<=', '>', '>='), literal(orderable)),
      fc.tuple(sized, fc.constantFrom('=', '<>', '<', '>='), number),
      fc.tuple(place, fc.constant('IN ('), any, fc.constant(','), any, fc.constant(')')),
      fc.tuple(fc.constantFrom('attribute_exists(', 'attribute_not_exists('), place, fc.constant(')')),
      fc.tuple(
        fc.constant('begins_with('),
        place,
        fc.constant(','),
        literal(orderable.filter((value) => !('N' in value))),
        fc.constant(')'),
      ),
      fc.tuple(fc.constant('contains('), place, fc.constant(','), literal(orderable), fc.constant(')')),
      fc.tuple(
        fc.constant('attribute_type('),
        place,
        fc.constant(','),
        literal(fc.constantFrom('S', 'N', 'B', 'L', 'M', 'SS', 'BOOL').map((S) => ({ S }))),
        fc.constant(')'),
      ),
      fc.tuple(place, fc.constantFrom('BETWEEN'), number, fc.constant('AND'), literal(fc.constantFrom({ N: '3' }, { N: '10' }))),
    )
    .map((parts) => join(parts as (string | Part)[]))
  const { condition } = fc.letrec<{ condition: Part }>((tie) => ({
    condition: fc.oneof(
      { maxDepth: 3 },
      simple,
      fc.tuple(tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition')).map(join),
      fc.tuple(fc.constant('NOT'), simple).map(join),
      fc.tuple(fc.constant('NOT ('), tie('condition'), fc.constantFrom('AND', 'OR'), tie('condition'), fc.constant(')')).map(join),
    ),
  }))

  test('is true of an item exactly if a server has it so', async () => {
    const seen = { true: 0, false: 0 }
    await fc.assert(
      fc.asyncProperty(attributes, condition, async (more, { text, values: list }) => {
        const item = { ...more, ...toItem({ id: 'c', at: 1 }) }
        await people.raw.send(new PutItemCommand({ TableName: people.table, Item: item }))
        let at = 0
        const ConditionExpression = text.replace(/\?/g, () => `:v${at++}`)
        const values: Values = Object.fromEntries(list.map((value, i) => [`:v${i}`, value]))
        const put = { TableName: people.table, Item: item, ConditionExpression, ...(at > 0 && { ExpressionAttributeValues: values }) }
        const expected = await people.raw.send(new PutItemCommand(put)).then(
          () => true,
          (error: Error) => (error.name === 'ConditionalCheckFailedException' ? false : error.message),
        )
        const found = isTrue(parseCondition(ConditionExpression, { ExpressionAttributeValues: values }), values, item)
        expect(found, JSON.stringify([ConditionExpression, values])).toBe(expected)
        seen[`${found}`]++
      }),
      { numRuns: 400 },
    )
    expect(Math.min(seen.true, seen.false)).toBeGreaterThan(40)
  })
})
