/** The operations of the soak, each on what the worker knows to be there. */
import { expect } from 'vitest'
import type { Kind } from './kinds.ts'
import { type Key, type Person, PROJECTION, projected, randomPerson, randomUpdate, type Update } from './soak-people.ts'
import { expected, type Seen, type Soak, seen, type Worker } from './soak-worker.ts'

/** Persons in the partition of a worker. */
const SIZE = 6

type Step = (worker: Worker, soak: Soak) => Promise<void>

/** One operation, of any kind. */
export const step: Step = (worker, soak) => worker.random.pick(STEPS)(worker, soak)

const key = (worker: Worker): Key => ({ id: worker.id, at: worker.random.nat(SIZE) })
const keys = (worker: Worker): Key[] =>
  Array.from({ length: SIZE }, (_, at) => ({ id: worker.id, at })).filter(() => worker.random.chance(0.5))
function some(worker: Worker): [Key, ...Key[]] {
  const [first = key(worker), ...others] = keys(worker)
  return [first, ...others]
}
const people = (worker: Worker, wanted: (person: Person) => boolean = () => true) =>
  [...worker.model.values()].filter(wanted).sort((a, b) => Number(a.at) - Number(b.at))

const put: Step = async (worker, { table }) => {
  const { random, model } = worker
  const Key = key(worker)
  const before = model.get(Key.at)
  const after = randomPerson(random, Key)
  const version = random.nat(5)
  const [ConditionExpression, isTrue, values] = random.pick<readonly [string | undefined, boolean, Person?]>([
    [undefined, true],
    ['attribute_not_exists(id)', before === undefined],
    ['attribute_exists(born) AND size(#n) > :v', before?.born !== undefined && before.name !== undefined, { ':v': 1 }],
    ['version = :v', before?.version === version, { ':v': version }],
  ])
  const names = ConditionExpression?.includes('#n') && { ExpressionAttributeNames: { '#n': 'name' } }
  await worker.write(ConditionExpression === undefined ? 'put' : 'conditional put', {
    operation: 'PutItem',
    input: (kind) => ({
      TableName: table,
      Item: kind.item(after),
      ReturnValues: 'ALL_OLD',
      ...(ConditionExpression && { ConditionExpression }),
      ...names,
      ...(values && { ExpressionAttributeValues: kind.item(values) }),
    }),
    changes: new Map([[Key.at, after]]),
    refused: isTrue ? undefined : 'ConditionalCheckFailedException',
    check: ([{ Attributes }], kind, lost) => lost || expect(seen(kind, Attributes)).toEqual(expected(before)),
  })
}

const remove: Step = async (worker, { table }) => {
  const Key = key(worker)
  const before = worker.model.get(Key.at)
  const condition = worker.random.chance(0.5) ? { ConditionExpression: 'attribute_exists(id)' } : {}
  await worker.write('delete', {
    operation: 'DeleteItem',
    input: (kind) => ({ TableName: table, Key: kind.item(Key), ReturnValues: 'ALL_OLD', ...condition }),
    changes: new Map([[Key.at, undefined]]),
    refused: condition.ConditionExpression && before === undefined ? 'ConditionalCheckFailedException' : undefined,
    check: ([{ Attributes }], kind, lost) => lost || expect(seen(kind, Attributes)).toEqual(expected(before)),
  })
}

const update: Step = async (worker, { table }) => {
  const Key = key(worker)
  const before = worker.model.get(Key.at)
  const { result, inPlace, ...change } = randomUpdate(worker.random, Key, before)
  const ReturnValues = inPlace ? 'NONE' : worker.random.pick(['NONE', 'ALL_OLD', 'ALL_NEW'])
  const returned = { NONE: undefined, ALL_OLD: before, ALL_NEW: result as Person }[ReturnValues]
  await worker.write('update', {
    operation: 'UpdateItem',
    input: (kind) => ({ TableName: table, Key: kind.item(Key), ReturnValues, ...expressions(kind, change) }),
    changes: new Map(typeof result === 'string' ? [] : [[Key.at, result]]),
    refused: typeof result === 'string' ? result : undefined,
    check: ([{ Attributes }], kind) => expect(seen(kind, Attributes)).toEqual(expected(returned)),
  })
}

const increment: Step = async (worker, { table, counters }) => {
  const increment = counters.increment(worker.random)
  await worker.write('increment', {
    operation: 'UpdateItem',
    input: (kind) => ({ TableName: table, Key: kind.item(increment.key), ...increment.update(kind) }),
    changes: new Map(),
    increment,
  })
}

/** Up to one of each action, and with some an increment. */
const transaction: Step = async (worker, { table, counters }) => {
  const { random, model } = worker
  const [first, ...others] = some(worker)
  const actions: ((kind: Kind) => object)[] = []
  const changes = new Map<number, Person | undefined>()
  const problems = new Set<string>()
  const put = randomPerson(random, first)
  changes.set(first.at, put)
  actions.push((kind) => ({ Put: { TableName: table, Item: kind.item(put) } }))
  for (const Key of others.slice(0, 3)) {
    const before = model.get(Key.at)
    const on = (kind: Kind) => ({ TableName: table, Key: kind.item(Key) })
    const action = random.pick(['Delete', 'ConditionCheck', 'Update', 'Update'])
    if (action === 'Delete') {
      changes.set(Key.at, undefined)
      actions.push((kind) => ({ Delete: on(kind) }))
    } else if (action === 'ConditionCheck') {
      const version = random.chance(0.8) ? (before?.version ?? 0) : 99
      if (before?.version !== version) problems.add('TransactionCanceledException')
      const condition = { ConditionExpression: 'version = :v' }
      actions.push((kind) => ({
        ConditionCheck: { ...on(kind), ...condition, ExpressionAttributeValues: kind.item({ ':v': version }) },
      }))
    } else {
      const { result, inPlace: _, ...change } = randomUpdate(random, Key, before)
      if (typeof result !== 'string') changes.set(Key.at, result)
      else problems.add(result === 'MALFORMED' ? result : 'TransactionCanceledException')
      actions.push((kind) => ({ Update: { ...on(kind), ...expressions(kind, change) } }))
    }
  }
  const increment = random.chance(0.4) ? counters.increment(random) : undefined
  if (increment) actions.push((kind) => ({ Update: { TableName: table, Key: kind.item(increment.key), ...increment.update(kind) } }))
  await worker.write('transaction', {
    operation: 'TransactWriteItems',
    input: (kind) => ({ TransactItems: actions.map((action) => action(kind)) }),
    changes,
    refused: problems.has('MALFORMED') ? 'MALFORMED' : [...problems][0],
    increment,
  })
}

const batchWrite: Step = async (worker, { table }) => {
  const changes = new Map(some(worker).map((Key) => [Key.at, worker.random.chance(0.7) ? randomPerson(worker.random, Key) : undefined]))
  const requests = (kind: Kind) =>
    [...changes].map(([at, person]) =>
      person === undefined ? { DeleteRequest: { Key: kind.item({ id: worker.id, at }) } } : { PutRequest: { Item: kind.item(person) } },
    )
  await worker.write('batch write', {
    operation: 'BatchWriteItem',
    input: (kind) => ({ RequestItems: { [table]: requests(kind) } }),
    changes,
    next: ({ UnprocessedItems: left = {} }) => remaining(left),
  })
}

const get: Step = async (worker, { table }) => {
  const Key = key(worker)
  const person = worker.model.get(Key.at)
  const part = worker.random.chance(0.4)
  await worker.read(part ? 'projection' : 'get', {
    operation: 'GetItem',
    input: (kind) => ({ TableName: table, Key: kind.item(Key), ConsistentRead: true, ...(part && PROJECTION) }),
    check: ([{ Item }], kind) => expect(seen(kind, Item)).toEqual(expected(part && person ? projected(person) : person)),
  })
}

const lookAtCounter: Step = async (worker, { table, counters }) => {
  const { key, check } = counters.look(worker.random)
  await worker.read('get of a counter', {
    operation: 'GetItem',
    input: (kind) => ({ TableName: table, Key: kind.item(key), ConsistentRead: true }),
    check: ([{ Item }], kind) => check(seen(kind, Item)),
  })
}

const query: Step = async (worker, { table }) => {
  const { random } = worker
  const least = random.nat(5)
  const [name, more, wanted] = random.pick<readonly [string, object, (person: Person) => boolean]>([
    ['query', {}, () => true],
    ['query', { FilterExpression: 'version >= :v' }, ({ version }) => version !== undefined && Number(version) >= least],
    ['query of an index', { IndexName: 'byRank' }, ({ rank }) => rank !== undefined],
  ])
  const values = 'FilterExpression' in more ? { ':id': worker.id, ':v': least } : { ':id': worker.id }
  const persons = people(worker, wanted)
  const part = random.chance(0.3)
  await worker.read(name, {
    operation: 'Query',
    input: (kind) => ({
      TableName: table,
      KeyConditionExpression: 'id = :id',
      ExpressionAttributeValues: kind.item(values),
      ConsistentRead: true,
      ...more,
      ...(part && PROJECTION),
    }),
    check: ([{ Items }], kind) => expect(sorted(kind, Items)).toEqual(persons.map((person) => expected(part ? projected(person) : person))),
  })
}

/** What of it is the worker's own can be compared; all of it must verify. */
const scan: Step = async (worker, { table }) => {
  const { random, id, model } = worker
  const start = random.chance(0.5) ? key(worker) : undefined
  await worker.read('scan page', {
    operation: 'Scan',
    input: (kind) => ({
      TableName: table,
      ConsistentRead: true,
      Limit: 1 + random.nat(20),
      ...(start ? { ExclusiveStartKey: kind.item(start) } : { Segment: random.nat(4), TotalSegments: 4 }),
    }),
    check: ([{ Items }], kind) => {
      const own = sorted(kind, Items).filter((person) => person.id?.S === id)
      expect(own).toEqual(own.map(({ at }) => expected(model.get(Number(at?.N)))))
    },
  })
}

const batchGet: Step = async (worker, { table }) => {
  const asked = some(worker)
  const persons = people(worker, ({ at }) => asked.some((key) => key.at === at))
  await worker.read('batch get', {
    operation: 'BatchGetItem',
    input: (kind) => ({ RequestItems: { [table]: { Keys: asked.map(kind.item), ConsistentRead: true } } }),
    next: ({ UnprocessedKeys: left = {} }) => remaining(left),
    check: (answers, kind) => {
      const found = answers.flatMap(({ Responses }) => (Responses as Record<string, unknown[]>)[table] ?? [])
      expect(sorted(kind, found)).toEqual(persons.map(expected))
    },
  })
}

const transactGet: Step = async (worker, { table }) => {
  const asked = some(worker)
  const persons = asked.map(({ at }) => worker.model.get(at))
  await worker.read('transaction of gets', {
    operation: 'TransactGetItems',
    input: (kind) => ({ TransactItems: asked.map((key) => ({ Get: { TableName: table, Key: kind.item(key) } })) }),
    check: ([{ Responses }], kind) =>
      expect((Responses as { Item?: unknown }[]).map(({ Item }) => seen(kind, Item))).toEqual(persons.map(expected)),
  })
}

/** Some more often than others. */
const STEPS = [put, put, put, remove, update, update, update, increment, increment, transaction, transaction, batchWrite].concat([
  get,
  get,
  lookAtCounter,
  query,
  scan,
  batchGet,
  transactGet,
])

function expressions(kind: Kind, { names, values, ...texts }: Omit<Update, 'result' | 'inPlace'>): object {
  return {
    ...texts,
    ...(names && { ExpressionAttributeNames: names }),
    ...(values && { ExpressionAttributeValues: kind.item(values) }),
  }
}

/** What is to be asked for again, if anything is. */
function remaining(left: unknown): object | undefined {
  return Object.keys(left as object).length > 0 ? { RequestItems: left } : undefined
}

function sorted(kind: Kind, items: unknown): Seen[] {
  return (items as unknown[]).map((item) => seen(kind, item)!).sort((a, b) => Number(a.at?.N) - Number(b.at?.N))
}
