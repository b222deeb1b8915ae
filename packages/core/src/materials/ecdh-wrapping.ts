/**
 * Data keys under a secret that two key pairs share: the part that is the same wherever the private key lives
 * (materials-and-keyrings, 2.3).
 *
 *     provider info    01
 *                      recipient: a uint32 length and the compressed point
 *                      sender: the same
 *     wrapped key      salt        32 bytes
 *                      commitment  32 bytes of derived key
 *                      the key     AES-256-GCM under the next 32
 *
 * @module
 */
import { concat, constantTimeEqual, toUtf8, uint } from '../bytes.ts'
import { Cursor } from '../cursor.ts'
import { CURVE_BYTES } from '../ecdsa-encoding.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Curve, StructuredPrimitives } from '../primitives.ts'
import { counterKdf } from './counter-kdf.ts'
import { contextAad, type EncryptionContext } from './encryption-context.ts'

/** Public keys as compressed points. */
export interface EcdhParties {
  readonly sender: Uint8Array
  readonly recipient: Uint8Array
}

/** Either side may hold its private key in KMS, so that ECDH keyrings open the data keys of both kinds. */
export const ECDH_PROVIDERS: readonly string[] = ['raw-ecdh', 'aws-kms-ecdh']

const VERSION = 1
const PART = 32 // the salt, the commitment and the wrapping key
const IV = /* @__PURE__ */ new Uint8Array(12) // each wrapping key is used once

/** The provider info of an encrypted data key. */
export function serializeEcdhInfo({ sender, recipient }: EcdhParties): Uint8Array {
  return concat(uint(VERSION, 1), uint(recipient.length, 4), recipient, uint(sender.length, 4), sender)
}

/** `undefined` for well-formed keys of another curve. @throws `MALFORMED` for what is not the info of ECDH. */
export function parseEcdhInfo(curve: Curve, info: Uint8Array): EcdhParties | undefined {
  const cursor = new Cursor(info, 'provider info of ECDH')
  if (cursor.uint(1) !== VERSION) cursor.fail('has an unknown version')
  const recipient = cursor.bytes()
  const sender = cursor.bytes()
  cursor.end()
  if (recipient.length !== sender.length || !Object.values(CURVE_BYTES).includes(recipient.length - 1)) cursor.fail('holds no two points')
  return recipient.length === 1 + CURVE_BYTES[curve] ? { sender, recipient } : undefined
}

/** What the secret of one agreement wraps and unwraps. The secret is overwritten when it has served. */
export interface EcdhAgreement {
  readonly curve: Curve
  readonly parties: EcdhParties
  readonly secret: Uint8Array
}

/** Wraps a key under a salt of its own. */
export async function wrapUnderEcdh(
  p: StructuredPrimitives,
  agreement: EcdhAgreement,
  context: EncryptionContext,
  key: Uint8Array,
): Promise<Uint8Array> {
  const salt = p.randomBytes(PART)
  const { info, commitment, wrappingKey } = await derive(p, agreement, context, salt)
  return concat(salt, commitment, await p.aesGcmEncrypt(wrappingKey, IV, info, key))
}

/** @throws `NOT_AUTHENTIC` if the secret is not that of the wrapped key. */
export async function unwrapUnderEcdh(
  p: StructuredPrimitives,
  agreement: EcdhAgreement,
  context: EncryptionContext,
  wrapped: Uint8Array,
): Promise<Uint8Array> {
  const cursor = new Cursor(wrapped, 'wrapped key')
  const salt = cursor.bytes(PART)
  const stored = cursor.bytes(PART)
  const { info, commitment, wrappingKey } = await derive(p, agreement, context, salt)
  if (!constantTimeEqual(commitment, stored)) throw new ItemCryptoError('NOT_AUTHENTIC', 'encrypted data key: not of these key pairs')
  return p.aesGcmDecrypt(wrappingKey, IV, info, cursor.bytes(cursor.left))
}

async function derive(
  p: StructuredPrimitives,
  { curve, parties, secret }: EcdhAgreement,
  context: EncryptionContext,
  salt: Uint8Array,
): Promise<{ info: Uint8Array; commitment: Uint8Array; wrappingKey: Uint8Array }> {
  const info = concat(
    toUtf8(`ecdh-key-derivation\0p${curve.slice(2)}\0HMAC_SHA384\0`),
    parties.sender,
    parties.recipient,
    Uint8Array.of(0, VERSION, 0),
    contextAad(context),
  )
  const derived = await counterKdf(p, 'SHA-384', secret, info, salt, 2 * PART)
  secret.fill(0)
  return { info, commitment: derived.subarray(0, PART), wrappingKey: derived.subarray(PART) }
}
