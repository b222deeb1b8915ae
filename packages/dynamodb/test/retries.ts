/** Retry strategies for clients that do not wait between attempts. */

/** For the options of a client: that many attempts. */
export function quickRetries(attempts: number) {
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

function token(count: number) {
  return { getRetryCount: () => count, getRetryDelay: () => 0 }
}
