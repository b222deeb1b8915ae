/**
 * What was asked of KMS: for metrics, spans and logs. Holds no plaintext, no ciphertext and no encryption context.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import type { KmsCallOptions } from './client.ts'

/** One call of KMS, with all its attempts, when it is over. */
export interface KmsEvent {
  /** Such as `GenerateDataKey`. */
  readonly operation: string
  /** As it was asked for; if it was not, as KMS answered. */
  readonly keyId?: string
  /** Milliseconds. */
  readonly duration: number
  /** What KMS calls the failure, such as `AccessDeniedException`; else its code, or the error's name. */
  readonly error?: string
}

type Call = (input: { readonly KeyId?: string }, options?: KmsCallOptions) => Promise<{ readonly KeyId?: string | undefined }>

/**
 * A client of KMS that tells of each call when it is over, also if it failed. What the receiver throws, or rejects with,
 * disturbs nobody.
 *
 * @example
 * const client = observedKmsClient(fetchKmsClient({ region, credentials }), ({ operation, duration }) => latency.record(duration, { operation }))
 */
export function observedKmsClient<Client extends object>(
  client: Client,
  onEvent: (event: KmsEvent) => unknown,
  now: () => number = () => performance.now(),
): Client {
  function observed(name: string, call: Call): Call {
    const operation = name[0]!.toUpperCase() + name.slice(1) // methods are named after operations
    return async (input, options) => {
      const start = now()
      const done = (keyId: string | undefined, error?: string) =>
        tell(onEvent, { operation, ...(keyId !== undefined && { keyId }), duration: now() - start, ...(error !== undefined && { error }) })
      try {
        const output = await call.call(client, input, options)
        done(input.KeyId ?? output.KeyId)
        return output
      } catch (error) {
        done(input.KeyId, nameOf(error))
        throw error
      }
    }
  }
  // Before a likeness: of a frozen client, a proxy could not give other methods than its own.
  return new Proxy(Object.setPrototypeOf({ ...client }, client) as Client, {
    get(_, name) {
      const member: unknown = Reflect.get(client, name, client)
      return typeof member === 'function' && typeof name === 'string' ? observed(name, member as Call) : member
    },
    set: (_, name, value) => Reflect.set(client, name, value),
  })
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  if (error.cause instanceof Error && error.cause.name !== 'Error') return error.cause.name
  return error instanceof ItemCryptoError ? error.code : error.name
}

function tell(onEvent: (event: KmsEvent) => unknown, event: KmsEvent): void {
  try {
    Promise.resolve(onEvent(event)).catch(() => {})
  } catch {} // the call is as it is
}
