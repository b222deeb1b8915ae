/**
 * Branch keys by the key of an item: the encryption context, read back (layout: `context.ts`).
 *
 * @module
 */
import type { AttributeValue } from '../attribute-value.ts'
import { fromBase64 } from '../base64.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Item } from '../item.ts'
import { entryOf } from '../item.ts'
import type { EncryptionContext } from '../materials/encryption-context.ts'
import type { BranchKeyIdSupplier } from '../materials/hierarchical-keyring.ts'
import { compareCodePoints } from '../order.ts'
import type { MaybePromise } from '../primitives.ts'
import { ATTRIBUTE, LEGEND, PARTITION, SORT, TABLE } from './context.ts'
import { parseValue } from './value.ts'

export type { AttributeValue } from '../attribute-value.ts'
export type { Item } from '../item.ts'
export type { BranchKeyIdSupplier } from '../materials/hierarchical-keyring.ts'

/**
 * A supplier for a hierarchical keyring that sees the item's key rather than its encryption context: with version 1 the key
 * attributes; with version 2 all attributes in the context, and `aws_dbe_table_name`, `aws_dbe_partition_name` and, with a
 * sort key, `aws_dbe_sort_name`, as text.
 *
 * The supplier throws `MALFORMED` for a context that is not one of an item.
 *
 * @example
 * const branchKeyIdSupplier = dynamoDbBranchKeyIdSupplier(({ id }) => (id && 'S' in id ? `tenant ${id.S}` : 'others'))
 */
export function dynamoDbBranchKeyIdSupplier(branchKeyIdOf: (key: Item) => MaybePromise<string>): BranchKeyIdSupplier {
  return { getBranchKeyId: (context) => branchKeyIdOf(keyOf(context)) }
}

/** @throws `MALFORMED` for a context that is not one of an item. */
function keyOf(context: EncryptionContext): Item {
  const of = (name: string) => entryOf(context, name)
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

function decode(letter: string, text: string): AttributeValue {
  if (letter === 'S') return { S: text }
  if (letter === 'N') return { N: text }
  if (letter === 'B') return parseValue(fromBase64(text))
  if (letter === 'L' && text === 'null') return { NULL: true }
  if (letter === 'L' && (text === 'true' || text === 'false')) return { BOOL: text === 'true' }
  throw new ItemCryptoError('MALFORMED', `encryption context: ${LEGEND} says what is not so`)
}
