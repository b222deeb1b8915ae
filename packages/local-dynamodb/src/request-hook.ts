/**
 * The window a test has on the wire: it sees each request, and may have the server misbehave.
 *
 * @module
 */
import type { Json } from './wire.ts'

/** A request as it crossed the wire, before anything is done with it. */
export interface LocalRequest {
  /** The operation, such as `PutItem`. */
  readonly operation: string
  /** The parsed JSON body, exactly as the client sent it: table ARNs are not yet resolved. Do not change it. */
  readonly body: unknown
}

/**
 * What to do with a request instead of just executing it. The members combine, in this order: wait, drop, answer;
 * otherwise change the request, execute, then drop or change the answer. `{}` and nothing mean: execute as usual.
 *
 * @example
 * // The second write of each batch comes back unprocessed, and really is not executed.
 * const onRequest: RequestHook = ({ operation, body }) => {
 *   if (operation !== 'BatchWriteItem') return
 *   const [first, ...others] = (body as BatchWriteItemInput).RequestItems!.people!
 *   return {
 *     transformRequest: (request) => ({ ...request, RequestItems: { people: [first] } }),
 *     transformResponse: (response) => ({ ...response, UnprocessedItems: { people: others } }),
 *   }
 * }
 */
export interface RequestAction {
  /** Wait that long before anything else. Other requests are served meanwhile, so they can overtake this one. */
  readonly delayMs?: number
  /**
   * Close the connection without an answer: `before`, the request is not executed; `after`, it is executed and only the
   * answer is lost, as when the network breaks after a write is committed. Mind that SDK clients then try again.
   */
  readonly drop?: 'before' | 'after'
  /** Answer with this and do not execute. An error is `{ status: 400, body: { __type: 'SomeException', message: '…' } }`. */
  readonly respond?: { readonly status: number; readonly body: unknown }
  /** Execute what this returns in place of the client's body. */
  readonly transformRequest?: (body: Json) => Json
  /** Answer with what this returns in place of the body of a successful answer; errors are passed on unchanged. */
  readonly transformResponse?: (body: Json) => Json
}

/**
 * Called once for each request, in order of arrival; the requests of which a transaction is made inside the server are not
 * seen. When it throws, the client gets a `LocalDynamoDbFailure` (status 400, so it is not tried again) with the message:
 * an assertion in a hook fails the call that was made.
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks has no return statement
export type RequestHook = (request: LocalRequest) => RequestAction | void | Promise<RequestAction | void>
