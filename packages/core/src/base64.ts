/**
 * Base64, RFC 4648 section 4. Formats and JSON carry it as text; inside the core there are only bytes.
 *
 * @module
 */
import { ItemCryptoError } from './errors.ts'

const STRICT = /^(?:[a-z\d+/]{4})*(?:[a-z\d+/]{2}==|[a-z\d+/]{3}=)?$/i
const CHUNK = 8192 // arguments of one call

/** With padding, and the letters of RFC 4648, section 4. */
export function toBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let i = 0; i < bytes.length; i += CHUNK) binary += String.fromCharCode(...bytes.subarray(i, i + CHUNK))
  return btoa(binary)
}

/** @throws `MALFORMED` for anything but the standard alphabet with its padding. */
export function fromBase64(text: string): Uint8Array {
  if (!STRICT.test(text)) throw new ItemCryptoError('MALFORMED', 'not base64')
  return decode(text)
}

/** As MIME readers do: passes over every character outside the alphabet, missing padding included. */
export function fromLenientBase64(text: string): Uint8Array {
  const symbols = text.replace(/[^a-z\d+/]/gi, '')
  if (symbols.length % 4 === 1) throw new ItemCryptoError('MALFORMED', 'not base64')
  return decode(symbols)
}

function decode(symbols: string): Uint8Array {
  const binary = atob(symbols)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}
