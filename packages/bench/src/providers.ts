/**
 * What encryptors are measured over.
 *
 * @module
 */
import { type Primitives, webCrypto } from '@itemseal/core'
import { nobleCrypto } from '@itemseal/noble'
import { nodeCrypto } from '@itemseal/node'
import { mixed } from './mixed.ts'

export const PROVIDERS: Readonly<Record<string, Primitives>> = { webCrypto, nodeCrypto, nobleCrypto, mixed: mixed(webCrypto) }
