/**
 * What a table is configured with, and the rules for it (structured-item-format, 3.2).
 *
 * @module
 */
import { attribute, ItemCryptoError } from '../errors.ts'
import type { AttributeActions, CryptoAction, Item } from '../item.ts'
import { compareUtf16 } from '../order.ts'
import { compareCanonical } from './canonical-path.ts'
import { RESERVED_PREFIX } from './header.ts'

/** A table and what is done with the attributes of its items. */
export interface TableConfiguration {
  /** The logical name: bound into every item, and kept when a table is restored under another name. */
  readonly tableName: string
  readonly partitionKey: string
  readonly sortKey?: string
  /**
   * The actions of attributes when encrypting; when decrypting, the item says. The key attributes need not be named: theirs is
   * `SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT` if any attribute has that, else `SIGN_ONLY`. Without a default, an attribute that
   * is not named cannot be encrypted; the peers have no default.
   */
  readonly actions?: AttributeActions
  /** Names of attributes that no signature covers, now and ever. The default action is not for them. */
  readonly allowedUnsignedAttributes?: readonly string[]
  /** The same for all names that begin so. */
  readonly allowedUnsignedAttributePrefix?: string
}

/** The same, checked and worked out. */
export interface ResolvedTable extends Omit<TableConfiguration, 'actions'> {
  /** Partition key, and sort key if there is one. */
  readonly keys: readonly string[]
  /** Names that every new item must have, being in its encryption context. */
  readonly contextNames: readonly string[]
  readonly isUnsigned: (name: string) => boolean
  /** `undefined` for what is to be signed, but not how. */
  readonly actionOf: (name: string) => CryptoAction | undefined
}

const CONTEXT = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT'
const ACTIONS: readonly string[] = ['ENCRYPT_AND_SIGN', CONTEXT, 'SIGN_ONLY', 'DO_NOTHING']
const CONTEXT_PREFIX = 'aws-crypto-'

/** Checks the rules in the peers' order, after those that only we need. @throws `CONFIGURATION` for the first that is broken. */
export function resolveTable(configuration: TableConfiguration): ResolvedTable {
  const { tableName, partitionKey, sortKey, actions = {}, allowedUnsignedAttributes = [] } = configuration
  const { default: other, attributes = {} } = actions
  const unsignedPrefix = configuration.allowedUnsignedAttributePrefix
  const named = new Map(Object.entries(attributes))
  for (const action of [...named.values(), other === undefined ? 'SIGN_ONLY' : other]) {
    if (!ACTIONS.includes(action)) refuse(`an action is one of ${ACTIONS.join(', ')}`)
  }
  if (!Array.isArray(allowedUnsignedAttributes)) refuse('allowedUnsignedAttributes is no list')
  if (!tableName) refuse('tableName is needed')
  if (tableName.startsWith(CONTEXT_PREFIX)) refuse('tableName is reserved')
  if (!partitionKey) refuse('partitionKey is needed')
  if (sortKey === '' || sortKey === partitionKey) refuse('sortKey is partitionKey, or empty')
  if (unsignedPrefix === '') refuse('allowedUnsignedAttributePrefix is empty')
  if (other === 'DO_NOTHING') refuse('the default action is DO_NOTHING')

  const keyAction = other === CONTEXT || [...named.values()].includes(CONTEXT) ? CONTEXT : 'SIGN_ONLY'
  const keys = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
  keys.forEach((name, i) => {
    if ((named.get(name) ?? keyAction) !== keyAction) refuse(`${i === 0 ? 'partition' : 'sort'} key attribute action must be ${keyAction}`)
    named.set(name, keyAction)
  })
  const listed = new Set(allowedUnsignedAttributes)
  const isUnsigned = (name: string) =>
    listed.has(name) || name.startsWith(unsignedPrefix ?? RESERVED_PREFIX) || name.startsWith(RESERVED_PREFIX)
  const names = [...named.keys()].sort(compareUtf16)
  for (const name of names) {
    const action = named.get(name)
    const unsigned = isUnsigned(name)
    if ((action === 'DO_NOTHING') !== unsigned)
      refuse(`${attribute(name)} is ${action}, but ${unsigned ? '' : 'not '}allowed to be unsigned`)
  }
  for (const name of names) {
    if (name.startsWith(RESERVED_PREFIX) || name.startsWith(CONTEXT_PREFIX)) refuse(`${attribute(name)} is reserved`)
  }
  return {
    tableName,
    partitionKey,
    ...(sortKey !== undefined && { sortKey }),
    keys,
    contextNames: names.filter((name) => named.get(name) === CONTEXT),
    isUnsigned,
    actionOf: (name) => named.get(name) ?? (isUnsigned(name) ? 'DO_NOTHING' : other),
  }
}

/** The names of the attributes of an item that must be signed, in canonical order. */
export function signedNames(table: ResolvedTable, item: Item): string[] {
  return Object.keys(item)
    .filter((name) => !table.isUnsigned(name))
    .sort(compareCanonical)
}

function refuse(reason: string): never {
  throw new ItemCryptoError('CONFIGURATION', reason)
}
