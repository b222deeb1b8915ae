/**
 * From a failure of KMS, or on the way to it, to the one error of this library.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'

/**
 * What KMS or the network said: the `cause` of a `NO_MATERIALS`. Its `name` is that of the service's error, such as
 * `AccessDeniedException`. It carries none of the marks by which an SDK client decides to try again: such a client may be
 * the one in which an item is being encrypted, and KMS has been tried often enough by then.
 */
export interface KmsError extends Error {
  /** Of HTTP, if there was an answer. */
  readonly status?: number
  readonly requestId?: string
}

export function kmsError(name: string, message: string, facts: { status?: number; requestId?: string } = {}): KmsError {
  return Object.assign(new Error(message), { name, ...facts })
}

const MARKING_NAME = /^(TypeError|TimeoutError|RequestTimeout|RequestTimeoutException)$/ // SDK clients look down the causes for these
/** In place of those that are not to be passed on. */
const MESSAGES: Readonly<Record<string, string>> = {
  InvalidSignatureException: 'the signature is not accepted; is the clock right?', // "Signature expired" is a mark too
  SyntaxError: 'the answer is not JSON', // engines quote what they did not understand: there may be a key in it
}
const NAME = /^\w{1,64}$/ // it comes from outside, and the message may go into a log

/** @param operation as KMS calls it. */
export function kmsFailure(operation: string, cause: unknown): ItemCryptoError {
  if (cause instanceof ItemCryptoError && cause.code === 'NO_MATERIALS') return cause
  const error = withoutMarks(cause)
  return new ItemCryptoError('NO_MATERIALS', `KMS ${operation} failed: ${NAME.test(error.name) ? error.name : 'Error'}`, { cause: error })
}

function withoutMarks(error: unknown): KmsError {
  if (!(error instanceof Error)) return kmsError('Error', 'what was thrown is no error')
  const { $metadata, status = $metadata?.httpStatusCode, requestId = $metadata?.requestId } = error as Marked
  const name = MARKING_NAME.test(error.name) ? 'KmsUnreachable' : error.name
  const message = Object.hasOwn(MESSAGES, name) ? MESSAGES[name]! : error.message
  return kmsError(name, message, { ...(status !== undefined && { status }), ...(requestId !== undefined && { requestId }) })
}

/** An error of the SDK, or one of ours. */
interface Marked extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly status?: number
  readonly requestId?: string
}
