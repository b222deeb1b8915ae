import type { ErrorCode } from '@itemseal/core'
import { expect } from 'vitest'

/** What `toThrow` takes for an error with this code, and a message with these words. */
export function withCode(code: ErrorCode, words?: string): unknown {
  return expect.objectContaining({ name: 'ItemCryptoError', code, ...(words !== undefined && { message: expect.stringContaining(words) }) })
}
