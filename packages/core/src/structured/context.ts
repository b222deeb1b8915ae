/**
 * The encryption context of an item: what it is bound to beside its own attributes (structured-item-format, section 6).
 *
 *     aws-crypto-table-name        logical table name
 *     aws-crypto-partition-name    name of the key attribute
 *     aws-crypto-sort-name         the same, if there is a sort key
 *     aws-crypto-attr.NAME         the value of an attribute: version 1, of the key attributes, base64 of type and bytes;
 *                                  version 2, of all that the legend of the header marks `c`, as the next entry says
 *     aws-crypto-legend            version 2: a letter for each of these in UTF-8 order of names: `S` the text itself,
 *                                  `N` the number's normal form, `L` one of `true`, `false`, `null`, `B` base64 of type and bytes
 *
 * The item stores none of it.
 *
 * @module
 */
import { type AttributeValue, typed } from '../attribute-value.ts'
import { toBase64 } from '../base64.ts'
import { fromUtf8 } from '../bytes.ts'
import type { EncryptionContext } from '../materials/encryption-context.ts'
import { compareCodePoints } from '../order.ts'
import type { TableConfiguration } from './configuration.ts'
import type { HeaderVersion } from './header.ts'

/** Names of its pairs. */
export const TABLE = 'aws-crypto-table-name'
export const PARTITION = 'aws-crypto-partition-name'
export const SORT = 'aws-crypto-sort-name'
export const LEGEND = 'aws-crypto-legend'
/** What comes before the name of an attribute. */
export const ATTRIBUTE = 'aws-crypto-attr.'

/** A readable attribute of an item: its value, and the same as bytes with the type in front. */
export interface ContextAttribute {
  readonly name: string
  readonly value: AttributeValue
  readonly bytes: Uint8Array
}

/** @param attributes for version 1 the key attributes, for version 2 those marked `c`. */
export function itemContext(
  { tableName, partitionKey, sortKey }: TableConfiguration,
  version: HeaderVersion,
  attributes: readonly ContextAttribute[],
): EncryptionContext {
  const pairs = [
    [TABLE, tableName],
    [PARTITION, partitionKey],
  ]
  let legend = ''
  for (const { name, value, bytes } of [...attributes].sort((a, b) => compareCodePoints(a.name, b.name))) {
    const [letter, text] = version === 1 ? binary(bytes) : encode(value, bytes)
    pairs.push([ATTRIBUTE + name, text])
    legend += letter
  }
  if (version === 2) pairs.push([LEGEND, legend])
  if (sortKey !== undefined) pairs.push([SORT, sortKey])
  return Object.fromEntries(pairs)
}

/** Letter of the legend, and text. */
type Encoded = readonly [string, string]

function encode(value: AttributeValue, bytes: Uint8Array): Encoded {
  const [type, content] = typed(value)
  switch (type) {
    case 'S':
    case 'N':
      return [type, fromUtf8(bytes.subarray(2))]
    case 'BOOL':
      return ['L', String(content)]
    case 'NULL':
      return ['L', 'null']
    default:
      return binary(bytes)
  }
}

function binary(bytes: Uint8Array): Encoded {
  return ['B', toBase64(bytes)]
}
