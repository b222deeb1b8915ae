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
import { concat, toUtf8 } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'
import { allOf, type StructuredPrimitives as Primitives, type SecretKey } from '../primitives.ts'

const TYPE = 2
const TAG = 16
const KEY = 32
const NONCE = 12
const STRIDE = 48 // three blocks of the keystream
const USED = KEY + NONCE
const COUNTER = 'AwsDbeField,\0\0\0\0' // `,` is 44: what is used of a stride

/** A signed attribute: its value, whose content is or becomes ciphertext if the letter is `e`. */
export interface Field {
  readonly path: Uint8Array
  readonly letter: string
  readonly type: Uint8Array
  readonly content: Uint8Array
}

/** All fields, those to encrypt encrypted. @param dataKey imported for HKDF. */
export function encryptFields<T extends Field>(
  p: Primitives,
  dataKey: SecretKey,
  messageId: Uint8Array,
  fields: readonly T[],
): Promise<readonly T[]> {
  return convert(p, 'aesGcmEncrypt', dataKey, messageId, fields)
}

/**
 * The same back. The footer must have been verified before.
 *
 * @throws `NOT_AUTHENTIC` if one of them does not open.
 */
export async function decryptFields<T extends Field>(
  p: Primitives,
  dataKey: SecretKey,
  messageId: Uint8Array,
  fields: readonly T[],
): Promise<readonly T[]> {
  try {
    return await convert(p, 'aesGcmDecrypt', dataKey, messageId, fields)
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

/** The two parts of a value. The type is a copy: no tag covers it, so that what was verified must be what is given out. */
export function parted(bytes: Uint8Array): Pick<Field, 'type' | 'content'> {
  return { type: new Uint8Array(bytes.subarray(0, TYPE)), content: bytes.subarray(TYPE) }
}

async function convert<T extends Field>(
  p: Primitives,
  cipher: 'aesGcmEncrypt' | 'aesGcmDecrypt',
  dataKey: SecretKey,
  messageId: Uint8Array,
  fields: readonly T[],
): Promise<readonly T[]> {
  const secret = fields.filter(isSecret)
  if (secret.length === 0) return fields
  const rootKey = await p.hkdf('SHA-512', dataKey, concat(toUtf8('AWS_DBE_DERIVE_KEY'), messageId), 32)
  const keys = await p.aesCtrKeystream(rootKey, toUtf8(COUNTER), STRIDE * secret.length)
  try {
    const converted = await allOf(secret, ({ path, content }, i) => {
      const at = STRIDE * i
      return p[cipher](keys.subarray(at, at + KEY), keys.subarray(at + KEY, at + USED), path, content)
    })
    let next = 0
    return fields.map((field) => (isSecret(field) ? { ...field, content: converted[next++]! } : field))
  } finally {
    rootKey.fill(0)
    keys.fill(0)
  }
}

function isSecret({ letter }: Field): boolean {
  return letter === 'e'
}
