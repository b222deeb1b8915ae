/**
 * Random items and keys, sensible and odd ones, in which each value of an encrypted attribute of the table of people bears a
 * mark. Attributes that are not encrypted bear none.
 */
import fc from 'fast-check'
import type { Kind, Native } from './kinds.ts'

export const MARK = 'SENTINEL'
export const NUMBER = 918273645
/** The number in any form: of base64, which has no such signs, nine digits in a row are too many to be there by chance. */
const DIGITS = new RegExp([...String(NUMBER)].join('[.,_]?'))

/** Whether the mark is in a text, in a number, or in bytes that are written as base64, anywhere within. */
export function marked(value: unknown): boolean {
  if (value instanceof Uint8Array) return Buffer.from(value).includes(MARK)
  if (typeof value === 'object' && value !== null) return Object.entries(value).flat().some(marked)
  const text = String(value)
  return text.includes(MARK) || DIGITS.test(text) || Buffer.from(text, 'base64').includes(MARK)
}

export interface Names {
  readonly table: string
  readonly arn: string
  /** A table that exists and is not configured. */
  readonly elsewhere: string
}

export type Make<T> = (kind: Kind, names: Names) => T
export type Attributes = { readonly [name: string]: Native }

export const pick = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values)
/** Mostly the first. */
export const mostly = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd })
export const record = (shape: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Make<object>> =>
  fc.record(shape, { requiredKeys: [] }).map((given) => (kind, names) => resolve(given, kind, names) as object)

/** Functions within the data are asked for what they stand for. */
export function resolve(value: unknown, kind: Kind, names: Names): unknown {
  if (typeof value === 'function') return resolve(value(kind, names), kind, names)
  if (Array.isArray(value)) return value.map((member) => resolve(member, kind, names))
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member, kind, names)]))
}

// Values

const secretLeaf: fc.Arbitrary<Native> = fc.oneof(
  fc.string({ maxLength: 5 }).map((text) => text + MARK),
  pick<Native>(MARK, NUMBER, -NUMBER, NUMBER / 1000, new TextEncoder().encode(MARK), Buffer.from(`..${MARK}`)),
)
export const secret: fc.Arbitrary<Native> = fc.oneof(
  { weight: 3, arbitrary: secretLeaf },
  {
    weight: 1,
    arbitrary: fc.letrec<{ value: Native }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        secretLeaf,
        fc.array(tie('value'), { minLength: 1, maxLength: 3 }),
        fc.dictionary(pick('a', 'B.c', '__proto__', 'S', 'M', ''), tie('value'), { minKeys: 1, maxKeys: 3 }),
      ),
    })).value,
  },
)

const ENCRYPTED = ['name', 'diary', 'born', 'Info', 'order_id', 'secret.part', 'Name', 'and', 'é', ' name', 'note2', 'constructor', 'id2']
export const encryptedName = pick(...ENCRYPTED)

const at = fc.integer({ min: 0, max: 3 })
const keyOf = at.map((at): Attributes => ({ id: '1', at }))
const item = fc
  .tuple(keyOf, fc.dictionary(encryptedName, secret, { minKeys: 1, maxKeys: 4 }), fc.record({ version: pick(1, 2), note: pick('x') }))
  .map(([key, hidden, open]): Attributes => ({ ...hidden, ...open, ...key }))
const toKind = (attributes: fc.Arbitrary<Attributes>): fc.Arbitrary<Make<object>> =>
  attributes.map(
    (given) =>
      ({ item }) =>
        item(given),
  )

/** Such as hand-written or mistaken code gives. */
const oddItem: fc.Arbitrary<unknown> = fc.oneof(
  item, // for the plain client: not in its form
  item.map((given) => ({ id: { S: '1' }, at: { N: '1' }, ...given })),
  item.map((given) => new Map(Object.entries(given))),
  item.map((given) => [given]),
  pick<unknown>(
    undefined,
    null,
    MARK,
    [MARK],
    { id: '1', at: 1, name: new Set([MARK]) },
    { id: '1', at: 1, name: new Map([[MARK, MARK]]) },
    { id: '1', at: 1, name: BigInt(NUMBER) },
    { id: '1', at: 1, name: [undefined, MARK] },
    { id: '1', at: 1, name: new Uint8Array(Buffer.from(MARK)).buffer },
    { id: '1', at: 1, name: new DataView(new Uint8Array(Buffer.from(MARK)).buffer) },
    {
      id: '1',
      at: 1,
      name: new (class Person {
        readonly first = MARK
      })(),
    },
    { id: { S: '1' }, at: { N: '1' }, name: { S: MARK, N: '1' } },
    { id: { S: '1' }, at: { N: '1' }, name: { Q: MARK } },
    { id: { S: '1' }, at: { N: '1' }, name: { $unknown: ['S', MARK] } },
    { id: { S: '1' }, at: { N: '1' }, name: { S: Object(MARK) } },
    { id: { S: '1' }, at: { N: '1' }, name: { S: [MARK] } },
    { id: { S: '1' }, at: { N: '1' }, name: { L: MARK } },
    { id: { S: '1' }, at: { N: '1' }, name: { L: [{ S: MARK }, MARK] } },
    { id: { S: '1' }, at: { N: '1' }, name: { L: [{ L: [{ M: { x: { S: MARK, BOOL: true } } }] }] } },
    { id: { S: '1' }, at: { N: '1' }, name: { M: [{ S: MARK }] } },
    { id: { S: '1' }, at: { N: '1' }, name: { M: new Map([['a', { S: MARK }]]) } },
    { id: { S: '1' }, at: { N: '1' }, name: { SS: [MARK, MARK] } },
    { id: { S: '1' }, at: { N: '1' }, name: { SS: [] }, born: { NS: [String(NUMBER)] } },
    { id: { S: '1' }, at: { N: '1' }, name: { N: MARK } },
    { id: { S: '1' }, at: { N: '1' }, name: { BOOL: MARK } },
    { id: { S: '1' }, at: { N: '1' }, name: { NULL: MARK } },
    { id: { S: '1' }, at: { N: '1' }, name: { B: MARK } },
    { id: { S: '1' }, at: { N: '1' }, name: { BS: [Buffer.from(MARK), Buffer.from(`${MARK}2`)] } },
    { id: { S: '1' }, at: { N: '1' }, name: { S: MARK }, aws_dbe_head: { B: Buffer.from(MARK) }, '*amzn-ddb-map-sig*': { S: MARK } },
    { id: { S: '1' }, name: { S: MARK } },
    Object.assign(Object.create({ name: { S: MARK } }), { id: { S: '1' }, at: { N: '1' } }),
    Object.assign(Object.create(null), { id: { S: '1' }, at: { N: '1' }, name: { S: MARK } }),
  ),
)
export const anyItem = mostly<unknown>(toKind(item), oddItem)
const oddKey = fc
  .tuple(keyOf, fc.dictionary(encryptedName, secret, { minKeys: 1, maxKeys: 2 }))
  .map(([key, hidden]): Attributes => ({ ...key, ...hidden }))
export const anyKey = mostly<unknown>(toKind(keyOf), fc.oneof<fc.Arbitrary<unknown>[]>(toKind(oddKey), oddItem))
