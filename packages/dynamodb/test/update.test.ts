/**
 * Updates against a server, and what is told apart only here. The embedded server differs from DynamoDB, and so from us, in
 * several indexes of one list (it removes one after the other, each from what is left) and in sums of more than 38 digits.
 */
import { GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb'
import type { AttributeValue, Item } from '@itemseal/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Path } from '../src/expression.ts'
import { updated } from '../src/update.ts'
import { parseUpdate } from '../src/update-expression.ts'
import { type Native, toItem } from './kinds.ts'
import { usePeople } from './people.ts'
import { path as anyPath, attributes, comparable, set, type Values, value, written } from './random-items.ts'

const run = (item: Item, text: string, values: Item = {}) => updated(item, parseUpdate(text, { ExpressionAttributeValues: values }), values)
const natively = (item: { readonly [name: string]: Native }, text: string, values: { readonly [name: string]: Native } = {}) =>
  run(toItem(item), text, toItem(values))

test.each<[string, { readonly [name: string]: Native }, { readonly [name: string]: Native }]>([
  ['SET a = a + :one, b = a', { a: 1 }, { a: 2, b: 1 }],
  ['SET a = b, b = a', { a: 1, b: 2 }, { a: 2, b: 1 }],
  ['SET l[9] = :one, l[7] = :two', { l: [0] }, { l: [0, 2, 1] }],
  ['REMOVE l[0], l[2], l[9]', { l: [1, 2, 3] }, { l: [2] }],
  ['SET l[5] = :one, l[1] = :two REMOVE l[0]', { l: [7, 8, 9] }, { l: [2, 9, 1] }],
  ['SET m.x[0].y = :one', { m: { x: [{ z: 3 }] } }, { m: { x: [{ z: 3, y: 1 }] } }],
  ['SET a = if_not_exists(a, :one) + :two', {}, { a: 3 }],
  ['SET a = if_not_exists(a, missing)', { a: 1 }, { a: 1 }],
  ['SET l = list_append(:list, l)', { l: [1] }, { l: [5, 6, 1] }],
  ['ADD a :one, b :two', { a: 1 }, { a: 2, b: 2 }],
  ['REMOVE a, m.missing', { a: 1, m: { b: 2 } }, { m: { b: 2 } }],
  ['SET a = (b - :two)', { b: 1 }, { a: -1, b: 1 }],
])('%s', (text, item, expected) => {
  expect(natively(item, text, { ':one': 1, ':two': 2, ':list': [5, 6] })).toEqual(toItem(expected))
})

test('sets grow and shrink, whatever form their numbers are in; an empty one is gone', () => {
  const item: Item = { a: { NS: ['1', '2.5'] }, b: { SS: ['x'] } }
  expect(run(item, 'ADD a :v', { ':v': { NS: ['2.50', '3'] } }).a).toEqual({ NS: ['1', '2.5', '3'] })
  expect(run(item, 'DELETE a :v', { ':v': { NS: ['1.0'] } }).a).toEqual({ NS: ['2.5'] })
  expect(run(item, 'DELETE b :v, c :v', { ':v': { SS: ['x', 'y'] } })).toEqual({ a: item.a })
})

test('sums are exact, and those of more than 38 digits are refused', () => {
  const big = '99999999999999999999999999999999999999'
  expect(run({ a: { N: '0.1' } }, 'ADD a :v', { ':v': { N: '0.2' } }).a).toEqual({ N: '0.3' })
  expect(run({ a: { N: big } }, 'ADD a :v', { ':v': { N: '1' } }).a).toEqual({ N: `1${'0'.repeat(38)}` })
  expect(run({ a: { N: '1E125' } }, 'SET a = a - :v', { ':v': { N: '1E125' } }).a).toEqual({ N: '0' })
  for (const more of ['0.1', '1E-130', '9E125'])
    expect(() => run({ a: { N: big } }, 'ADD a :v', { ':v': { N: more } })).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
})

test.each([
  'SET a = :one, a = :one',
  'SET m.x = :one REMOVE m',
  'SET m.x = :one, m[0] = :one',
  'SET a = missing',
  'SET a = s + :one',
  'SET a = list_append(a, :list)',
  'SET a = size(l)',
  'SET a = if_not_exists(:one, :one)',
  'SET a = if_not_exists(a)',
  'SET missing.x = :one',
  'REMOVE missing.x',
  'SET s.x = :one',
  'SET m[0] = :one',
  'SET l.x = :one',
  'SET l[0].x = :one',
  'ADD s :one',
  'ADD a :list',
  'ADD a :set',
  'ADD a a',
  'DELETE a :one',
  'DELETE a :set',
  'SET a = :missing',
])('%s is refused', (text) => {
  const values: Item = { ...toItem({ ':one': 1, ':list': [1] }), ':set': { SS: ['x'] } }
  expect(() => run(toItem({ a: 1, s: 'x', l: [1], m: { y: 1 } }), text, values)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
})

test('the item itself stays as it is, and a name of the language is a name', () => {
  const item = toItem({ l: [1, { a: 1 }], m: { x: 1 } })
  const before = structuredClone(item)
  const aliases = { ExpressionAttributeNames: { '#p': '__proto__' }, ExpressionAttributeValues: { ':v': { S: 'x' } } }
  const after = updated(item, parseUpdate('SET #p = :v, m.#p = :v, l[1].a = :v', aliases), aliases.ExpressionAttributeValues)
  expect(item).toEqual(before)
  expect(Object.keys(after)).toEqual(['l', 'm', '__proto__'])
  expect(Object.keys((after.m as { M: object }).M)).toEqual(['x', '__proto__'])
})

describe('any update', () => {
  const people = usePeople()
  /** Most at the top, so that many updates are possible. */
  const path = fc.oneof({ weight: 4, arbitrary: anyPath.map(([name]): Path => [name]) }, { weight: 1, arbitrary: anyPath })
  const place = path.map(written)
  /** Values stand as `?` in the text. */
  interface Part {
    readonly target: Path
    readonly text: string
    readonly values: readonly AttributeValue[]
  }
  const amount = fc.constantFrom('1', '-2', '0.5').map((N) => ({ N }))
  const part = (text: fc.Arbitrary<(target: string) => string>, values: fc.Arbitrary<readonly AttributeValue[]>) =>
    fc.tuple(path, text, values).map(([target, text, values]): Part => ({ target, text: text(written(target)), values }))
  const sets = fc.oneof(
    part(
      fc.constant((target) => `${target} = ?`),
      fc.tuple(value),
    ),
    part(
      place.map((from) => (target) => `${target} = ${from}`),
      fc.constant([]),
    ),
    part(
      place.map((from) => (target) => `${target} = ${from} + ?`),
      fc.tuple(amount),
    ),
    part(
      place.map((from) => (target) => `${target} = if_not_exists(${from}, ?) - ?`),
      fc.tuple(amount, amount),
    ),
    part(
      place.map((from) => (target) => `${target} = list_append(${from}, ?)`),
      fc.tuple(amount.map((one) => ({ L: [one] }))),
    ),
  )
  const removes = part(
    fc.constant((target) => target),
    fc.constant([]),
  )
  const adds = part(
    fc.constant((target) => `${target} ?`),
    fc.tuple(fc.oneof(amount, set)),
  )
  const deletes = part(
    fc.constant((target) => `${target} ?`),
    fc.tuple(set),
  )
  type Parts = readonly [readonly Part[], readonly Part[], readonly Part[], readonly Part[]]
  const list = (of: fc.Arbitrary<Part>) =>
    fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 3, arbitrary: fc.array(of, { maxLength: 2 }) })
  const update = fc
    .tuple(list(sets), list(removes), list(adds), list(deletes))
    .filter((lists) => lists.some((list) => list.length > 0) && !severalIndexes(lists.flat()) && !changesCopies(lists))
    .map((lists) => ({
      text: ['SET', 'REMOVE', 'ADD', 'DELETE']
        .map((word, i) => (lists[i]!.length > 0 ? `${word} ${lists[i]!.map(({ text }) => text).join(', ')}` : ''))
        .join(' '),
      values: lists.flat().flatMap(({ values }) => values),
    }))

  /** A value that is copied whole, and a change within some value: dynalite's copy is the same object, and changes too. DynamoDB's does not. */
  function changesCopies([sets, removes, adds, deletes]: Parts): boolean {
    const copies = sets.some(({ text, values }) => values.length === 0 || text.includes('list_append'))
    return copies && (adds.length + deletes.length > 0 || [...sets, ...removes].some(({ target }) => target.length > 1))
  }

  /** In one list: see above. */
  function severalIndexes(parts: readonly Part[]): boolean {
    const lists = parts.flatMap(({ target }) =>
      target.flatMap((step, i) => (typeof step === 'number' ? [written(target.slice(0, i) as unknown as Path)] : [])),
    )
    return new Set(lists).size < lists.length
  }

  test('changes an item as a server does, and what one refuses is refused', async () => {
    const seen = { changed: 0, refused: 0 }
    const key = toItem({ id: 'u', at: 1 })
    await fc.assert(
      fc.asyncProperty(attributes, update, async (more, { text, values: list }) => {
        const item = { ...more, ...key }
        await people.raw.send(new PutItemCommand({ TableName: people.table, Item: item }))
        let at = 0
        const UpdateExpression = text.trim().replace(/\?/g, () => `:v${at++}`)
        const values: Values = Object.fromEntries(list.map((value, i) => [`:v${i}`, value]))
        const request = { TableName: people.table, Key: key, UpdateExpression, ...(at > 0 && { ExpressionAttributeValues: values }) }
        const refusal = await people.raw.send(new UpdateItemCommand(request)).then(
          () => undefined,
          (error: Error) => error.name,
        )
        let found: unknown = 'ValidationException'
        try {
          found = comparable(run(item, UpdateExpression, values) as Values)
        } catch (error) {
          expect(error).toMatchObject({ code: 'MALFORMED' })
        }
        const { Item: stored } = await people.raw.send(new GetItemCommand({ TableName: people.table, Key: key }))
        expect(found, UpdateExpression).toEqual(refusal ?? comparable(stored as Values))
        seen[refusal === undefined ? 'changed' : 'refused']++
      }),
      { numRuns: 400 },
    )
    expect(Math.min(seen.changed, seen.refused)).toBeGreaterThan(40)
  })
})
