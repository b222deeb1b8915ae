/**
 * What an item says of itself, without any key. Nothing here has been verified.
 *
 * @module
 */
import { type AttributeType, type AttributeValue, typed } from './attribute-value.ts'
import { fromLenientBase64 } from './base64.ts'
import { toUtf8 } from './bytes.ts'
import {
  CONTENT_KEY,
  entryOf,
  type MaterialDescription,
  META_ID,
  parseMaterialDescription,
  WRAPPING_ALGORITHM,
} from './classic/material-description.ts'
import { Cursor } from './cursor.ts'
import { ItemCryptoError, inAttribute } from './errors.ts'
import { attributeOf, attributesOf, type Item } from './item.ts'

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

export type ItemFacts = PlaintextFacts | ClassicFacts

const SIGNATURE = '*amzn-ddb-map-sig*'
const DESCRIPTION = '*amzn-ddb-map-desc*'

/**
 * Tells the format of an item and all of its public facts. Needs no key and no configuration, and decrypts nothing.
 *
 * @throws `MALFORMED` for what is not an item, or whose public parts cannot be read.
 */
export function inspectItem(item: Item): ItemFacts {
  const attributes = attributesOf(item).map(([name, value]) => inAttribute(name, () => attributeFacts(name, value)))
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

function attributeFacts(name: string, value: AttributeValue): AttributeFacts {
  return { name, type: typed(value)[0], size: sizeOf(value) }
}

function sizeOf(value: AttributeValue): number {
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
      return total(content.map(sizeOf))
    case 'M':
      return total(Object.entries(content).map(([name, member]) => toUtf8(name).length + sizeOf(member)))
  }
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0)
}

function binaryOf(item: Item, name: string): Uint8Array | undefined {
  const value = attributeOf(item, name)
  if (value === undefined) return undefined
  const [type, content] = inAttribute(name, () => typed(value))
  if (type !== 'B') throw new ItemCryptoError('MALFORMED', `attribute ${JSON.stringify(name)}: not binary`)
  return content
}
