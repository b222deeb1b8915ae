/**
 * Whatever is asked of a client with the plugin, no value of an encrypted attribute leaves it: not in what is sent, in whatever
 * form, and not in what our errors say. `ITEMSEAL_LEAK_RUNS` sets the number of calls for each format.
 */
import { CreateTableCommand, DescribeTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { RequestAction } from '@itemseal/local-dynamodb'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { FORMATS } from './formats.ts'
import { type Answer, KINDS, type Kind } from './kinds.ts'
import { type RandomCall, randomCall } from './leak-calls.ts'
import { MARK, marked, type Names } from './leak-values.ts'
import { peopleTable, usePeople } from './people.ts'
import { quickRetries } from './retries.ts'

const RUNS = Number(process.env.ITEMSEAL_LEAK_RUNS ?? 1000)
const FAULTS = ['none', 'none', 'none', 'throttled', 'broken', 'lost answer', 'unprocessed', 'aborted', 'sent twice'] as const
type Fault = (typeof FAULTS)[number]

const QUICK = quickRetries(3)

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  const names = {} as Names // filled before the first test runs
  let clients: DynamoDBClient[]

  beforeAll(async () => {
    Object.assign(names, { table: people.table, arn: people.arn, elsewhere: `elsewhere-${people.table}` })
    await people.raw.send(new CreateTableCommand(peopleTable(names.elsewhere)))
    const describeTable = (input: { TableName: string }) => people.raw.send(new DescribeTableCommand(input))
    clients = [
      people.clientWith({}, QUICK),
      people.clientWith({ tables: { [people.table]: format.table({ schema: undefined }) }, describeTable }, QUICK),
      people.clientWith({}, { ...QUICK, cacheMiddleware: true }),
    ]
  })

  test(`no value of an encrypted attribute is sent or told of by ${RUNS} random calls`, async () => {
    const sent = new Map<string, number>()
    const random = fc.record({ call: randomCall, kind: fc.constantFrom(...KINDS), client: fc.nat(2), fault: fc.constantFrom(...FAULTS) })
    await fc.assert(
      fc.asyncProperty(random, async ({ call, kind, client, fault }) => {
        people.server.reset()
        people.server.onRequest = misbehaviour(fault)
        const failures = await perform(kind, clients[client]!, call, fault, names)
        for (const { operation, body } of people.server.requests) {
          sent.set(operation, (sent.get(operation) ?? 0) + 1)
          expect(marked(body), `${call.operation} sends ${JSON.stringify(body)}`).toBe(false)
        }
        for (const error of failures.flatMap(ours)) expect(error.message).not.toContain(MARK)
      }),
      { numRuns: RUNS },
    )
    // Not everything was refused: that would show nothing.
    for (const operation of ['PutItem', 'BatchWriteItem', 'TransactWriteItems', 'UpdateItem', 'Query', 'Scan'])
      expect(sent.get(operation) ?? 0, operation).toBeGreaterThan(0)
  })

  test('the same calls without the plugin are seen to send them', async () => {
    let leaks = 0
    for (const call of fc.sample(randomCall, { numRuns: 100, seed: 1 })) {
      people.server.reset()
      people.server.onRequest = () => ({ respond: { status: 200, body: {} } })
      await perform(KINDS[leaks % 2]!, people.raw, call, 'none', names)
      if (people.server.requests.some(({ body }) => marked(body))) leaks++
    }
    expect(leaks).toBeGreaterThan(25)
  })
})

/** Makes the call, and what usually follows: sends again what was not processed. Answers with what failed. */
async function perform(kind: Kind, client: DynamoDBClient, call: RandomCall, fault: Fault, names: Names): Promise<unknown[]> {
  const failures: unknown[] = []
  const attempt = async (step: () => Promise<unknown>): Promise<Answer | undefined> => {
    try {
      return (await step()) as Answer
    } catch (error) {
      failures.push(error)
      return undefined
    }
  }
  await attempt(async () => {
    const command = kind.command(call.operation, call.input(kind, names))
    const abort = new AbortController()
    if (fault === 'aborted') setTimeout(() => abort.abort(), 1)
    const sender: { send(command: never, options: object): Promise<unknown> } = kind.sender(client)
    const send = () => sender.send(command as never, { abortSignal: abort.signal })
    if (fault === 'sent twice') await Promise.allSettled([send(), send()])
    const answer = await attempt(send)
    const { UnprocessedItems: left } = answer ?? {}
    if (left && Object.keys(left).length > 0) await attempt(() => kind.send(client, 'BatchWriteItem', { RequestItems: left }))
  })
  return failures
}

/** What the server does, the first time. */
function misbehaviour(fault: Fault): (operation: string) => RequestAction | undefined {
  let done = false
  return (operation) => {
    if (done || operation === 'DescribeTable') return undefined
    done = true
    if (fault === 'throttled')
      return { respond: { status: 400, body: { __type: 'ProvisionedThroughputExceededException', message: 'slow down' } } }
    if (fault === 'broken') return { respond: { status: 500, body: { __type: 'InternalServerError', message: 'try again' } } }
    if (fault === 'lost answer') return { drop: 'after' }
    if (fault === 'unprocessed' && operation === 'BatchWriteItem') {
      let left: unknown
      return {
        transformRequest(body) {
          left = body.RequestItems
          return { RequestItems: Object.fromEntries(Object.entries(left as object).map(([name, list]) => [name, list.slice(0, 1)])) }
        },
        transformResponse: (body) => ({ ...body, UnprocessedItems: left }),
      }
    }
    return undefined
  }
}

/** Errors of ours, with all their causes. */
function ours(error: unknown): Error[] {
  if (!(error instanceof Error)) return []
  const causes = ours(error.cause)
  return error.name === 'ItemCryptoError' ? [error, ...causes] : causes
}
