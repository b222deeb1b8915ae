import { expect } from 'vitest'
import { type ErrorCode, ItemCryptoError } from '../../src/errors.ts'

/** What `toThrow` and `rejects` take for an error with this code, and a message with these words. */
export function withCode(code: ErrorCode, words?: string): unknown {
  return expect.objectContaining({ name: 'ItemCryptoError', code, ...(words !== undefined && { message: expect.stringContaining(words) }) })
}

/** The code of the failure; fails if there is none, or if it is not a typed one. */
export async function codeOf(step: () => unknown): Promise<ErrorCode> {
  try {
    await step()
  } catch (error) {
    if (error instanceof ItemCryptoError) return error.code
    throw error
  }
  throw new Error('did not fail')
}
