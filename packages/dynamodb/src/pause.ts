/**
 * Waiting that can be called off.
 *
 * @module
 */

/** @throws `AbortError` as the SDK does, with what the signal gives as its reason as `cause`. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw Object.assign(new Error('aborted', { cause: signal.reason }), { name: 'AbortError' })
}

/** Waits so many milliseconds. @throws `AbortError` as soon as the signal says so. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  throwIfAborted(signal)
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal?.addEventListener('abort', end)
  })
  throwIfAborted(signal)
}
