/**
 * One signal out of a time limit and the signals of whoever may call it off.
 *
 * @module
 */
import { kmsError } from './failure.ts'

const MAX_DELAY_MS = 2 ** 31 - 1 // a timer that is to wait longer does not wait at all

export interface Deadline {
  readonly timeoutMs: number
  readonly signals: readonly (AbortSignal | undefined)[]
}

/**
 * Runs with a signal that fires when the time is over or one of the signals does. Whether `run` heeds it or not, this is over
 * then. `AbortSignal.any` is not everywhere yet.
 */
export async function withDeadline<T>({ timeoutMs, signals }: Deadline, run: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const undo: (() => void)[] = []
  const over = new Promise<never>((_, reject) => {
    const stop = (error: Error) => {
      reject(error)
      controller.abort(error)
    }
    const timer = setTimeout(() => stop(kmsError('KmsTimeout', 'no answer in time')), Math.min(timeoutMs, MAX_DELAY_MS))
    undo.push(() => clearTimeout(timer))
    for (const signal of signals) {
      const abort = () => stop(kmsError('AbortError', 'the call was aborted'))
      if (signal?.aborted) abort()
      signal?.addEventListener('abort', abort)
      undo.push(() => signal?.removeEventListener('abort', abort))
    }
  })
  try {
    over.catch(() => {}) // it is heard of below, unless the signal had fired before
    if (controller.signal.aborted) return await over
    return await Promise.race([run(controller.signal), over])
  } finally {
    for (const step of undo) step()
  }
}
