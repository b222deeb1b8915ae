/** Faults for the soak: what a network, a busy table and a caller who gives up do to requests, at random. */
import type { RequestAction } from '@itemseal/local-dynamodb'
import { marked } from './leak-values.ts'
import type { Random } from './random.ts'

type Body = Record<string, unknown>

export interface Faults {
  readonly counts: Map<string, number>
  /** Partition keys in writes that were done and whose answer was lost: whoever looks takes theirs out before. */
  readonly lost: Set<string>
  /** By partition key, what calls off the call that is under way: a write is, when it arrives or when it is done. */
  readonly controllers: Map<string, AbortController>
  /** @throws for a request with a value of an encrypted attribute in clear, so that its call fails. */
  onRequest(operation: string, body: Body): RequestAction | undefined
}

export function randomFaults(random: Random): Faults {
  const counts = new Map<string, number>()
  const lost = new Set<string>()
  const controllers = new Map<string, AbortController>()
  const count = (name: string) => void counts.set(name, (counts.get(name) ?? 0) + 1)

  const unprocessed = (member: 'RequestItems', rest: 'UnprocessedItems' | 'UnprocessedKeys', body: Body): RequestAction | undefined => {
    const [[table, content] = ['', []]] = Object.entries(body[member] as Record<string, unknown[] | { Keys: unknown[] }>)
    const list = Array.isArray(content) ? content : content.Keys
    if (list.length < 2) return undefined
    const kept = 1 + random.nat(list.length - 1)
    const part = (from: number, to?: number) => ({
      [table]: Array.isArray(content) ? list.slice(from, to) : { ...content, Keys: list.slice(from, to) },
    })
    return {
      transformRequest: (request) => ({ ...request, [member]: part(0, kept) }),
      transformResponse: (answer) => ({ ...answer, [rest]: part(kept) }),
    }
  }

  function faultFor(operation: string, body: Body): readonly [string, RequestAction | undefined] {
    const kind = random.nat(100)
    const controller = WRITES.includes(operation) ? idsIn(body).map((id) => controllers.get(id))[0] : undefined
    if (kind < 3) return ['throttled', refusal(400, 'ProvisionedThroughputExceededException')]
    if (kind < 5) return ['broken', refusal(500, 'InternalServerError')]
    if (kind < 7) return ['dropped before', { drop: 'before' }]
    if (kind < 12) return ['lost answer', { drop: 'after' }]
    if (kind < 18) return ['delayed', { delayMs: 1 + random.nat(20) }]
    if (kind < 21 && controller !== undefined) {
      controller.abort()
      return ['aborted before', { drop: 'before' }]
    }
    if (kind < 24 && controller !== undefined) {
      const transformResponse: RequestAction['transformResponse'] = (answer) => {
        controller.abort()
        return answer
      }
      return ['aborted after', { transformResponse }]
    }
    if (kind < 50 && operation === 'BatchWriteItem') return ['unprocessed', unprocessed('RequestItems', 'UnprocessedItems', body)]
    if (kind < 50 && operation === 'BatchGetItem') return ['unprocessed', unprocessed('RequestItems', 'UnprocessedKeys', body)]
    return ['none', undefined]
  }

  return {
    counts,
    lost,
    controllers,
    onRequest(operation, body) {
      if (marked(body)) throw new Error(`${operation} sends what is to be encrypted`)
      const [name, action] = faultFor(operation, body)
      count(action === undefined ? 'none' : name)
      if (action?.drop === 'after') for (const id of idsIn(body)) lost.add(id)
      return action
    },
  }
}

/** Whether it is one that the faults above lead to, and so does not tell whether the call was done. */
export function isFault(error: Error): boolean {
  const { name } = error
  if (name === 'ItemCryptoError') return 'code' in error && error.code === 'NO_MATERIALS'
  return /^(ProvisionedThroughputExceededException|InternalServerError|TimeoutError|AbortError)$/.test(name)
}

const WRITES = ['PutItem', 'DeleteItem', 'UpdateItem', 'BatchWriteItem', 'TransactWriteItems']

/** The partition keys that a request speaks of. */
function idsIn(body: Body): string[] {
  return [...JSON.stringify(body).matchAll(/(?<="id":\{"S":")[^"]+/g)].map(([id]) => id)
}

function refusal(status: number, __type: string): RequestAction {
  return { respond: { status, body: { __type, message: 'injected' } } }
}
