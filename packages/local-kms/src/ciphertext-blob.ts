/**
 * What symmetric keys make. Opaque to clients: only this file knows that it is
 *
 *     length of the key id    uint8
 *     key id
 *     IV                      12 bytes
 *     AES-256-GCM             with the encryption context, sorted by name, as AAD
 *
 * @module
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { StoredKey } from './key-store.ts'
import { KmsFailure } from './wire.ts'

export type Context = Readonly<Record<string, string>>

const IV = 12
const TAG = 16

export function seal({ keyId, secret }: StoredKey, context: Context, plaintext: Uint8Array): Buffer {
  const iv = randomBytes(IV)
  const cipher = createCipheriv('aes-256-gcm', secret, iv).setAAD(aad(keyId, context))
  return Buffer.concat([Buffer.of(keyId.length), Buffer.from(keyId), iv, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** The id of the key that made the blob. */
export function keyIdOf(blob: Buffer): string {
  return blob.toString('utf8', 1, 1 + (blob[0] ?? 0))
}

/** @throws `InvalidCiphertextException` for another key, another context or an altered blob. */
export function open({ keyId, secret }: StoredKey, context: Context, blob: Buffer): Buffer {
  const sealed = blob.subarray(1 + keyId.length)
  if (keyIdOf(blob) === keyId && sealed.length >= IV + TAG) {
    const cipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, IV), { authTagLength: TAG })
    cipher.setAAD(aad(keyId, context)).setAuthTag(sealed.subarray(-TAG))
    try {
      return Buffer.concat([cipher.update(sealed.subarray(IV, -TAG)), cipher.final()])
    } catch {}
  }
  throw new KmsFailure('InvalidCiphertextException', '')
}

function aad(keyId: string, context: Context): Buffer {
  const pairs = Object.keys(context)
    .sort()
    .map((name) => [name, context[name]])
  return Buffer.from(JSON.stringify([keyId, pairs]))
}
