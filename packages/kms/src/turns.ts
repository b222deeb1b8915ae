/**
 * So many calls at once, and no more: a page of a table may have thousands of items, each of which asks.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import { withDeadline } from './deadline.ts'

/** Runs a step when its turn comes, in the order of the callers; the signals end the waiting. */
export type InTurn = <T>(signals: readonly (AbortSignal | undefined)[], step: () => Promise<T>) => Promise<T>

/** @throws `CONFIGURATION` for a number below one. */
export function turns(atOnce: number): InTurn {
  if (!(atOnce >= 1)) throw new ItemCryptoError('CONFIGURATION', 'KMS client: maxConcurrent is a number of calls')
  const waiting = new Set<() => void>() // in their order
  let running = 0

  function leave(): void {
    running--
    const [next] = waiting
    if (next === undefined) return
    waiting.delete(next)
    running++
    next()
  }

  async function enter(signals: readonly (AbortSignal | undefined)[]): Promise<void> {
    if (running < atOnce) {
      running++
      return
    }
    let begin = () => {}
    const turn = new Promise<void>((resolve) => {
      begin = resolve
    })
    waiting.add(begin)
    try {
      await withDeadline({ timeoutMs: Number.POSITIVE_INFINITY, signals }, () => turn)
    } catch (error) {
      if (!waiting.delete(begin)) leave() // it had just come
      throw error
    }
  }

  return async (signals, step) => {
    await enter(signals)
    try {
      return await step()
    } finally {
      leave()
    }
  }
}
