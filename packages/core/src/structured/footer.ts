/**
 * The footer of an item, attribute `aws_dbe_foot`, and what it signs (structured-item-format, section 9).
 *
 *     tag*        48 bytes for each encrypted data key: HMAC-SHA-384 of the hash, under that key's signing key
 *     signature   103 bytes with a suite of signature, DER: ECDSA over P-384 of the hash
 *
 * The hash is SHA-384 of the record:
 *
 *     header      with its commitment
 *     context     a uint64 length, then the whole encryption context
 *     field*      of each signed attribute in canonical order:
 *       path      canonical
 *       length    uint64: of the value without its type
 *       marker    `ENCRYPTED` or `PLAINTEXT`
 *       value     its type, then as it is stored if encrypted, as bytes (`value.ts`) if not
 *
 * @module
 */
import { concat, constantTimeEqual, toUtf8, uint64 } from '../bytes.ts'
import { Cursor } from '../cursor.ts'
import { fromBigInt, toBigInt } from '../ec-point.ts'
import { derFromRaw, rawFromDer } from '../ecdsa-encoding.ts'
import { ItemCryptoError } from '../errors.ts'
import { type EncryptionContext, serializeContext } from '../materials/encryption-context.ts'
import type { DecryptionMaterials, EncryptionMaterials } from '../materials/materials.ts'
import type { StructuredPrimitives as Primitives, SecretKey } from '../primitives.ts'

/** Name of the attribute. */
export const FOOTER = 'aws_dbe_foot'

/** What proves an item to be that of its header. */
export interface Footer {
  readonly tags: readonly Uint8Array[]
  /** r‖s; missing with a suite without. */
  readonly signature?: Uint8Array
}

/** A signed attribute: its value, type in front, and whether that is ciphertext. */
export interface SignedField {
  readonly path: Uint8Array
  readonly encrypted: boolean
  readonly bytes: Uint8Array
}

const TYPE = 2
const TAG = 48
const SIGNATURE = 103
const CURVE = 'P-384'
const ORDER = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n
const TRIES = 64 // one in some hundred needs a second

/** @param dataKeys how many encrypted data keys the header has. */
export function parseFooter(bytes: Uint8Array, dataKeys: number, signed: boolean): Footer {
  const cursor = new Cursor(bytes, FOOTER)
  const tags = Array.from({ length: dataKeys }, () => cursor.bytes(TAG))
  const signature = signed && rawFromDer(cursor.bytes(SIGNATURE), CURVE)
  cursor.end()
  return { tags, ...(signature && { signature }) }
}

/** The hash that tags and signature are made of. */
export async function recordHash(
  p: Primitives,
  header: Uint8Array,
  context: EncryptionContext,
  fields: readonly SignedField[],
): Promise<Uint8Array> {
  const pairs = serializeContext(context)
  const rest = fields.flatMap(({ path, encrypted, bytes }) => [
    path,
    uint64(bytes.length - TYPE),
    toUtf8(encrypted ? 'ENCRYPTED' : 'PLAINTEXT'),
    bytes,
  ])
  return p.digest('SHA-384', concat(header, uint64(pairs.length), pairs, ...rest))
}

/** Makes the footer. */
export async function sign(
  p: Primitives,
  { symmetricSigningKeys, signingKey }: EncryptionMaterials<SecretKey>,
  hash: Uint8Array,
): Promise<Uint8Array> {
  const tags = symmetricSigningKeys.map(async (key) => p.hmac('SHA-384', key, hash))
  return concat(...(await Promise.all([...tags, ...(signingKey === undefined ? [] : [ecdsa(p, signingKey, hash)])])))
}

/** Whether a tag and, with a suite of signature, the signature are of this hash. */
export async function verify(
  p: Primitives,
  { symmetricSigningKey, verificationKey }: DecryptionMaterials<SecretKey>,
  hash: Uint8Array,
  { tags, signature }: Footer,
): Promise<boolean> {
  const [tag, signed] = await Promise.all([
    p.hmac('SHA-384', symmetricSigningKey!, hash), // materials without one have been refused
    verificationKey === undefined || (signature !== undefined && p.ecdsaVerify(CURVE, verificationKey, signature, hash)),
  ])
  const matches = tags.filter((stored) => constantTimeEqual(stored, tag))
  return matches.length > 0 && signed
}

/** Readers know the footer's parts by its length: s and n − s are both right, and one of them nearly always fits. */
async function ecdsa(p: Primitives, signingKey: SecretKey, hash: Uint8Array): Promise<Uint8Array> {
  for (let i = 0; i < TRIES; i++) {
    const signature = await p.ecdsaSign(CURVE, signingKey, hash)
    const half = signature.length / 2
    const negated = fromBigInt(ORDER - toBigInt(signature.subarray(half)), half)
    for (const raw of [signature, concat(signature.subarray(0, half), negated)]) {
      const der = derFromRaw(raw)
      if (der.length === SIGNATURE) return der
    }
  }
  throw new ItemCryptoError('UNSUPPORTED', 'no ECDSA signature fits')
}
