/**
 * The header of an item, attribute `aws_dbe_head` (structured-item-format, section 7).
 *
 *     version        uint8: 1, or 2 if some attribute is in the encryption context by its action
 *     flavor         uint8: 0 or 1, the low byte of the suite
 *     message id     32 bytes, random
 *     legend         a uint16 length, then a byte per signed attribute in canonical order: `e`, `s` or `c`
 *     context        that part of the encryption context which the reader cannot know
 *     data keys      encrypted
 *     commitment     32 bytes: HMAC-SHA-512, cut, of all before it
 *
 * The commitment is under a key derived from the data key: it ties header and data key to each other.
 *
 * @module
 */
import { concat, toUtf8, uint } from '../bytes.ts'
import { Cursor } from '../cursor.ts'
import { ItemCryptoError } from '../errors.ts'
import { type EncryptedDataKey, parseDataKeys, serializeDataKeys } from '../materials/encrypted-data-key.ts'
import { type EncryptionContext, parseContext, serializeContext } from '../materials/encryption-context.ts'
import type { AlgorithmSuiteId } from '../materials/suites.ts'
import type { StructuredPrimitives as Primitives, SecretKey } from '../primitives.ts'

/** Name of the attribute. */
export const HEADER = 'aws_dbe_head'
/** Names that begin so are the format's own. */
export const RESERVED_PREFIX = 'aws_dbe_'

/** They have one layout and differ in the encryption context (`context.ts`). */
export type HeaderVersion = 1 | 2

/** What the commitment covers. */
export interface Header {
  readonly version: HeaderVersion
  readonly suite: AlgorithmSuiteId
  readonly messageId: Uint8Array
  readonly legend: string
  readonly encryptionContext: EncryptionContext
  readonly encryptedDataKeys: readonly EncryptedDataKey[]
}

/** A header that was read; its commitment is still to be checked. */
export interface ParsedHeader extends Header {
  readonly commitment: Uint8Array
}

/** Bytes of a message id. */
export const MESSAGE_ID = 32
/** Bytes of a commitment. */
export const COMMITMENT = 32
const MAX_SIGNED = 0xffff
const FLAVORS: readonly AlgorithmSuiteId[] = ['0x6700', '0x6701']

/** All but the commitment. @throws `MALFORMED` for more than 65 535 signed attributes. */
export function serializeHeader({ version, suite, messageId, legend, encryptionContext, encryptedDataKeys }: Header): Uint8Array {
  if (legend.length > MAX_SIGNED) throw new ItemCryptoError('MALFORMED', 'too many attributes')
  return concat(
    Uint8Array.of(version, FLAVORS.indexOf(suite)),
    messageId,
    uint(legend.length, 2),
    toUtf8(legend),
    serializeContext(encryptionContext),
    serializeDataKeys(encryptedDataKeys),
  )
}

/** Commitment included. Nothing of it is confirmed yet. */
export function parseHeader(bytes: Uint8Array): ParsedHeader {
  const cursor = new Cursor(bytes, HEADER)
  const version = cursor.uint(1)
  if (version !== 1 && version !== 2) return cursor.fail('has an unknown version')
  const suite = FLAVORS[cursor.uint(1)] ?? cursor.fail('has an unknown flavor')
  const messageId = new Uint8Array(cursor.bytes(MESSAGE_ID))
  const legend = cursor.text(cursor.uint(2))
  if (!/^[esc]*$/.test(legend)) cursor.fail('has an unknown action in its legend')
  const encryptionContext = parseContext(cursor)
  const encryptedDataKeys = parseDataKeys(cursor)
  const commitment = new Uint8Array(cursor.bytes(COMMITMENT))
  cursor.end()
  return { version, suite, messageId, legend, encryptionContext, encryptedDataKeys, commitment }
}

/** @param dataKey imported for HKDF. */
export async function commit(p: Primitives, dataKey: SecretKey, messageId: Uint8Array, header: Uint8Array): Promise<Uint8Array> {
  const key = await p.hkdf('SHA-512', dataKey, concat(toUtf8('AWS_DBE_COMMIT_KEY'), messageId), 32)
  return (await p.hmac('SHA-512', key, header)).slice(0, COMMITMENT)
}
