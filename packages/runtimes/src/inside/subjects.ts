/**
 * The subjects of the suite that need nothing of the runtime but WebCrypto and JavaScript.
 *
 * @module
 */
import { encryptorFromConfig } from '@itemseal/cli/config'
import type { Library, Subject } from '@itemseal/conformance'
import { nobleKeyTools } from '@itemseal/conformance/noble-keys'
import { webKeyTools } from '@itemseal/conformance/web-keys'
import { itemFromJson, itemToJson, webCrypto } from '@itemseal/core'
import { nobleCrypto } from '@itemseal/noble'

export type ProviderName = 'webCrypto' | 'nodeCrypto' | 'nobleCrypto'
export type Subjects = Readonly<Partial<Record<ProviderName, Subject>>>

export const library: Library = { encryptorFromConfig, itemFromJson, itemToJson }

/** What WebCrypto lacks comes to its keys from noble: AES with padded key wrap, some paddings of RSA, SHA-224. */
export const SUBJECTS: Subjects = {
  webCrypto: { primitives: webCrypto, tools: webKeyTools },
  nobleCrypto: { primitives: nobleCrypto, tools: nobleKeyTools },
}
