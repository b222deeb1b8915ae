/** The making of the two tables that hold keys: that of branch keys and that of a MetaStore. */
import { DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { ItemCryptoError } from '@itemseal/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { branchKeyTable } from '../src/branch-key-table.ts'
import type { DynamoDbCalls } from '../src/client.ts'
import { metaStore } from '../src/meta-store.ts'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { PROVIDER } from './formats.ts'
import { clientAt } from './kinds.ts'
import { type ObservedServer, startServer } from './server.ts'

let server: ObservedServer
let raw: DynamoDBClient
beforeAll(async () => {
  server = await startServer()
  raw = clientAt(server.endpoint, { maxAttempts: 1 })
})
beforeEach(() => server.reset())
afterAll(async () => {
  raw.destroy()
  await server.close()
})

const TABLES = {
  branchKeyTable: {
    open: (tableName: string, client: DynamoDbCalls) => branchKeyTable({ tableName, client }),
    keys: [
      ['branch-key-id', 'HASH', 'S'],
      ['type', 'RANGE', 'S'],
    ],
  },
  metaStore: {
    open: (tableName: string, client: DynamoDbCalls) => metaStore({ tableName, client, provider: PROVIDER }),
    keys: [
      ['N', 'HASH', 'S'],
      ['V', 'RANGE', 'N'],
    ],
  },
} as const
let count = 0

describe.each(Object.entries(TABLES))('createTable of %s', (_, { open, keys }) => {
  const calls = () => sdkDynamoDbCalls(raw)
  const newTable = () => `${keys[0][0]}-${crypto.randomUUID().slice(0, 8)}-${++count}`
  const operations = () => server.requests.map(({ operation }) => operation)
  /** What DescribeTable says of the table, the first so many times. */
  function say(TableStatus: string, times = Number.POSITIVE_INFINITY) {
    let left = times
    server.onRequest = (operation) =>
      operation === 'DescribeTable' && left-- > 0
        ? { transformResponse: ({ Table }) => ({ Table: { ...(Table as object), TableStatus } }) }
        : undefined
  }
  const failing = (code: string, message: string) => ({ name: 'ItemCryptoError', code, message: expect.stringContaining(message) })

  test('makes one with the keys that the peers have, paid by request', async () => {
    const table = newTable()
    await open(table, calls()).createTable()
    const { Table: made } = await raw.send(new DescribeTableCommand({ TableName: table }))
    expect(made).toMatchObject({ TableStatus: 'ACTIVE', BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } })
    const types = new Map(made!.AttributeDefinitions!.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]))
    expect(made!.KeySchema!.map(({ AttributeName, KeyType }) => [AttributeName, KeyType, types.get(AttributeName)])).toEqual(keys)
  })

  test('comes back when it can be used', async () => {
    say('CREATING', 3) // the first is not there yet
    await open(newTable(), calls()).createTable()
    expect(operations()).toEqual(['DescribeTable', 'CreateTable', 'DescribeTable', 'DescribeTable', 'DescribeTable'])
  })

  test('waits for one that another is making, and for one that is not told of yet', async () => {
    const table = newTable()
    await Promise.all([open(table, calls()).createTable(), open(table, calls()).createTable(), open(table, calls()).createTable()])
    server.reset()
    let times = 0
    const { createTable, describeTable, ...others } = calls()
    const late: DynamoDbCalls = {
      ...others,
      createTable,
      describeTable: async (input, options) => (times++ < 2 ? {} : describeTable(input, options)),
    }
    await open(table, late).createTable()
    expect(operations()).toEqual(['CreateTable', 'DescribeTable']) // which is refused: it is there
  })

  test('waits no longer than it is to', async () => {
    say('CREATING')
    await expect(open(newTable(), calls()).createTable({ maxWaitMs: 20 })).rejects.toMatchObject(
      failing('NO_MATERIALS', 'still being made'),
    )
    expect(operations().filter((operation) => operation === 'DescribeTable').length).toBeLessThan(5)
  })

  test('is called off by a signal while it waits', async () => {
    const controller = new AbortController()
    say('CREATING')
    const { describeTable, ...others } = calls()
    let times = 0
    const client: DynamoDbCalls = {
      ...others,
      async describeTable(input, options) {
        const answer = await describeTable(input, options)
        if (++times === 2) setImmediate(() => controller.abort(new Error('no more time')))
        return answer
      },
    }
    const error = await open(newTable(), client)
      .createTable({ signal: controller.signal })
      .catch((error: unknown) => error)
    expect(error).toMatchObject(failing('NO_MATERIALS', ''))
    expect((error as Error).cause).toMatchObject({ name: 'AbortError', cause: { message: 'no more time' } })
    expect(times).toBe(2)
  })

  test('is called off before', async () => {
    const call = open(newTable(), calls()).createTable({ signal: AbortSignal.abort() })
    await expect(call).rejects.toMatchObject({ code: 'NO_MATERIALS', cause: { name: 'AbortError' } })
    expect(operations()).toEqual([])
  })

  test.each(['DELETING', 'INACCESSIBLE_ENCRYPTION_CREDENTIALS', 'ARCHIVED'])('refuses one that is %s', async (status) => {
    const table = newTable()
    await open(table, calls()).createTable()
    say(status)
    await expect(open(table, calls()).createTable()).rejects.toMatchObject(failing('NO_MATERIALS', status))
  })

  test('takes one whose settings are being changed', async () => {
    const table = newTable()
    await open(table, calls()).createTable()
    say('UPDATING')
    await open(table, calls()).createTable()
  })

  test('refuses one with other keys', async () => {
    const table = newTable()
    const [other] = Object.values(TABLES).filter((it) => it.open !== open)
    await other!.open(table, calls()).createTable()
    await expect(open(table, calls()).createTable()).rejects.toMatchObject(failing('CONFIGURATION', 'other keys'))
  })

  test.each(['DescribeTable', 'CreateTable'])('a failure of %s is a NO_MATERIALS with that as cause', async (failed) => {
    server.onRequest = (operation) =>
      operation === failed ? { respond: { status: 400, body: { __type: 'AccessDeniedException', message: 'no' } } } : undefined
    const error = await open(newTable(), calls())
      .createTable()
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(ItemCryptoError)
    expect(error).toMatchObject({ ...failing('NO_MATERIALS', `${failed} failed`), cause: { name: 'AccessDeniedException' } })
  })

  test.each(['describeTable', 'createTable'] as const)('a client without %s is refused', async (missing) => {
    const { [missing]: _, ...client } = calls()
    await expect(open(newTable(), client as DynamoDbCalls).createTable()).rejects.toMatchObject(failing('CONFIGURATION', missing))
  })
})
