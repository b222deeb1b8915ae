import { readFileSync } from 'node:fs'
import { encryptorFromConfig } from '@itemseal/cli/config'
import { nodeKeyTools } from '@itemseal/cli/node-keys'
import { itemFromJson, itemToJson, webCrypto } from '@itemseal/core'
import { nobleCrypto } from '@itemseal/noble'
import { nodeCrypto } from '@itemseal/node'
import type { Library, Subject } from '../src/index.ts'
import { nobleKeyTools } from '../src/noble-keys.ts'

export const library: Library = { encryptorFromConfig, itemFromJson, itemToJson }

/** What WebCrypto lacks comes to it from noble: AES with padded key wrap, RSA, SHA-224. */
export const SUBJECTS: Record<string, Subject> = {
  webCrypto: { primitives: webCrypto, tools: nobleKeyTools },
  nodeCrypto: { primitives: nodeCrypto, tools: nodeKeyTools },
  nobleCrypto: { primitives: nobleCrypto, tools: nobleKeyTools },
}

export function json<T>(folder: URL, file: string): T {
  return JSON.parse(readFileSync(new URL(file.replace('file://', ''), folder), 'utf8')) as T
}
