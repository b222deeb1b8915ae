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
import { concat, constantTimeEqual, Writer } from '../bytes.ts'
import { Cursor, times } from '../cursor.ts'
import { fromBigInt, toBigInt } from '../ec-point.ts'
import { derFromRaw, rawFromDer } from '../ecdsa-encoding.ts'
import { type EncryptionContext, serializeContext } from '../materials/encryption-context.ts'
import type { DecryptionMaterials, EncryptionMaterials } from '../materials/materials.ts'
import type { StructuredPrimitives as Primitives, SecretKey } from '../primitives.ts'
import type { Field } from './fields.ts'

/** Name of the attribute. */
export const FOOTER = 'aws_dbe_foot'

/** What proves an item to be that of its header. */
export interface Footer {
  readonly tags: readonly Uint8Array[]
  /** r‖s; missing with a suite without. */
  readonly signature?: Uint8Array
}

const LENGTH = 8
const OVERHEAD = 19 // length, marker and type of a field
const TAG = 48
const SIGNATURE = 103
const CURVE = 'P-384'
const ORDER = 0xffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973n

/** @param dataKeys how many encrypted data keys the header has. */
export function parseFooter(bytes: Uint8Array, dataKeys: number, signed: boolean): Footer {
  const cursor = new Cursor(bytes, FOOTER)
  const tags = times(dataKeys, () => cursor.bytes(TAG))
  const signature = signed && rawFromDer(cursor.bytes(SIGNATURE), CURVE)
  cursor.end()
  return { tags, ...(signature && { signature }) }
}

/** The hash that tags and signature are made of; the fields as they are stored. */
export async function recordHash(
  p: Primitives,
  header: Uint8Array,
  context: EncryptionContext,
  fields: readonly Field[],
): Promise<Uint8Array> {
  const inContext = serializeContext(context)
  const writer = new Writer(
    fields.reduce((sum, { path, content }) => sum + path.length + content.length + OVERHEAD, header.length + LENGTH + inContext.length),
  )
  writer.bytes(header)
  writer.bytes(inContext, LENGTH)
  for (const { path, letter, content, type } of fields) {
    writer.bytes(path)
    writer.uint(content.length, LENGTH)
    writer.text(letter === 'e' ? 'ENCRYPTED' : 'PLAINTEXT')
    writer.bytes(type)
    writer.bytes(content)
  }
  return p.digest('SHA-384', writer.view())
}

/** Makes the footer; `undefined` if the signature does not fit. Another of the same hash may not either: engines may be deterministic. */
export async function sign(
  p: Primitives,
  { symmetricSigningKeys, signingKey }: EncryptionMaterials<SecretKey>,
  hash: Uint8Array,
): Promise<Uint8Array | undefined> {
  const tags = await Promise.all(symmetricSigningKeys.map((key) => p.hmac('SHA-384', key, hash)))
  if (!signingKey) return concat(...tags)
  const signature = fitting(await p.ecdsaSign(CURVE, signingKey, hash))
  return signature && concat(...tags, signature)
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
    !verificationKey || (!!signature && p.ecdsaVerify(CURVE, verificationKey, signature, hash)),
  ])
  return tags.some((stored) => constantTimeEqual(stored, tag)) && signed
}

/** As DER. Readers know the footer's parts by its length: s and n − s are both right, and one of them nearly always fits. */
function fitting(signature: Uint8Array): Uint8Array | undefined {
  const half = signature.length / 2
  const negated = fromBigInt(ORDER - toBigInt(signature.subarray(half)), half)
  return [signature, concat(signature.subarray(0, half), negated)].map(derFromRaw).find(({ length }) => length === SIGNATURE)
}
