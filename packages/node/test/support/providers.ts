import { type Primitives, webCrypto } from '@itemseal/core'
import { nobleCrypto } from '@itemseal/noble'
import { nodeCrypto } from '../../src/index.ts'

/** The three that must agree; the first is the one to compare with. */
export const PROVIDERS: Readonly<Record<string, Primitives>> = { webCrypto, nobleCrypto, nodeCrypto }

/** Those that are ours here, and synchronous. */
export const SYNCHRONOUS: Readonly<Record<string, Primitives>> = { nobleCrypto, nodeCrypto }

export const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'))

/** Runs a step, whether it throws or rejects. */
export const attempt = async <T>(step: () => T | Promise<T>): Promise<T> => step()
