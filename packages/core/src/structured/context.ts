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
import { fromBase64, toBase64 } from '../base64.ts'
import { fromUtf8 } from '../bytes.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Item } from '../item.ts'
import type { EncryptionContext } from '../materials/encryption-context.ts'
import type { BranchKeyIdSupplier } from '../materials/hierarchical-keyring.ts'
import { compareCodePoints } from '../order.ts'
import type { MaybePromise } from '../primitives.ts'
import type { TableConfiguration } from './configuration.ts'
import type { HeaderVersion } from './header.ts'
import { parseValue } from './value.ts'

const TABLE = 'aws-crypto-table-name'
const PARTITION = 'aws-crypto-partition-name'
const SORT = 'aws-crypto-sort-name'
const ATTRIBUTE = 'aws-crypto-attr.'
const LEGEND = 'aws-crypto-legend'

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
  const sorted = [...attributes].sort((a, b) => compareCodePoints(a.name, b.name))
  const encoded = sorted.map(({ value, bytes }) => (version === 1 ? binary(bytes) : encode(value, bytes)))
  const pairs: [string, string][] = sorted.map(({ name }, i) => [ATTRIBUTE + name, encoded[i]!.text])
  if (version === 2) pairs.push([LEGEND, encoded.map(({ letter }) => letter).join('')])
  if (sortKey !== undefined) pairs.push([SORT, sortKey])
  return Object.fromEntries([...pairs, [TABLE, tableName], [PARTITION, partitionKey]])
}

/**
 * A supplier for a hierarchical keyring that sees the item's key rather than its encryption context: with version 1 the key
 * attributes; with version 2 all attributes in the context, and `aws_dbe_table_name`, `aws_dbe_partition_name` and, with a
 * sort key, `aws_dbe_sort_name`, as text.
 */
export function dynamoDbBranchKeyIdSupplier(branchKeyIdOf: (key: Item) => MaybePromise<string>): BranchKeyIdSupplier {
  return { getBranchKeyId: (context) => branchKeyIdOf(keyOf(context)) }
}

/** @throws `MALFORMED` for a context that is not one of an item. */
function keyOf(context: EncryptionContext): Item {
  const of = (name: string) => (Object.hasOwn(context, name) ? context[name] : undefined)
  const legend = of(LEGEND)
  if (legend === undefined) {
    const names = [of(PARTITION), of(SORT)].filter((name) => name !== undefined)
    return Object.fromEntries(names.map((name) => [name, parseValue(fromBase64(of(ATTRIBUTE + name) ?? ''))]))
  }
  const names = Object.keys(context)
    .filter((name) => name.startsWith(ATTRIBUTE))
    .sort(compareCodePoints)
  if (names.length !== legend.length) throw new ItemCryptoError('MALFORMED', `encryption context: ${LEGEND} is not of its attributes`)
  const values = names.map((name, i) => [name.slice(ATTRIBUTE.length), decode(legend[i]!, context[name]!)] as const)
  const tableNames = [TABLE, PARTITION, SORT].flatMap((name) => {
    const text = of(name)
    return text === undefined ? [] : [[name.replace('aws-crypto', 'aws_dbe').replaceAll('-', '_'), { S: text }] as const]
  })
  return Object.fromEntries([...values, ...tableNames])
}

interface Encoded {
  readonly letter: string
  readonly text: string
}

function encode(value: AttributeValue, bytes: Uint8Array): Encoded {
  const [type, content] = typed(value)
  switch (type) {
    case 'S':
      return { letter: 'S', text: content }
    case 'N':
      return { letter: 'N', text: fromUtf8(bytes.subarray(2)) }
    case 'BOOL':
      return { letter: 'L', text: String(content) }
    case 'NULL':
      return { letter: 'L', text: 'null' }
    default:
      return binary(bytes)
  }
}

function binary(bytes: Uint8Array): Encoded {
  return { letter: 'B', text: toBase64(bytes) }
}

function decode(letter: string, text: string): AttributeValue {
  if (letter === 'S') return { S: text }
  if (letter === 'N') return { N: text }
  if (letter === 'B') return parseValue(fromBase64(text))
  if (letter === 'L' && text === 'null') return { NULL: true }
  if (letter === 'L' && (text === 'true' || text === 'false')) return { BOOL: text === 'true' }
  throw new ItemCryptoError('MALFORMED', `encryption context: ${LEGEND} says what is not so`)
}
