/**
 * Names of raw keys, by which a keyring knows its own encrypted data keys.
 *
 * @module
 */
import { toUtf8 } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'

/** Both are stored with every item; the key is asked for by both. */
export interface RawKeyName {
  /** Whose names these are: any text but `aws-kms`. Stored with every item, as is the name. */
  readonly namespace: string
  readonly name: string
}

/** The name's bytes. @throws `CONFIGURATION` for what cannot be stored, or is reserved. */
export function rawKeyName({ namespace, name }: RawKeyName): Uint8Array {
  if (namespace === 'aws-kms') throw new ItemCryptoError('CONFIGURATION', 'namespace aws-kms is reserved')
  checked('namespace', namespace)
  return checked('name', name)
}

function checked(title: string, text: string): Uint8Array {
  const bytes = typeof text === 'string' ? toUtf8(text) : undefined
  if (bytes === undefined || bytes.length > 0xffff)
    throw new ItemCryptoError('CONFIGURATION', `${title} of the key: up to 65 535 bytes of text`)
  return bytes
}
