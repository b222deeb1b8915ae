/**
 * What an item says of itself, without any key. Nothing here has been verified.
 *
 * @module
 */
import { type AttributeType, type AttributeValue, checkDepth, typed } from './attribute-value.ts'
import { fromLenientBase64 } from './base64.ts'
import { fromUtf8, toUtf8 } from './bytes.ts'
import {
  CONTENT_KEY,
  type MaterialDescription,
  META_ID,
  parseMaterialDescription,
  WRAPPING_ALGORITHM,
} from './classic/material-description.ts'
import { Cursor } from './cursor.ts'
import { ItemCryptoError, inAttribute } from './errors.ts'
import { type CryptoAction, checked, entryOf, type Item } from './item.ts'
import { versionText } from './materials/branch-key.ts'
import type { EncryptedDataKey } from './materials/encrypted-data-key.ts'
import type { AlgorithmSuiteId } from './materials/suites.ts'
import { compareCanonical } from './structured/canonical-path.ts'
import { HEADER, parseHeader, RESERVED_PREFIX } from './structured/header.ts'

/** An attribute, but for its value. */
export interface AttributeFacts {
  readonly name: string
  readonly type: AttributeType
  /** Bytes of the value, as DynamoDB counts the size of an item, roughly: names and contents. */
  readonly size: number
}

/** An item that bears nothing of either format. */
export interface PlaintextFacts {
  readonly format: 'plaintext'
  readonly attributes: readonly AttributeFacts[]
}

/** An item of the classic format. Which attributes are encrypted it does not say; those that can be are named. */
export interface ClassicFacts {
  readonly format: 'classic'
  readonly attributes: readonly AttributeFacts[]
  /** Binary attributes of a length that encrypted ones have. */
  readonly maybeEncrypted: readonly string[]
  /** Bytes of the signature; absent if the item has none, and so can never be verified. */
  readonly signatureLength?: number
  /** What the writer says, but for the wrapped key. */
  readonly description: MaterialDescription
  /** The content key under the wrapping key, or under KMS. */
  readonly wrappedKey?: { readonly algorithm?: string; readonly length: number }
  /** Where the keys come from versions: name and version, such as `orders#3`. */
  readonly materialId?: string
}

/** A data key of an item, as far as it can be told without the key that wraps it. */
export interface DataKeyFacts {
  /** Which kind of keyring made it; `raw` where a namespace of the user's own does not say. */
  readonly kind: 'aws-kms' | 'aws-kms-rsa' | 'aws-kms-hierarchy' | 'aws-kms-ecdh' | 'raw-ecdh' | 'raw-aes' | 'raw'
  readonly keyProviderId: string
  /** Of AWS KMS kinds: the key's ARN, or the branch key's id. */
  readonly keyProviderInfo?: string
  readonly branchKeyId?: string
  readonly branchKeyVersion?: string
  /** Of raw kinds: the namespace is the provider id, and this the name. */
  readonly keyName?: string
  /** Of the encrypted key. */
  readonly length: number
}

/** An item of the structured format. */
export interface StructuredFacts {
  readonly format: 'structured'
  readonly attributes: readonly AttributeFacts[]
  readonly version: 1 | 2
  readonly algorithmSuite: AlgorithmSuiteId
  /** Hexadecimal. */
  readonly messageId: string
  /** A letter per signed attribute, in canonical order: `e` encrypted, `s` signed, `c` signed and in the encryption context. */
  readonly legend: string
  /** The same by name; absent when some attribute is not signed, since the item does not say which. */
  readonly actions?: Readonly<Record<string, CryptoAction>>
  /** That part of the encryption context which is stored. */
  readonly encryptionContext: Readonly<Record<string, string>>
  readonly dataKeys: readonly DataKeyFacts[]
  readonly headerLength: number
  readonly footerLength?: number
}

/** What an item says without a key. Nothing of it is confirmed. */
export type ItemFacts = PlaintextFacts | ClassicFacts | StructuredFacts

const SIGNATURE = '*amzn-ddb-map-sig*'
const DESCRIPTION = '*amzn-ddb-map-desc*'
const FOOTER = 'aws_dbe_foot'
const ACTIONS = { e: 'ENCRYPT_AND_SIGN', s: 'SIGN_ONLY', c: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' } as const
const KINDS = ['aws-kms', 'aws-kms-rsa', 'aws-kms-hierarchy', 'aws-kms-ecdh', 'raw-ecdh'] as const
/** In the ciphertext: behind the wrapped data key (48), a salt (16) and an IV (12). */
const BRANCH_KEY_VERSION = [76, 92] as const

/**
 * Tells the format of an item and all of its public facts. Needs no key and no configuration, and decrypts nothing.
 *
 * @throws `MALFORMED` for what is not an item, or whose public parts cannot be read.
 */
export function inspectItem(item: Item): ItemFacts {
  const attributes = Object.entries(checked(item)).map(([name, value]) => inAttribute(name, () => attributeFacts(name, value)))
  const [header, footer] = [HEADER, FOOTER].map((name) => binaryOf(item, name))
  if (header) return structuredFacts(attributes, header, footer)
  if (footer) throw new ItemCryptoError('MALFORMED', `item without its ${HEADER}`)
  const signature = binaryOf(item, SIGNATURE)
  const described = binaryOf(item, DESCRIPTION)
  if (!signature && !described) return { format: 'plaintext', attributes }

  const { [CONTENT_KEY]: contentKey, ...description } = described
    ? parseMaterialDescription(new Cursor(described, 'material description'))
    : {}
  const own = attributes.filter(({ name }) => name !== SIGNATURE && name !== DESCRIPTION)
  const algorithm = entryOf(description, WRAPPING_ALGORITHM)
  const materialId = entryOf(description, META_ID)
  return {
    format: 'classic',
    attributes: own,
    maybeEncrypted: own.filter(({ type, size }) => type === 'B' && size >= 32 && size % 16 === 0).map(({ name }) => name),
    ...(signature && { signatureLength: signature.length }),
    description,
    ...(contentKey !== undefined && { wrappedKey: { ...(algorithm && { algorithm }), length: fromLenientBase64(contentKey).length } }),
    ...(materialId !== undefined && { materialId }),
  }
}

function structuredFacts(attributes: readonly AttributeFacts[], header: Uint8Array, footer: Uint8Array | undefined): StructuredFacts {
  const { version, suite, messageId, legend, encryptionContext, encryptedDataKeys } = parseHeader(header)
  const own = attributes.filter(({ name }) => !name.startsWith(RESERVED_PREFIX))
  const names = own.map(({ name }) => name).sort(compareCanonical)
  return {
    format: 'structured',
    attributes: own,
    version,
    algorithmSuite: suite,
    messageId: toHex(messageId),
    legend,
    ...(names.length === legend.length && {
      actions: Object.fromEntries(names.map((name, i) => [name, ACTIONS[legend[i] as keyof typeof ACTIONS]])),
    }),
    encryptionContext,
    dataKeys: encryptedDataKeys.map(dataKeyFacts),
    headerLength: header.length,
    ...(footer && { footerLength: footer.length }),
  }
}

/** What the peers call GetEncryptedDataKeyDescription, and more (structured-item-format, 10.5; materials-and-keyrings, 1.4). */
function dataKeyFacts({ keyProviderId, keyProviderInfo, ciphertext }: EncryptedDataKey): DataKeyFacts {
  const facts = { keyProviderId, length: ciphertext.length }
  const known = KINDS.find((kind) => kind === keyProviderId)
  if (known === undefined) {
    const name = rawAesName(keyProviderInfo)
    return { kind: name ? 'raw-aes' : 'raw', ...facts, ...textOf('keyName', name ?? keyProviderInfo) }
  }
  if (known.endsWith('ecdh')) return { kind: known, ...facts }
  if (known !== 'aws-kms-hierarchy') return { kind: known, ...facts, ...textOf('keyProviderInfo', keyProviderInfo) }
  const version = ciphertext.subarray(...BRANCH_KEY_VERSION)
  const id = textOf('branchKeyId', keyProviderInfo)
  return {
    kind: known,
    ...facts,
    ...textOf('keyProviderInfo', keyProviderInfo),
    ...id,
    ...(version.length === 16 && { branchKeyVersion: versionText(version) }),
  }
}

/** Name, then two uint32, 128 and 12, and an IV of 12 bytes: anything else is not of a raw AES keyring. */
function rawAesName(info: Uint8Array): Uint8Array | undefined {
  return toHex(info.subarray(-20, -12)) === '000000800000000c' ? info.subarray(0, -20) : undefined
}

/** Nothing for bytes that are not UTF-8. */
function textOf<K extends string>(key: K, bytes: Uint8Array): { [key in K]?: string } {
  try {
    return { [key]: fromUtf8(bytes) } as { [key in K]?: string } // a computed key is of its own type
  } catch {
    return {}
  }
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

function attributeFacts(name: string, value: AttributeValue): AttributeFacts {
  return { name, type: typed(value)[0], size: sizeOf(value) }
}

function sizeOf(value: AttributeValue, depth = 1): number {
  checkDepth(depth)
  const [type, content] = typed(value)
  switch (type) {
    case 'B':
      return content.length
    case 'S':
    case 'N':
      return toUtf8(content).length
    case 'BOOL':
    case 'NULL':
      return 1
    case 'BS':
      return total(content.map(({ length }) => length))
    case 'SS':
    case 'NS':
      return total(content.map((member) => toUtf8(member).length))
    case 'L':
      return total(content.map((member) => sizeOf(member, depth + 1)))
    case 'M':
      return total(Object.entries(content).map(([name, member]) => toUtf8(name).length + sizeOf(member, depth + 1)))
  }
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0)
}

function binaryOf(item: Item, name: string): Uint8Array | undefined {
  const value = entryOf(item, name)
  if (value === undefined) return undefined
  const [type, content] = inAttribute(name, () => typed(value))
  if (type !== 'B') throw new ItemCryptoError('MALFORMED', `attribute ${JSON.stringify(name)}: not binary`)
  return content
}
