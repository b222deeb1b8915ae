/**
 * A key wrapped by KMS: what is asked, and what is believed of the answer (materials-and-keyrings, 1.4 and 2.5).
 *
 *     provider id      aws-kms
 *     provider info    the ARN of the key, as KMS answered it
 *     wrapped key      KMS's blob, bound to the encryption context
 *
 * @module
 */
import { ItemCryptoError, type StructuredPrimitives } from '@itemseal/core'
import {
  type AlgorithmSuite,
  addDataKey,
  type DecryptionMaterials,
  type EncryptedDataKey,
  type EncryptionMaterials,
  openDataKey,
  type ProviderWrapped,
} from '@itemseal/core/materials'
import { isKmsIdentifier, type KmsArn, parseKmsKeyArn } from './arn.ts'
import type { Kms, KmsDecrypt } from './client.ts'
import { kmsFailure } from './failure.ts'

/** The key as KMS is to know it, and whom to ask. */
export interface KmsKey<C> {
  readonly client: C
  readonly keyId: string
  readonly grantTokens: readonly string[]
}

/** An encrypted data key that KMS made. */
export interface KmsCandidate {
  readonly edk: EncryptedDataKey
  /** As stored. */
  readonly text: string
  readonly arn: KmsArn
}

const PROVIDER = 'aws-kms'
const MAX_BLOB = 6144
const INTERMEDIATE_LENGTH = 32
const MAX_GRANT_TOKENS = 10
const MAX_GRANT_TOKEN = 8192

/** @throws `CONFIGURATION` for more than KMS takes. */
export function checkGrantTokens(tokens: readonly string[] = []): readonly string[] {
  const fits = (token: string) => typeof token === 'string' && token.length >= 1 && token.length <= MAX_GRANT_TOKEN
  if (tokens.length > MAX_GRANT_TOKENS || !tokens.every(fits))
    throw new ItemCryptoError('CONFIGURATION', `grant tokens: up to ${MAX_GRANT_TOKENS}, each of 1 to ${MAX_GRANT_TOKEN} characters`)
  return [...tokens]
}

/** Bytes of the key that a suite has its provider wrap. */
export function wrappedLength({ wrapping, dataKeyLength }: AlgorithmSuite): number {
  return wrapping ? dataKeyLength : INTERMEDIATE_LENGTH
}

/** Has KMS make a key; only a data key that was there before and has to be wrapped itself is sent to it. */
export function addKmsDataKey(materials: EncryptionMaterials, p: StructuredPrimitives, key: KmsKey<Kms>): Promise<EncryptionMaterials> {
  const { suite, plaintextDataKey, encryptionContext: EncryptionContext } = materials
  const direct = suite.wrapping !== undefined
  const named = request(key)
  return addDataKey(materials, p, async (given) => {
    if (direct && plaintextDataKey !== undefined) {
      const { client } = key
      if (client.encrypt === undefined) throw new ItemCryptoError('CONFIGURATION', 'KMS keyring: this suite needs a client that encrypts')
      const answer = await asked('Encrypt', () => client.encrypt!({ ...named, Plaintext: given, EncryptionContext }))
      return wrapped(answer.KeyId, answer.CiphertextBlob)
    }
    const NumberOfBytes = wrappedLength(suite)
    const answer = await asked('GenerateDataKey', () => key.client.generateDataKey({ ...named, NumberOfBytes, EncryptionContext }))
    return { ...wrapped(answer.KeyId, answer.CiphertextBlob), key: plaintextOf(answer.Plaintext, NumberOfBytes) }
  })
}

/** @throws `NO_MATERIALS` if KMS refuses or answers for another key, `NOT_AUTHENTIC` if what it opens is not the key of these materials. */
export function openKmsDataKey(
  materials: DecryptionMaterials,
  p: StructuredPrimitives,
  edk: EncryptedDataKey,
  key: KmsKey<KmsDecrypt>,
): Promise<DecryptionMaterials> {
  const { suite, encryptionContext: EncryptionContext } = materials
  return openDataKey(materials, p, edk, async (blob) => {
    const CiphertextBlob = new Uint8Array(blobOf(blob))
    const answer = await asked('Decrypt', () => key.client.decrypt({ ...request(key), CiphertextBlob, EncryptionContext }))
    if (answer.KeyId !== key.keyId) throw unbelievable('it opened with another key')
    return plaintextOf(answer.Plaintext, wrappedLength(suite))
  })
}

/**
 * The encrypted data keys that KMS made. Those of others are not looked into.
 *
 * @throws `MALFORMED` if one of them does not name a key by its ARN, as in the peers.
 */
export function kmsCandidates(keys: readonly EncryptedDataKey[]): readonly KmsCandidate[] {
  return keys
    .filter(({ keyProviderId }) => keyProviderId === PROVIDER)
    .map((edk) => {
      const text = asciiOf(edk.keyProviderInfo)
      const arn = parseKmsKeyArn(text)
      if (arn === undefined) throw new ItemCryptoError('MALFORMED', 'encrypted data key of KMS: names no key by its ARN')
      return { edk, text, arn }
    })
}

export function request({ keyId, grantTokens }: KmsKey<unknown>): { KeyId: string; GrantTokens?: readonly string[] } {
  return { KeyId: keyId, ...(grantTokens.length > 0 && { GrantTokens: grantTokens }) }
}

export async function asked<T>(operation: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    throw kmsFailure(operation, error)
  }
}

function wrapped(keyId: string | undefined, blob: Uint8Array | undefined): ProviderWrapped {
  if (keyId === undefined || !isKmsIdentifier(keyId)) throw unbelievable('it names no key')
  return { keyProviderId: PROVIDER, keyProviderInfo: bytesOf(keyId), ciphertext: new Uint8Array(blobOf(blob)) }
}

export function blobOf(blob: Uint8Array | undefined): Uint8Array {
  if (blob instanceof Uint8Array && blob.length >= 1 && blob.length <= MAX_BLOB) return blob
  throw unbelievable(`a ciphertext has 1 to ${MAX_BLOB} bytes`)
}

export function plaintextOf(plaintext: Uint8Array | undefined, length: number): Uint8Array {
  if (!isOfLength(plaintext, length)) throw unbelievable(`a key of ${length} bytes is wanted`)
  return new Uint8Array(plaintext)
}

/** Text, such as a client may forget to decode, has a length too, and makes an array of none. */
export function isOfLength(bytes: Uint8Array | undefined, length: number): bytes is Uint8Array {
  return bytes instanceof Uint8Array && bytes.length === length
}

export function unbelievable(what: string): ItemCryptoError {
  return new ItemCryptoError('NO_MATERIALS', `answer of KMS: ${what}`)
}

/** For identifiers, which are ASCII. */
export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

export function asciiOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}
