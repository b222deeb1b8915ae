/**
 * What the service does, as a table. Limits are those that KMS documents.
 *
 * @module
 */
import { constants, createPublicKey, diffieHellman, type KeyObject, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto'
import { type Context, keyIdOf, open, seal } from './ciphertext-blob.ts'
import type { KeyStore, StoredKey } from './key-store.ts'
import { type Json, KmsFailure } from './wire.ts'

type Operation = (keys: KeyStore, region: string, body: Json) => Json

const LIMITS = { context: 8192, plaintext: 4096, blob: 6144, random: 1024, grantTokens: 10, grantToken: 8192 }
const OAEP: Readonly<Record<string, string>> = { RSAES_OAEP_SHA_1: 'sha1', RSAES_OAEP_SHA_256: 'sha256' }

export const OPERATIONS: Readonly<Record<string, Operation>> = {
  GenerateDataKey: (keys, region, body) => generate(keys, region, body, true),
  GenerateDataKeyWithoutPlaintext: (keys, region, body) => generate(keys, region, body, false),

  Encrypt(keys, region, body) {
    const key = usable(keys.find(region, body.KeyId), body)
    const plaintext = bytes(body, 'Plaintext', LIMITS.plaintext)
    const { EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' } = body
    const blob = isRsa(key, EncryptionAlgorithm)
      ? publicEncrypt(oaep(createPublicKey(key.privateKey!), EncryptionAlgorithm), plaintext)
      : seal(key, context(body), plaintext)
    return { KeyId: key.arn, CiphertextBlob: base64(blob), EncryptionAlgorithm }
  },

  Decrypt(keys, region, body) {
    const blob = bytes(body, 'CiphertextBlob', LIMITS.blob)
    const { EncryptionAlgorithm = 'SYMMETRIC_DEFAULT' } = body
    if (EncryptionAlgorithm !== 'SYMMETRIC_DEFAULT') {
      const key = usable(keys.find(region, body.KeyId), body)
      isRsa(key, EncryptionAlgorithm)
      if (body.EncryptionContext !== undefined) throw validation('an asymmetric key takes no encryption context')
      return { KeyId: key.arn, Plaintext: base64(openRsa(key, EncryptionAlgorithm, blob)), EncryptionAlgorithm }
    }
    const { key, plaintext } = openBlob(keys, region, body, blob, body.KeyId, context(body))
    return { KeyId: key.arn, Plaintext: base64(plaintext), EncryptionAlgorithm }
  },

  ReEncrypt(keys, region, body) {
    const blob = bytes(body, 'CiphertextBlob', LIMITS.blob)
    const { key: source, plaintext } = openBlob(keys, region, body, blob, body.SourceKeyId, context(body, 'SourceEncryptionContext'))
    const key = usable(keys.find(region, body.DestinationKeyId), body)
    isRsa(key, 'SYMMETRIC_DEFAULT')
    const CiphertextBlob = base64(seal(key, context(body, 'DestinationEncryptionContext'), plaintext))
    const [SourceEncryptionAlgorithm, DestinationEncryptionAlgorithm] = ['SYMMETRIC_DEFAULT', 'SYMMETRIC_DEFAULT']
    return { SourceKeyId: source.arn, KeyId: key.arn, CiphertextBlob, SourceEncryptionAlgorithm, DestinationEncryptionAlgorithm }
  },

  GetPublicKey(keys, region, body) {
    const key = usable(keys.find(region, body.KeyId), body)
    if (key.privateKey === undefined) throw new KmsFailure('UnsupportedOperationException', 'a symmetric key has no public half')
    const PublicKey = base64(createPublicKey(key.privateKey).export({ format: 'der', type: 'spki' }))
    const use = key.spec.startsWith('RSA')
      ? { KeyUsage: 'ENCRYPT_DECRYPT', EncryptionAlgorithms: Object.keys(OAEP) }
      : { KeyUsage: 'KEY_AGREEMENT', KeyAgreementAlgorithms: ['ECDH'] }
    return { KeyId: key.arn, KeySpec: key.spec, CustomerMasterKeySpec: key.spec, PublicKey, ...use }
  },

  DeriveSharedSecret(keys, region, body) {
    const key = usable(keys.find(region, body.KeyId), body)
    if (!key.spec.startsWith('ECC')) throw new KmsFailure('InvalidKeyUsageException', `${key.arn} is not for key agreement`)
    if (body.KeyAgreementAlgorithm !== 'ECDH') throw validation('KeyAgreementAlgorithm: ECDH wanted')
    const encoded = bytes(body, 'PublicKey', 8192)
    try {
      const publicKey = createPublicKey({ key: encoded, format: 'der', type: 'spki' })
      const SharedSecret = base64(diffieHellman({ privateKey: key.privateKey!, publicKey }))
      return { KeyId: key.arn, SharedSecret, KeyAgreementAlgorithm: 'ECDH', KeyOrigin: 'AWS_KMS' }
    } catch {
      throw validation('PublicKey: no public key on the curve of this key')
    }
  },
}

function generate(keys: KeyStore, region: string, body: Json, withPlaintext: boolean): Json {
  const key = usable(keys.find(region, body.KeyId), body)
  isRsa(key, 'SYMMETRIC_DEFAULT')
  const { KeySpec, NumberOfBytes } = body
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) throw validation('either KeySpec or NumberOfBytes is wanted')
  const length = KeySpec === 'AES_256' ? 32 : KeySpec === 'AES_128' ? 16 : Number(NumberOfBytes)
  if (!(Number.isInteger(length) && length >= 1 && length <= LIMITS.random)) throw validation(`NumberOfBytes: 1 to ${LIMITS.random}`)
  const plaintext = randomBytes(length)
  const CiphertextBlob = base64(seal(key, context(body), plaintext))
  return { KeyId: key.arn, CiphertextBlob, ...(withPlaintext && { Plaintext: base64(plaintext) }) }
}

function openBlob(
  keys: KeyStore,
  region: string,
  body: Json,
  blob: Buffer,
  wanted: unknown,
  names: Context,
): { key: StoredKey; plaintext: Buffer } {
  const key = keys.byId(region, keyIdOf(blob))
  if (wanted !== undefined) {
    const named = usable(keys.find(region, wanted), body)
    isRsa(named, 'SYMMETRIC_DEFAULT')
    if (key !== undefined && named !== key)
      throw new KmsFailure('IncorrectKeyException', 'The key ID in the request does not identify a CMK that can perform this operation.')
  }
  if (key === undefined) throw new KmsFailure('InvalidCiphertextException', '')
  return { key: usable(key, body), plaintext: open(key, names, blob) }
}

/** @throws `DisabledException`, `AccessDeniedException`, `ValidationException` for too many grant tokens. */
function usable(key: StoredKey, body: Json): StoredKey {
  const tokens = body.GrantTokens ?? []
  if (!Array.isArray(tokens) || tokens.length > LIMITS.grantTokens) throw validation(`GrantTokens: at most ${LIMITS.grantTokens}`)
  if (!tokens.every((token) => typeof token === 'string' && token !== '' && token.length <= LIMITS.grantToken))
    throw validation('GrantTokens: one is empty or too long')
  if (key.disabled) throw new KmsFailure('DisabledException', `${key.arn} is disabled.`)
  if (key.grantToken !== undefined && !tokens.includes(key.grantToken))
    throw new KmsFailure('AccessDeniedException', 'The caller is not authorized to use the key.')
  return key
}

/** @throws `InvalidKeyUsageException` if the key does not know the algorithm. */
function isRsa({ spec, arn }: StoredKey, algorithm: unknown): algorithm is string {
  const known = spec.startsWith('RSA') ? Object.hasOwn(OAEP, String(algorithm)) : spec === algorithm
  if (!known) throw new KmsFailure('InvalidKeyUsageException', `${arn} does not support this operation or algorithm`)
  return spec.startsWith('RSA')
}

function openRsa(key: StoredKey, algorithm: unknown, blob: Buffer): Buffer {
  try {
    return privateDecrypt(oaep(key.privateKey!, algorithm), blob)
  } catch {
    throw new KmsFailure('InvalidCiphertextException', '')
  }
}

function oaep(key: KeyObject, algorithm: unknown): { key: KeyObject; padding: number; oaepHash: string } {
  return { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: OAEP[String(algorithm)]! }
}

function context(body: Json, member = 'EncryptionContext'): Context {
  const pairs = body[member] ?? {}
  if (typeof pairs !== 'object' || Array.isArray(pairs) || !Object.values(pairs).every((value) => typeof value === 'string'))
    throw new KmsFailure('SerializationException', `${member}: a map of texts is wanted`)
  if (Buffer.byteLength(JSON.stringify(pairs)) > LIMITS.context) throw validation(`${member}: more than ${LIMITS.context} bytes`)
  return pairs as Context // checked above
}

function bytes(body: Json, member: string, limit: number): Buffer {
  const text = body[member]
  const decoded = Buffer.from(typeof text === 'string' ? text : '', 'base64')
  if (typeof text !== 'string' || decoded.toString('base64') !== text)
    throw new KmsFailure('SerializationException', `${member}: no base64`)
  if (decoded.length < 1 || decoded.length > limit) throw validation(`${member}: 1 to ${limit} bytes`)
  return decoded
}

function base64(data: Uint8Array): string {
  return Buffer.from(data).toString('base64')
}

function validation(message: string): KmsFailure {
  return new KmsFailure('ValidationException', message)
}
