/**
 * The window a test has on the wire: it sees each request, and may have the service misbehave.
 *
 * @module
 */
import { KmsFailure } from './wire.ts'

/** A request as it crossed the wire, its signature verified, before anything is done with it. */
export interface LocalKmsRequest {
  /** The operation, such as `Decrypt`. */
  readonly operation: string
  /** The Region for which it is signed. */
  readonly region: string
  /** The parsed JSON body, exactly as the client sent it. Do not change it. */
  readonly body: Readonly<Record<string, unknown>>
  /** How many requests of this operation came before it. */
  readonly index: number
}

/** An error to answer with. */
export interface LocalKmsFailure {
  readonly type: string
  /** By default 400. */
  readonly status?: number
  readonly message?: string
}

/** What to do with a request instead of just executing it. The members combine, in this order: wait, drop, fail, execute, change. */
export interface LocalKmsAction {
  /** Wait that long before anything else. Other requests are served meanwhile. */
  readonly delayMs?: number
  /** Close the connection without an answer: before the request is executed, or after. */
  readonly drop?: 'before' | 'after'
  /** Answer with this error, such as `THROTTLED`, and do not execute. */
  readonly fail?: LocalKmsFailure
  /** Answer with what this returns in place of the body of a successful answer. */
  readonly transformResponse?: (body: Readonly<Record<string, unknown>>) => unknown
}

/**
 * Called once for each request, in order of arrival.
 *
 * @example
 * // The first decryption is throttled.
 * const onRequest: LocalKmsHook = ({ operation, index }) => (operation === 'Decrypt' && index === 0 ? { fail: THROTTLED } : undefined)
 */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook that only looks has no return statement
export type LocalKmsHook = (request: LocalKmsRequest) => LocalKmsAction | void | Promise<LocalKmsAction | void>

/** As KMS answers when there are too many requests. */
export const THROTTLED: { readonly type: string; readonly status: number } = { type: 'ThrottlingException', status: 400 }
/** As KMS answers when it is in trouble itself. */
export const INTERNAL: { readonly type: string; readonly status: number } = { type: 'KMSInternalException', status: 500 }

export function failureOf({ type, status = 400, message = 'as the test wants it' }: LocalKmsFailure): KmsFailure {
  return new KmsFailure(type, message, status)
}
