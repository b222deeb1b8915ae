/**
 * What is done with an operation before dynalite, after it, or in its place. Operations run strictly one after the other.
 *
 * @module
 */
import { asksForOldItem, isConditionFailure, storedItem } from './condition-failure.ts'
import { keyOf, tableKeys } from './table-keys.ts'
import { resolveTableNames } from './table-names.ts'
import { transactGetItems } from './transact-get.ts'
import { transactionWriter } from './transact-write.ts'
import { isAnswer } from './transaction.ts'
import { tableSettled, type Upstream } from './upstream.ts'
import { type Json, type Reply, type Request, toAnswer, toReply } from './wire.ts'

export interface Front {
  /** Executes the request; `body` is its parsed body, undefined if that is no JSON object. */
  execute(request: Request, operation: string, body: Json | undefined): Promise<Reply>
  /** Resolves when all that was begun is done. */
  idle(): Promise<void>
}

export function makeFront(upstream: Upstream): Front {
  const { call, forward } = upstream
  const keys = tableKeys(call)
  const transactWriteItems = transactionWriter(call, keys)
  let last: Promise<unknown> = Promise.resolve()

  const run = async (request: Request, operation: string, body: Json): Promise<Reply> => {
    switch (operation) {
      case 'TransactWriteItems': {
        const answer = await transactWriteItems(body)
        return toReply(answer.status, answer.body)
      }
      case 'TransactGetItems': {
        const answer = await transactGetItems(call, keys, body)
        return toReply(answer.status, answer.body)
      }
      case 'CreateTable':
      case 'UpdateTable':
      case 'DeleteTable': {
        const reply = await forward(request)
        await tableSettled(call, body.TableName)
        keys.forget(body.TableName)
        return reply
      }
      default:
        return asksForOldItem(operation, body) ? withOldItem(await forward(request), body) : forward(request)
    }
  }

  const withOldItem = async (reply: Reply, body: Json): Promise<Reply> => {
    const answer = toAnswer(reply)
    if (!isConditionFailure(answer)) return reply
    const names = await keys.of(body.TableName)
    const item = isAnswer(names) ? {} : await storedItem(call, body.TableName, keyOf(body, names))
    return toReply(answer.status, { ...answer.body, ...item })
  }

  const resolveAndRun = async (request: Request, operation: string, body: Json): Promise<Reply> => {
    const resolved = resolveTableNames(body)
    if (resolved.body === body) return run(request, operation, body)
    const bytes = Buffer.from(JSON.stringify(resolved.body))
    const { status, body: answer } = toAnswer(await run({ ...request, bytes }, operation, resolved.body))
    return toReply(status, resolved.restore(answer))
  }

  return {
    execute: (request, operation, body) => {
      const reply = last.then(() => (body === undefined ? forward(request) : resolveAndRun(request, operation, body)))
      last = reply.catch(() => {}) // the caller hears of it; the queue goes on
      return reply
    },
    idle: async () => void (await last),
  }
}
