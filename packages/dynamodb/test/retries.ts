/** A retry strategy for clients that wait little between attempts, or not at all. */

/** For the options of a client: that many attempts, and milliseconds between them. */
export function quickRetries(attempts: number, delay = 0) {
  const token = (count: number) => ({ getRetryCount: () => count, getRetryDelay: () => delay })
  return {
    retryStrategy: {
      acquireInitialRetryToken: async () => token(0),
      async refreshRetryTokenForRetry(given: { getRetryCount(): number }) {
        if (given.getRetryCount() >= attempts - 1) throw new Error('enough')
        return token(given.getRetryCount() + 1)
      },
      recordSuccess() {},
    },
  }
}
