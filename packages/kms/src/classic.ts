/**
 * Keys of classic items from KMS, new for every item (Java: `DirectKmsMaterialProvider`; Python:
 * `AwsKmsCryptographicMaterialsProvider`; classic-item-format, 8.3).
 *
 * @module
 */
import {
  fromLenientBase64,
  hmacSigner,
  ItemCryptoError,
  type KeyDerivationPrimitives,
  keyDerivationWebCrypto,
  type MacAlgorithm,
  type MaybePromise,
  normalizeNumber,
  toBase64,
} from '@itemseal/core'
import type {
  ClassicPrimitives,
  ItemContext,
  MaterialDescription,
  MaterialsProvider,
  SecretKey,
  Signer,
  Verifier,
} from '@itemseal/core/classic'
import { checkKmsIdentifier, regionOf } from './arn.ts'
import type { Kms } from './client.ts'
import { clientNeeded, type KmsFor } from './client-supplier.ts'
import { asked, blobOf, checkGrantTokens, plaintextOf, unbelievable } from './data-key.ts'

/** For `directKmsProvider`. */
export interface DirectKmsProviderOptions {
  /** Of the key to write with, or who chooses it for an item. Its Region is that of reading too. */
  readonly keyId: string | ((context: ItemContext) => string)
  readonly client: KmsFor<Kms>
  /** Written into every item. `amzn-ddb-env-alg` and `amzn-ddb-sig-alg` choose the keys: `AES/256` and `HmacSHA256/256` unless given. */
  readonly description?: MaterialDescription
  /** Up to ten. */
  readonly grantTokens?: readonly string[]
  /** Gets the ARN of the key that an item was opened with, and throws, or rejects, if it is not to be trusted. The item itself names none. */
  readonly validateKeyId?: (keyId: string, context: ItemContext) => MaybePromise<void>
}

const [ENV_KEY, ENV_ALG, SIG_ALG] = ['amzn-ddb-env-key', 'amzn-ddb-env-alg', 'amzn-ddb-sig-alg']
const DEFAULTS: MaterialDescription = { [ENV_ALG]: 'AES/256', [SIG_ALG]: 'HmacSHA256/256' }
const FIXED: MaterialDescription = { 'aws-kms-ec-attr': '*keys*', 'amzn-ddb-wrap-alg': 'kms' }
const LENGTH = 32

/**
 * One call of KMS for each item, both ways. The values of the key attributes are in the encryption context, which shows in
 * audit logs.
 *
 * @throws `CONFIGURATION` for what names no key, and more grant tokens than KMS takes.
 */
export function directKmsProvider(options: DirectKmsProviderOptions): MaterialsProvider {
  const { keyId, validateKeyId } = options
  if (typeof keyId === 'string') checkKmsIdentifier(keyId, 'keyId')
  const GrantTokens = checkGrantTokens(options.grantTokens)
  const granted = GrantTokens.length > 0 ? { GrantTokens } : {}
  const keyOf = (context: ItemContext) => {
    const KeyId = typeof keyId === 'string' ? keyId : checkKmsIdentifier(keyId(context), 'keyId')
    return { KeyId, client: clientNeeded(options.client, regionOf(KeyId)) }
  }

  return {
    async encryptionMaterials(context, p) {
      const { KeyId, client } = keyOf(context)
      const description = { ...DEFAULTS, ...options.description }
      const EncryptionContext = kmsContext(description, context, normalizeNumber)
      const input = { KeyId, NumberOfBytes: LENGTH, EncryptionContext, ...granted }
      const answer = await asked('GenerateDataKey', () => client.generateDataKey(input))
      const { key, signer } = await derive(p, description, plaintextOf(answer.Plaintext, LENGTH))
      return { encryptionKey: key, signer, description: { ...description, ...FIXED, [ENV_KEY]: toBase64(blobOf(answer.CiphertextBlob)) } }
    },

    async decryptionMaterials(context, p) {
      const { client } = keyOf(context)
      const description = { ...DEFAULTS, ...context.description }
      const wrapped = Object.hasOwn(description, ENV_KEY) ? description[ENV_KEY] : undefined
      if (wrapped === undefined) throw new ItemCryptoError('NO_MATERIALS', `the item has no ${ENV_KEY}`)
      const EncryptionContext = kmsContext(description, context, (number) => number)
      const CiphertextBlob = fromLenientBase64(wrapped) // old versions of the Java client broke it into lines
      const input = { CiphertextBlob, EncryptionContext, ...granted }
      const answer = await asked('Decrypt', () => client.decrypt(input))
      if (answer.KeyId === undefined) throw unbelievable('it names no key')
      await validateKeyId?.(answer.KeyId, context)
      const { key, signer } = await derive(p, description, plaintextOf(answer.Plaintext, LENGTH))
      return { decryptionKey: key, verifier: signer }
    },
  }
}

/** @param number what becomes of a number: DynamoDB gives it back in normal form, so that it is written in that. */
function kmsContext(description: MaterialDescription, context: ItemContext, number: (text: string) => string): Record<string, string> {
  const { partitionKey, sortKey, attributes, tableName } = context
  const pairs: [string, string][] = [ENV_ALG, SIG_ALG].map((name) => [`*${name}*`, description[name!]!])
  for (const name of sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]) {
    const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined
    if (value === undefined) continue
    const { S, N, B } = Object(value) as { readonly S?: unknown; readonly N?: unknown; readonly B?: unknown } // it may be anything
    if (typeof S === 'string') pairs.push([name, S])
    else if (typeof N === 'string') pairs.push([name, number(N)])
    else if (B instanceof Uint8Array) pairs.push([name, toBase64(B)])
    else throw new ItemCryptoError('MALFORMED', `attribute ${JSON.stringify(name)}: a key is a text, a number or bytes`)
  }
  return Object.fromEntries([...pairs, ['*aws-kms-table*', tableName]])
}

async function derive(
  p: ClassicPrimitives,
  description: MaterialDescription,
  secret: Uint8Array,
): Promise<{ key: SecretKey; signer: Signer & Verifier }> {
  const [cipher, mac] = [ENV_ALG, SIG_ALG].map((name) => algorithmOf(name!, description[name!]!))
  if (cipher!.name !== 'AES' || ![16, 24, 32].includes(cipher!.length))
    throw new ItemCryptoError('UNSUPPORTED', `${ENV_ALG}: AES is wanted`)
  const able = ableToDerive(p)
  const handle = await able.importKey('HKDF', secret)
  const bytes = (info: string, length: number) => able.hkdf('SHA-256', handle, new TextEncoder().encode(info), length)
  const [encryption, signing] = await Promise.all([bytes('Encryption', cipher!.length), bytes('Signing', mac!.length)])
  secret.fill(0)
  // hmacSigner refuses what it does not know
  return { key: await p.importKey('AES-CBC', encryption), signer: hmacSigner(mac!.name as MacAlgorithm, signing) }
}

/** The default primitives of the classic format have no key derivation, which nothing else there needs. */
function ableToDerive(p: ClassicPrimitives): typeof keyDerivationWebCrypto {
  return p.hkdf ? (p as ClassicPrimitives & KeyDerivationPrimitives) : keyDerivationWebCrypto
}

/** `AES/256`; without a length, 256 bits. */
function algorithmOf(entry: string, text: string): { name: string; length: number } {
  const match = /^(\w+)(?:\/(\d{1,4}))?$/.exec(text)
  const bits = Number(match?.[2] ?? 256)
  if (match === null || bits === 0 || bits % 8 > 0) throw new ItemCryptoError('UNSUPPORTED', `${entry}: unknown algorithm`)
  return { name: match[1]!, length: bits / 8 }
}
