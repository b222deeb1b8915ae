/**
 * Encrypted fields: the keys of an item's, and their ciphertexts (structured-item-format, section 8).
 *
 *     stored     type of the value (2 bytes, in clear), ciphertext, tag (16)
 *
 * The i-th encrypted field in canonical order has the i-th 48 bytes of one AES-CTR keystream: 32 of key, 12 of nonce, 4 unused.
 *
 * @module
 */
import { type AttributeValue, typed } from '../attribute-value.ts'
import { concat, toUtf8, uint32 } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'
import type { StructuredPrimitives as Primitives, SecretKey } from '../primitives.ts'

const TYPE = 2
const TAG = 16
const KEY = 32
const NONCE = 12
const STRIDE = 48 // three blocks of the keystream
const USED = KEY + NONCE

/** A value to encrypt or decrypt, its type in front. */
export interface Field {
  readonly path: Uint8Array
  readonly bytes: Uint8Array
}

type Cipher = (key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, data: Uint8Array) => Uint8Array | Promise<Uint8Array>

/** The i-th result belongs to the i-th field. @param dataKey imported for HKDF. */
export function encryptFields(p: Primitives, dataKey: SecretKey, messageId: Uint8Array, fields: readonly Field[]): Promise<Uint8Array[]> {
  return convert(p, dataKey, messageId, fields, (...data) => p.aesGcmEncrypt(...data))
}

/**
 * The same back. The footer must have been verified before.
 *
 * @throws `NOT_AUTHENTIC` if one of them does not open.
 */
export async function decryptFields(
  p: Primitives,
  dataKey: SecretKey,
  messageId: Uint8Array,
  fields: readonly Field[],
): Promise<Uint8Array[]> {
  try {
    return await convert(p, dataKey, messageId, fields, (...data) => p.aesGcmDecrypt(...data))
  } catch (cause) {
    throw new ItemCryptoError('NOT_AUTHENTIC', 'encrypted attributes: not of this key', { cause })
  }
}

/** The stored bytes of an encrypted field. @throws `MALFORMED` for what cannot be one. */
export function storedBytes(value: AttributeValue): Uint8Array {
  const [type, content] = typed(value)
  if (type !== 'B' || content.length < TYPE + TAG) throw new ItemCryptoError('MALFORMED', 'not an encrypted value')
  return content
}

async function convert(
  p: Primitives,
  dataKey: SecretKey,
  messageId: Uint8Array,
  fields: readonly Field[],
  cipher: Cipher,
): Promise<Uint8Array[]> {
  if (fields.length === 0) return []
  const rootKey = await p.hkdf('SHA-512', dataKey, concat(toUtf8('AWS_DBE_DERIVE_KEY'), messageId), 32)
  const keys = await p.aesCtrKeystream(rootKey, concat(toUtf8('AwsDbeField'), Uint8Array.of(USED), uint32(0)), STRIDE * fields.length)
  try {
    const converted = await Promise.all(
      fields.map(async ({ path, bytes }, i) => {
        const key = keys.subarray(STRIDE * i, STRIDE * i + KEY)
        const nonce = keys.subarray(STRIDE * i + KEY, STRIDE * i + USED)
        return cipher(key, nonce, path, bytes.subarray(TYPE))
      }),
    )
    return converted.map((result, i) => concat(fields[i]!.bytes.subarray(0, TYPE), result))
  } finally {
    rootKey.fill(0)
    keys.fill(0)
  }
}
