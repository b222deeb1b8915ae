/**
 * Every operation of DynamoDB has its row here: what the plugin makes of it, and a call that shows it, over HTTP, with both
 * kinds of client and in each format.
 */
import * as sdk from '@aws-sdk/client-dynamodb'
import { beforeEach, describe, expect, test } from 'vitest'
import { FORMATS, type Format } from './formats.ts'
import { KINDS, type Kind, type OperationName, toItem } from './kinds.ts'
import { ADA, ADA_KEY, type People, person, SECRETS, usePeople } from './people.ts'

/** One call of a transformed operation and what must come back; `before` is who is in the table. */
interface Transformed {
  readonly before: readonly ReturnType<typeof person>[]
  input(people: People, item: Kind['item']): object
  answer(item: Kind['item'], people: People): object
  /** Who is in the table afterwards. */
  readonly after: readonly ReturnType<typeof person>[]
}

const [TWO, THREE] = [person(2), person(3)]
const NOTED = { ...ADA, note: 'noted' }
const names = { '#note': 'note' }

const TRANSFORMED: Readonly<Record<string, Transformed>> = {
  GetItem: {
    before: [ADA],
    input: ({ table }, item) => ({ TableName: table, Key: item(ADA_KEY) }),
    answer: (item) => ({ Item: item(ADA) }),
    after: [ADA],
  },
  BatchGetItem: {
    before: [ADA, TWO],
    input: ({ table }, item) => ({ RequestItems: { [table]: { Keys: [item({ id: '1', at: 2 })] } } }),
    answer: (item, { table }) => ({ Responses: { [table]: [item(TWO)] } }),
    after: [ADA, TWO],
  },
  TransactGetItems: {
    before: [ADA],
    input: ({ table }, item) => ({
      TransactItems: [{ Get: { TableName: table, Key: item({ id: '0', at: 0 }) } }, { Get: { TableName: table, Key: item(ADA_KEY) } }],
    }),
    answer: (item) => ({ Responses: [{}, { Item: item(ADA) }] }),
    after: [ADA],
  },
  Query: {
    before: [ADA, TWO, THREE],
    input: ({ table }, item) => ({
      TableName: table,
      KeyConditionExpression: 'id = :id AND #at > :at',
      ExpressionAttributeNames: { '#at': 'at' },
      ExpressionAttributeValues: item({ ':id': '1', ':at': 1 }),
    }),
    answer: (item) => ({ Items: [item(TWO), item(THREE)], Count: 2 }),
    after: [ADA, TWO, THREE],
  },
  Scan: {
    before: [ADA, TWO],
    input: ({ table }, item) => ({
      TableName: table,
      FilterExpression: '#rank = :rank',
      ExpressionAttributeNames: { '#rank': 'rank' },
      ExpressionAttributeValues: item({ ':rank': 2 }),
    }),
    answer: (item) => ({ Items: [item(TWO)], Count: 1, ScannedCount: 2 }),
    after: [ADA, TWO],
  },
  PutItem: {
    before: [person(1)],
    input: ({ table }, item) => ({ TableName: table, Item: item(ADA), ReturnValues: 'ALL_OLD' }),
    answer: (item) => ({ Attributes: item(person(1)) }),
    after: [ADA],
  },
  DeleteItem: {
    before: [ADA, TWO],
    input: ({ table }, item) => ({ TableName: table, Key: item(ADA_KEY), ReturnValues: 'ALL_OLD' }),
    answer: (item) => ({ Attributes: item(ADA) }),
    after: [TWO],
  },
  UpdateItem: {
    before: [ADA],
    input: ({ table }, item) => ({
      TableName: table,
      Key: item(ADA_KEY),
      UpdateExpression: 'SET #note = :note',
      ExpressionAttributeNames: names,
      ExpressionAttributeValues: item({ ':note': 'noted' }),
      ReturnValues: 'ALL_NEW',
    }),
    answer: (item) => ({ Attributes: item(NOTED) }),
    after: [NOTED],
  },
  BatchWriteItem: {
    before: [ADA],
    input: ({ table }, item) => ({
      RequestItems: { [table]: [{ DeleteRequest: { Key: item(ADA_KEY) } }, { PutRequest: { Item: item(TWO) } }] },
    }),
    answer: () => ({ UnprocessedItems: {} }),
    after: [TWO],
  },
  TransactWriteItems: {
    before: [ADA, THREE],
    input: ({ table }, item) => ({
      TransactItems: [
        { Put: { TableName: table, Item: item(TWO) } },
        { Delete: { TableName: table, Key: item({ id: '1', at: 3 }) } },
        {
          Update: {
            TableName: table,
            Key: item(ADA_KEY),
            UpdateExpression: 'SET #note = :note',
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: item({ ':note': 'noted' }),
          },
        },
        { ConditionCheck: { TableName: table, Key: item({ id: '9', at: 9 }), ConditionExpression: 'attribute_not_exists(id)' } },
      ],
    }),
    answer: () => ({}),
    after: [NOTED, TWO],
  },
}

/** They name the table, and carry items in ways that cannot be protected. */
const REFUSED: Readonly<Record<string, (people: People) => object>> = {
  ExecuteStatement: ({ table }) => ({ Statement: `INSERT INTO "${table}" VALUE {'id': '1', 'at': 1}` }),
  BatchExecuteStatement: ({ table }) => ({ Statements: [{ Statement: `SELECT * FROM "${table}"` }] }),
  ExecuteTransaction: ({ table }) => ({ TransactStatements: [{ Statement: `DELETE FROM "${table}" WHERE id = '1' AND at = 1` }] }),
  SearchVectors: ({ table }) => ({ TableName: table, IndexName: 'i' }),
  StartBulkPutItems: ({ table }) => ({ TableName: table }),
}

const PASSED =
  'CancelBulkOperation CreateBackup CreateGlobalTable CreateTable DeleteBackup DeleteResourcePolicy DeleteTable DescribeBackup ' +
  'DescribeBulkOperation DescribeContinuousBackups DescribeContributorInsights DescribeEndpoints DescribeExport DescribeGlobalTable ' +
  'DescribeGlobalTableSettings DescribeImport DescribeKinesisStreamingDestination DescribeLimits DescribeTable ' +
  'DescribeTableReplicaAutoScaling DescribeTimeToLive DisableKinesisStreamingDestination EnableKinesisStreamingDestination ' +
  'ExportTableToPointInTime GetResourcePolicy ImportTable ListBackups ListBulkOperations ListContributorInsights ListExports ' +
  'ListGlobalTables ListImports ListTables ListTagsOfResource PutResourcePolicy RestoreTableFromBackup RestoreTableToPointInTime ' +
  'TagResource UntagResource UpdateContinuousBackups UpdateContributorInsights UpdateGlobalTable UpdateGlobalTableSettings ' +
  'UpdateKinesisStreamingDestination UpdateTable UpdateTableReplicaAutoScaling UpdateTimeToLive'

const COMMANDS = new Map(
  Object.entries(sdk).flatMap(([name, Command]) =>
    /^[A-Z]\w+Command$/.test(name)
      ? [[name.replace(/Command$/, ''), Command as new (input: object) => sdk.DescribeTableCommand] as const] // any will do for `send`
      : [],
  ),
)

test('every operation of the SDK has one row', () => {
  const rows = [...Object.keys(TRANSFORMED), ...Object.keys(REFUSED), ...PASSED.split(' ')]
  expect(rows.sort()).toEqual([...COMMANDS.keys()].sort())
})

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)

  describe.each(KINDS)('with a $kind client,', (kind) => {
    beforeEach(() => empty(people))

    test.each(Object.entries(TRANSFORMED))('%s is transformed', async (operation, { before, input, answer, after }) => {
      await people.seed(...before)
      const got = await kind.send(people.client, operation as OperationName, input(people, kind.item))
      expect(got).toMatchObject(answer(kind.item, people))
      expect(people.server.requests.map((request) => request.operation)).toEqual([operation])
      for (const secret of SECRETS) expect(JSON.stringify(people.server.requests)).not.toContain(secret)
      await expectInTable(people, format, after)
    })

    test.each(Object.entries(REFUSED))('%s is refused', async (operation, input) => {
      const Command = COMMANDS.get(operation)!
      const command = Object.hasOwn(SENT_ALIKE, operation)
        ? kind.command(operation as OperationName, input(people))
        : new Command(input(people))
      await expect(kind.sender(people.client).send(command as never)).rejects.toMatchObject({
        name: 'ItemCryptoError',
        code: 'UNSUPPORTED',
      })
      expect(people.server.requests).toEqual([])
    })

    test.each(PASSED.split(' '))('%s passes, as it is', async (operation) => {
      const { table, arn } = people
      const command = () =>
        new (COMMANDS.get(operation)!)({ TableName: table, ResourceArn: arn, BulkOperationArn: `${arn}/bulk/1`, ClientToken: 'token' })
      people.server.onRequest = () => ({ respond: { status: 400, body: { __type: 'ValidationException', message: 'it arrived' } } })
      for (const client of [people.client, people.raw])
        await expect(kind.sender(client).send(command() as never)).rejects.toThrow('it arrived')
      const [ours, theirs] = people.server.requests
      expect(ours).toEqual(theirs)
      expect(ours!.operation).toBe(operation)
    })
  })
})

/** Those that document clients have commands of their own for. */
const SENT_ALIKE = { ExecuteStatement: true, BatchExecuteStatement: true, ExecuteTransaction: true }

async function empty({ raw, table, server }: People): Promise<void> {
  const { Items = [] } = await raw.send(new sdk.ScanCommand({ TableName: table }))
  for (const { id, at } of Items) await raw.send(new sdk.DeleteItemCommand({ TableName: table, Key: { id: id!, at: at! } }))
  server.reset()
}

/** All of them, encrypted, and nobody else. */
async function expectInTable({ raw, client, table }: People, { reserved }: Format, wanted: Transformed['after']): Promise<void> {
  const { Items: stored = [] } = await raw.send(new sdk.ScanCommand({ TableName: table }))
  for (const item of stored) {
    expect(Object.keys(item)).toEqual(expect.arrayContaining([...reserved]))
    expect(item.name).toEqual({ B: expect.any(Uint8Array) })
  }
  const { Items: read } = await client.send(new sdk.ScanCommand({ TableName: table }))
  expect(read).toHaveLength(wanted.length)
  expect(read).toEqual(expect.arrayContaining(wanted.map(toItem)))
}
