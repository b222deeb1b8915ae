/**
 * Many workers, random operations, a server and a KMS that misbehave, callers who give up: in the end every item verifies and is what
 * a model says. Each worker has persons of its own, and all increment the same counters. `ITEMSEAL_SOAK_OPERATIONS` and `ITEMSEAL_SOAK_WORKERS` set the numbers for
 * each format; `ITEMSEAL_SOAK_SEED` repeats the choices, though not the order in which the server gets to see them.
 */
import { type DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb'
import type { Item } from '@itemseal/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import type { PlanUpdate } from '../src/table.ts'
import { itemUpdates } from '../src/updates.ts'
import { FORMATS } from './formats.ts'
import { KINDS } from './kinds.ts'
import { marked } from './leak-values.ts'
import { usePeople } from './people.ts'
import { seededRandom } from './random.ts'
import { quickRetries } from './retries.ts'
import { makeCounters } from './soak-counters.ts'
import { randomFaults } from './soak-faults.ts'
import { type TroubledKeys, troubledKeys } from './soak-keys.ts'
import { step } from './soak-operations.ts'
import { expected, makeWorker, type Soak, seen } from './soak-worker.ts'

const OPERATIONS = Number(process.env.ITEMSEAL_SOAK_OPERATIONS ?? 200)
const WORKERS = Number(process.env.ITEMSEAL_SOAK_WORKERS ?? 8)
const SEED = Number(process.env.ITEMSEAL_SOAK_SEED ?? Math.floor(Math.random() * 2 ** 31))
const COUNTERS = 2
const IN_CLEAR = ['id', 'at', 'city', 'rank', 'version', 'note']

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  let troubled: TroubledKeys
  beforeAll(async () => {
    troubled = await troubledKeys(seededRandom(SEED))
  })
  afterAll(() => troubled.close())
  const tables = (updates?: PlanUpdate) => ({ [people.table]: format.table({ keys: troubled.keys, ...(updates && { updates }) }) })

  /** Which reads for its updates through itself. */
  function clientOf(attempts: number): DynamoDBClient {
    const updates = itemUpdates({ getItem: (input, own) => sdkDynamoDbCalls(client).getItem(input, own), maxAttempts: 5 })
    const client = people.clientWith({ tables: tables(updates) }, quickRetries(attempts, 10))
    return client
  }

  async function scanAll(client: DynamoDBClient): Promise<Item[]> {
    const items: Item[] = []
    let ExclusiveStartKey: ScanCommandOutput['LastEvaluatedKey']
    do {
      const page = await client.send(new ScanCommand({ TableName: people.table, ConsistentRead: true, ExclusiveStartKey }))
      items.push(...((page.Items ?? []) as Item[]))
      ExclusiveStartKey = page.LastEvaluatedKey
    } while (ExclusiveStartKey !== undefined)
    return items
  }

  test(
    `after ${OPERATIONS} operations of ${WORKERS} workers, with faults, every item verifies and equals the model (seed ${SEED})`,
    async () => {
      const faults = randomFaults(seededRandom(SEED))
      const counters = makeCounters('counters', COUNTERS)
      const ends: Soak['ends'] = new Map()
      const soak = { table: people.table, clients: [clientOf(1), clientOf(3)], faults, counters, ends }
      const workers = Array.from({ length: WORKERS }, (_, i) => makeWorker(soak, `worker ${i}`, seededRandom(SEED + 1 + i)))
      people.server.onRequest = (operation, body) => {
        people.server.requests.length = 0 // they would be many
        return faults.onRequest(operation, body)
      }
      let left = OPERATIONS
      const run = async (worker: (typeof workers)[number]) => {
        while (left-- > 0) await step(worker, soak)
      }
      const failed = (await Promise.allSettled(workers.map(run))).find(({ status }) => status === 'rejected')
      people.server.reset()
      troubled.recover()
      if (failed?.status === 'rejected') throw failed.reason

      const there = new Map((await scanAll(people.clientWith({ tables: tables() }))).map((item) => [keyOf(item), seen(KINDS[0]!, item)]))
      const fates = counters.checkAll((at) => there.get(keyOf({ id: { S: 'counters' }, at: { N: String(at) } })))
      const persons = [...there].filter(([, person]) => person?.id?.S !== 'counters').sort(byKey)
      const wanted = workers.flatMap(({ model }) => [...model.values()]).map((person) => expected(person)!)
      expect(persons).toEqual(wanted.map((person) => [keyOf(person as unknown as Item), person] as const).sort(byKey))

      const stored = await scanAll(people.raw)
      expect(stored.map(keyOf).sort()).toEqual([...there.keys()].sort())
      for (const item of stored) {
        expect(marked(item)).toBe(false)
        const { [format.reserved[0]]: _, [format.reserved[1]]: signature, ...attributes } = item
        expect(signature).toHaveProperty('B')
        for (const [name, value] of Object.entries(attributes)) if (!IN_CLEAR.includes(name)) expect(value, name).toHaveProperty('B')
      }
      // Not everything was refused or failed: that would show nothing.
      for (const name of ['update', 'increment', 'transaction']) expect(ends.get(name)?.done ?? 0, name).toBeGreaterThan(0)
      expect(faults.counts.get('lost answer') ?? 0).toBeGreaterThan(0)
      if (OPERATIONS >= 1000) {
        for (const name of ['aborted before', 'aborted after']) expect(faults.counts.get(name) ?? 0, name).toBeGreaterThan(0)
        for (const name of ['throttled', 'denied', 'key disabled']) expect(troubled.counts.get(name) ?? 0, name).toBeGreaterThan(0)
      }
      if (process.env.ITEMSEAL_SOAK_OPERATIONS !== undefined) {
        console.log({
          seed: SEED,
          faults: Object.fromEntries(faults.counts),
          kms: Object.fromEntries(troubled.counts),
          increments: fates,
          items: stored.length,
        })
        console.table(Object.fromEntries(ends))
      }
    },
    60_000 + OPERATIONS * 100,
  )
})

function keyOf({ id, at }: Item): string {
  return JSON.stringify([id, at])
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1
}
