/**
 * Random calls of every operation with marked items, keys and values: the mark must never be seen on the wire, in whatever form.
 * What other tables hold bears none.
 */
import fc from 'fast-check'
import type { Kind, Native, OperationName } from './kinds.ts'
import {
  type Attributes,
  anyItem,
  anyKey,
  encryptedName,
  MARK,
  type Make,
  mostly,
  type Names,
  NUMBER,
  pick,
  record,
  resolve,
  secret,
} from './leak-values.ts'

export interface RandomCall {
  readonly operation: OperationName
  readonly input: (kind: Kind, names: Names) => object
}

// Names of tables

const ownName: fc.Arbitrary<Make<unknown>> = mostly<Make<unknown>>(
  pick<Make<unknown>>(
    (_, { table }) => table,
    (_, { arn }) => arn,
  ),
  pick<Make<unknown>>(
    (_, { table }) => ` ${table}`,
    (_, { table }) => `${table}\n`,
    (_, { table }) => `${table}\u200b`,
    (_, { table }) => `\u0000${table}`,
    (_, { table }) => Object(table),
    (_, { table }) => [table],
    (_, { arn }) => `${arn}/index/byEmail`,
    (_, { arn }) => `${arn}/../x`,
    (_, { arn }) => `${arn} `,
    (_, { arn }) => arn.toUpperCase(),
    () => undefined,
    () => null,
    () => '',
    () => 7,
  ),
)
const indexName = pick(undefined, 'byEmail', 'byRank', 'byCity', 'unknown', '__proto__', 'constructor', '')

// Expressions: each value with a mark is compared with an encrypted attribute, or used nowhere.

interface Expression {
  readonly text: string
  readonly names: Record<string, string>
  readonly values: Attributes
}

const space = mostly(pick(' '), pick('  ', '\n', '\t', '\r\n', ' \n '))
const oddText = pick('--', '/* x */', '\u00a0', ';', "'x'", '"', '`', '#', ':', '(', ')', ',', '\u0000', 'AND', '=', '\u2028')

/** Parts of templates: `E` an encrypted path, `V` a marked value, `O` an open attribute, `W` an open value. */
const CONDITIONS = [
  ...['E = V', 'V = E', 'E <> V', 'E<V', 'E >= V', 'E BETWEEN V AND V', 'V BETWEEN E AND V', 'E IN (V, V)', 'V in (E)', 'not E = V'],
  ...['contains(E, V)', 'begins_with ( E , V )', 'attribute_type(E, V)', 'size(E) > W', 'attribute_exists(E)', 'NOT (E = V)'],
  ...['O = W AND E = V', 'O = W', 'attribute_not_exists(O)', 'O = W OR (NOT E > V)', 'E[0] = V', 'E.x[1].y = V', 'size(E.x) = V'],
  ...['(((E = V)))', 'contains(size(E), V)', 'O = size(E) AND E = V', 'V = V', 'attribute_exists(E) OR NOT V', 'contains(V, V)'],
  ...['nsize(E) = V', '(size(E) > W) = V', 'attribute_exists(E, V)', 'size(E) > size(V)'],
]
const UPDATES = [
  ...['SET E = V', 'SET O = W, E = V', 'SET E = if_not_exists(E, V)', 'SET E = E + V', 'ADD E V', 'DELETE E V', 'set O = W remove E'],
  ...[
    'SET E = list_append(E, V)',
    'SET E[1] = V',
    'SET E.x = V',
    'REMOVE E',
    'SET O = W',
    'SET O = W ADD E V',
    'SET E = (V)',
    'SET note = W',
  ],
]
const KEY_CONDITIONS = ['id = I', 'id = I AND at > W', 'id = I and E = V', 'E = V', 'E = V AND id = I', 'id = I AND begins_with(E, V)']

const expression = (templates: readonly string[]): fc.Arbitrary<Expression> =>
  fc
    .record({
      template: pick(...templates),
      paths: fc.array(encryptedName, { minLength: 4, maxLength: 4 }),
      literal: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      hidden: fc.array(secret, { minLength: 4, maxLength: 4 }),
      gap: space,
      odd: fc.option(fc.tuple(fc.nat(40), oddText), { freq: 12 }),
      unused: fc.option(secret, { freq: 12 }),
      boxed: fc.option(fc.nat(3), { freq: 12 }),
    })
    .map(({ template, paths, literal, hidden, gap, odd, unused, boxed }) => {
      const names: Record<string, string> = {}
      const values: Record<string, Native> = {}
      let count = 0
      let text = template.replace(/\b[EVOWI]\b/g, (what) => {
        const i = count++ % 4
        if (what === 'E') {
          if (literal[i] && /^[A-Za-z]\w*$/.test(paths[i]!)) return paths[i]!
          names[`#e${i}`] = boxed === i ? Object(paths[i]) : paths[i]! // becomes a text when it is sent
          return `#e${i}`
        }
        if (what === 'O') return 'version'
        values[`:v${i}`] = what === 'V' ? hidden[i]! : what === 'I' ? '1' : 1
        return `:v${i}`
      })
      text = text.replaceAll(' ', gap)
      if (odd) text = text.slice(0, odd[0]) + odd[1] + text.slice(odd[0])
      if (unused !== null) values[':unused'] = unused
      return { text, names, values }
    })

const inExpression = (parameter: string, { text, names, values }: Expression): Make<object> => {
  return ({ item }) => ({
    [parameter]: text,
    ...(Object.keys(names).length > 0 && { ExpressionAttributeNames: names }),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: item(values) }),
  })
}
const maybe = (parameter: string, templates: readonly string[]): fc.Arbitrary<Make<object>> =>
  fc.oneof(
    { weight: 2, arbitrary: pick<Make<object>>(() => ({})) },
    { weight: 3, arbitrary: expression(templates).map((given) => inExpression(parameter, given)) },
  )

// Parameters from before there were expressions

const legacyValue = secret.map(
  (value): Make<object> =>
    ({ item }) =>
      ({ Value: item({ v: value }).v, AttributeValueList: [item({ v: value }).v], ComparisonOperator: 'EQ', Action: 'PUT' }) as object,
)
const legacy: fc.Arbitrary<Make<object>> = mostly<Make<object>>(
  pick<Make<object>>(() => ({})),
  fc
    .tuple(pick('Expected', 'AttributeUpdates', 'KeyConditions', 'QueryFilter', 'ScanFilter', 'Unknown'), encryptedName, legacyValue)
    .map(([parameter, name, value]) => (kind, names) => ({ [parameter]: { [name]: value(kind, names) } })),
)

const request = (shape: Record<string, fc.Arbitrary<unknown>>, ...more: fc.Arbitrary<Make<object>>[]): fc.Arbitrary<Make<object>> =>
  fc.tuple(fc.record({ TableName: ownName, ...shape }), fc.tuple(...more, legacy)).map(
    ([own, parts]) =>
      (kind, names) =>
        Object.assign({}, resolve(own, kind, names), ...parts.map((part) => part(kind, names))),
  )

const returnValues = pick(undefined, 'ALL_OLD', 'NONE')
const condition = maybe('ConditionExpression', CONDITIONS)
/** An expression that the operation does not have: it stays behind, and what came with it is sent. */
const misplaced = (parameter: string, templates: readonly string[]) =>
  mostly<Make<object>>(
    pick<Make<object>>(() => ({})),
    expression(templates).map((given) => inExpression(parameter, given)),
  )
const put = request({ Item: anyItem, ReturnValues: returnValues }, condition, misplaced('UpdateExpression', UPDATES))
const remove = request({ Key: anyKey, ReturnValues: returnValues }, condition, misplaced('FilterExpression', CONDITIONS))
const check = request({ Key: anyKey }, condition)
const update = request({ Key: anyKey }, maybe('UpdateExpression', UPDATES), condition)
const get = request({ Key: anyKey, ProjectionExpression: pick(undefined, undefined, 'id'), ConsistentRead: pick(undefined, true) })
const read = {
  IndexName: indexName,
  ExclusiveStartKey: mostly<unknown>(pick(undefined), anyKey),
  Select: pick(undefined, undefined, 'COUNT'),
}
const query = request(read, maybe('KeyConditionExpression', KEY_CONDITIONS), maybe('FilterExpression', CONDITIONS))
const scan = request(read, maybe('FilterExpression', CONDITIONS), misplaced('UpdateExpression', UPDATES))

// Other tables hold nothing of interest.
const open =
  (at: number): Make<object> =>
  ({ item }) =>
    item({ id: '1', at, name: 'open', born: 1 })
const openKey: Make<object> = ({ item }) => item({ id: '1', at: 1 })
const elsewhere: Make<string> = (_, names) => names.elsewhere

// Batches and transactions

/** As a member's name, anything becomes a text, and a legal name of some other table perhaps. */
const listedName = (name: unknown, { table }: Names): string => (typeof name === 'string' ? name : table)

const listed = (own: fc.Arbitrary<unknown>, other: (i: number) => unknown): fc.Arbitrary<Make<object>> =>
  fc
    .tuple(
      mostly<Make<unknown>>(
        pick<Make<unknown>>((_, { table }) => table),
        ownName,
      ),
      own,
      fc.boolean(),
      fc.option(fc.tuple(ownName, own), { freq: 6 }),
    )
    .map(([name, entry, mixed, twice]) => (kind, names) => ({
      ...(mixed && { [names.elsewhere]: resolve(other(1), kind, names) }),
      [listedName(name(kind, names), names)]: resolve(entry, kind, names),
      ...(twice && { [listedName(twice[0](kind, names), names)]: resolve(twice[1], kind, names) }),
    }))
const writeRequest = fc.oneof<fc.Arbitrary<unknown>[]>(
  record({ PutRequest: record({ Item: anyItem }) }),
  record({ PutRequest: record({ Item: anyItem }), DeleteRequest: record({ Key: anyKey }) }),
  record({ DeleteRequest: record({ Key: anyKey }) }),
  pick<unknown>({ Item: { name: { S: MARK } } }, { UpdateRequest: { Key: { name: { S: MARK } } } }, {}, null),
)
const batchWrite = listed(fc.array(writeRequest, { minLength: 1, maxLength: 3 }), (at) => [{ PutRequest: { Item: open(at) } }])
const batchGet = listed(
  fc.record({ Keys: fc.array(anyKey, { minLength: 1, maxLength: 2 }), ProjectionExpression: pick(undefined, undefined, '#a') }),
  () => ({ Keys: [openKey] }),
)
const action = fc.oneof<fc.Arbitrary<unknown>[]>(
  ...(
    [
      ['Put', put],
      ['Update', update],
      ['Delete', remove],
      ['ConditionCheck', check],
    ] as const
  ).map(([name, make]) => make.map((value) => ({ [name]: value }))),
  pick<unknown>({ Put: { TableName: elsewhere, Item: open(1) } }, { Delete: { TableName: elsewhere, Key: openKey } }),
  mostly<unknown>(
    pick<unknown>({ Put: { TableName: elsewhere, Item: open(2) } }),
    put.map((value) => ({ Merge: value })),
  ),
)

// PartiQL, as text or with parameters

const literal = pick(`'${MARK}'`, String(NUMBER), `{'a': '${MARK}'}`, `['${MARK}']`, '?', `<<'${MARK}'>>`)
const partiqlName = pick<(name: string) => string>(
  ...[
    (name: string) => `"${name}"`,
    (name: string) => ` "${name}"`,
    (name: string) => `"${name}"."byEmail"`,
    (name: string) => `"${name.toUpperCase()}", "${name}"`,
    (name: string) => `/* x */ "${name}"`,
    (name: string) => `-- it's\n "${name}"`,
    (name: string) => `elsewhere, "${name}"`,
    (name: string) => `\`x\`, "${name}"`,
    (name: string) => `["${name}"]`,
    (name: string) => `\u00a0"${name}"`,
    (name: string) => `"x'" AS y, "${name}"`,
  ],
)
const statement: fc.Arbitrary<Make<object>> = fc
  .tuple(
    partiqlName,
    literal,
    secret,
    pick(
      'SELECT * FROM T WHERE name = L',
      "INSERT INTO T VALUE {'id': '1', 'name': L}",
      "UPDATE T SET name = L WHERE id = '1'",
      "DELETE FROM T WHERE name = L AND x = ''''",
      'EXISTS(SELECT * FROM T WHERE name = L)',
    ),
  )
  .map(
    ([name, literal, value, template]): Make<object> =>
      ({ item }, { table, arn }) => ({
        Statement: template.replace(/\bT\b/, () => name(template.length % 2 ? table : arn)).replace(/\bL\b/, () => literal),
        ...(literal === '?' && { Parameters: [item({ v: value }).v] }),
      }),
  )
const otherStatement: Make<object> = (_, { elsewhere }) => ({ Statement: `SELECT * FROM "${elsewhere}"` })

const call = (operation: OperationName, input: fc.Arbitrary<Make<object>>): fc.Arbitrary<RandomCall> =>
  input.map((make) => ({ operation, input: make }))
const listOf = (parameter: string, members: fc.Arbitrary<unknown>, max: number): fc.Arbitrary<Make<object>> =>
  record({ [parameter]: fc.array(members, { minLength: 1, maxLength: max }) })

/** A call of any operation with items. */
export const randomCall: fc.Arbitrary<RandomCall> = fc.oneof(
  { weight: 3, arbitrary: call('PutItem', put) },
  { weight: 6, arbitrary: call('UpdateItem', update) },
  { weight: 1, arbitrary: call('DeleteItem', remove) },
  { weight: 1, arbitrary: call('GetItem', get) },
  { weight: 6, arbitrary: call('Query', query) },
  { weight: 5, arbitrary: call('Scan', scan) },
  { weight: 3, arbitrary: call('BatchWriteItem', record({ RequestItems: batchWrite })) },
  { weight: 1, arbitrary: call('BatchGetItem', record({ RequestItems: batchGet })) },
  { weight: 3, arbitrary: call('TransactWriteItems', listOf('TransactItems', action, 3)) },
  {
    weight: 1,
    arbitrary: call(
      'TransactGetItems',
      listOf(
        'TransactItems',
        get.map((value) => ({ Get: value })),
        2,
      ),
    ),
  },
  { weight: 1, arbitrary: call('ExecuteStatement', statement) },
  { weight: 1, arbitrary: call('BatchExecuteStatement', listOf('Statements', fc.oneof(statement, pick(otherStatement)), 2)) },
  { weight: 1, arbitrary: call('ExecuteTransaction', listOf('TransactStatements', fc.oneof(statement, pick(otherStatement)), 2)) },
)
