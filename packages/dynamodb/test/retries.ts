/** A retry strategy for clients that wait little between attempts, or not at all. */

/** For the options of a client: that many attempts, and milliseconds between them. */
export function quickRetries(attempts: number, delay = 0) {
  const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => delay })
  return {
    retryStrategy: {
      acquireInitialRetryToken: async () => token(0),
      async refreshRetryTokenForRetry(given: { getRetryCount(): number }, { errorType }: { readonly errorType: string }) {
        // As the SDK's own ones: whatever else fails must not be done again.
        if (given.getRetryCount() >= attempts - 1 || !['TRANSIENT', 'THROTTLING'].includes(errorType)) throw new Error('enough')
        return token(given.getRetryCount() + 1)
      },
      recordSuccess() {},
    },
  }
}
