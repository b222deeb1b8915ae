/**
 * What runtimes are known to lack. A case that needs such a thing must be refused there with the error that says so; anything
 * else that does not pass, and anything here that passes after all, is a failure.
 *
 * @module
 */
import type { Capability } from '@itemseal/conformance'
import type { ProviderName } from './inside/subjects.ts'

/** What, and how many of the cases of the project's own vectors show it. */
export interface Lack {
  readonly capability: Capability
  readonly cases: number
}

/** By runtime and provider. */
export const LACKS: Readonly<Record<string, Readonly<Partial<Record<ProviderName, readonly Lack[]>>>>> = {
  chromium: { webCrypto: [{ capability: 'AES-192', cases: 219 }] },
}
