/**
 * The one error of this library.
 *
 * @module
 */

/** What went wrong. Stable: branch on this, never on the message. */
export type ErrorCode =
  /** The caller asks for something impossible or forbidden. */
  | 'CONFIGURATION'
  /** Bytes, text or an item that are not what they should be. */
  | 'MALFORMED'
  /** A signature, tag or commitment does not match, or is not there. */
  | 'NOT_AUTHENTIC'
  /** Nobody could give a key for this item; see `cause`. */
  | 'NO_MATERIALS'
  /** A version or algorithm that is not implemented, or not allowed, here. */
  | 'UNSUPPORTED'

/**
 * Every failure of this library. Its message is a fragment that names the attribute or structure concerned; it never
 * holds a key, a plaintext or a value of an item.
 */
export class ItemCryptoError extends Error {
  override readonly name = 'ItemCryptoError'
  declare readonly code: ErrorCode

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** Runs a step on one attribute, so that its failure names the attribute. */
export function inAttribute<T>(name: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    if (!(error instanceof ItemCryptoError)) throw error
    throw new ItemCryptoError(error.code, `${attribute(name)}: ${error.message}`, { cause: error.cause })
  }
}

/** A name as messages have it. */
export function attribute(name: string): string {
  return `attribute ${JSON.stringify(name)}`
}

/** What is no error of ours becomes the cause of this one. */
export async function failingAs<T>(code: ErrorCode, message: string, step: () => T | Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof ItemCryptoError) throw cause
    throw new ItemCryptoError(code, message, { cause })
  }
}
