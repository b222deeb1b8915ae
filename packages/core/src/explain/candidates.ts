/**
 * Likely causes of a refusal in both formats, each as a change that would undo it.
 *
 * @module
 */
import { typed } from '../attribute-value.ts'
import { entryOf, type Item } from '../item.ts'
import type { KeyNames } from './cause.ts'
import type { Candidate, Change, OtherKey, Reader } from './reader.ts'
import { binaryOfText, otherNumbers, otherOrders, otherTypes } from './value-variants.ts'

/** What the caller suspects. */
export interface Suspects {
  readonly tableNames: readonly string[]
  readonly otherKeys: readonly OtherKey[]
}

type Row = (reader: Reader, suspects: Suspects) => Iterable<Candidate>

/** After everything has verified. */
export const KEYS: readonly Row[] = [otherKeys]

/** The likeliest first, and those that take many attempts last. */
export const CAUSES: readonly Row[] = [
  binaryAsText,
  tableNames,
  otherKeys,
  (reader) => (lacksKey(reader) ? keyAttributes(reader) : []),
  (reader) => reader.own(),
  types,
  renames,
  (reader) => (lacksKey(reader) ? [] : keyAttributes(reader)),
  numberForms,
  (reader) => setOrders(reader, false),
  swaps,
  (reader) => setOrders(reader, true),
]

const KEY_TYPES: readonly string[] = ['S', 'N', 'B']
/** What the peers sign when they are not told a name (classic-item-format, 5.1). */
const NO_TABLE_NAME = ['null', 'None']

/** The candidates of a row, up to the first part of the item that cannot be read. */
export function* guarded<T>(row: () => Iterable<T>): Generator<T> {
  try {
    yield* row()
  } catch {
    // The refusal itself says what cannot be read.
  }
}

function* binaryAsText({ item, reserved, encrypted, read }: Reader): Generator<Candidate> {
  const decoded = (from: Item, names: readonly string[]) =>
    names.flatMap((name) => {
      const value = binaryOfText(entryOf(from, name))
      return value === undefined ? [] : [[name, value] as const]
    })
  const own = decoded(item, reserved)
  const all = [...own, ...decoded(item, encrypted(withValues(item, own)))]
  // A single one that is not the format's own is a type that changed.
  if (own.length > 0 || all.length > 1)
    yield of({ kind: 'binary-as-text', names: all.map(([name]) => name) }, read, { item: withValues(item, all) })
}

function* tableNames({ tableName: configured, overridden, read }: Reader, suspects: Suspects): Generator<Candidate> {
  const obvious = [configured, configured.trim(), configured.toLowerCase(), configured.toUpperCase(), ...NO_TABLE_NAME]
  for (const written of new Set([...suspects.tableNames, ...obvious]))
    if (written !== configured || overridden) yield of({ kind: 'table-name', configured, written }, read, { tableName: written })
}

function* otherKeys({ read }: Reader, suspects: Suspects): Generator<Candidate> {
  for (const [index, otherKey] of suspects.otherKeys.entries()) yield of({ kind: 'other-key', index }, read, { otherKey })
}

function* keyAttributes({ item, names, keys: configured, read }: Reader): Generator<Candidate> {
  const { partitionKey, sortKey } = configured
  const others = names.filter((name) => KEY_TYPES.some((type) => type in item[name]!) && name !== partitionKey && name !== sortKey)
  const written: KeyNames[] =
    sortKey === undefined
      ? others.map((name) => ({ partitionKey, sortKey: name }))
      : [{ partitionKey }, { partitionKey: sortKey, sortKey: partitionKey }, ...others.map((name) => ({ partitionKey, sortKey: name }))]
  written.push(...others.map((name) => ({ ...configured, partitionKey: name })))
  for (const keys of written) yield of({ kind: 'key-attribute', configured, written: keys }, read, { keys })
}

function* types({ item, names, read }: Reader): Generator<Candidate> {
  for (const name of names) {
    for (const { value, ...change } of guarded(() => otherTypes(item[name]!)))
      yield of({ kind: 'type-changed', name, ...change }, read, { item: withValues(item, [[name, value]]) })
  }
}

function* renames({ item, names, configured, read }: Reader): Generator<Candidate> {
  const missing = configured.filter((name) => !names.includes(name))
  for (const stored of names) {
    const likely = [...missing, ...spellings(stored)].filter((name) => name !== '' && !names.includes(name))
    for (const written of new Set(likely)) {
      const renamed = Object.entries(item).map(([name, value]) => [name === stored ? written : name, value] as const)
      yield of({ kind: 'attribute-renamed', written, stored }, read, { item: Object.fromEntries(renamed) })
    }
  }
}

/** The same name in other hands. */
function spellings(name: string): readonly string[] {
  const [first = ''] = name
  const rest = name.slice(first.length)
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  const camel = name.replace(/[_-]+(.)/g, (_, letter: string) => letter.toUpperCase())
  const whitespace = [name.trim(), `${name} `, ` ${name}`]
  const cases = [first.toLowerCase() + rest, first.toUpperCase() + rest, name.toLowerCase(), name.toUpperCase(), snake, camel]
  return [...cases, ...whitespace, name.normalize('NFC'), name.normalize('NFD')]
}

function* numberForms({ item, readable, numberBytes, read }: Reader): Generator<Candidate> {
  for (const name of readable()) {
    const [type, content] = typed(item[name]!)
    if (type !== 'N') continue
    for (const text of otherNumbers(content))
      yield of({ kind: 'number-form', name }, read, { signedAs: { name, bytes: numberBytes(text) } })
  }
}

function* setOrders({ item, readable, valueBytes, read }: Reader, all: boolean): Generator<Candidate> {
  for (const name of readable()) {
    const value = item[name]!
    for (const bytes of guarded(() => otherOrders(value, valueBytes(value), all)))
      yield of({ kind: 'set-order', name }, read, { signedAs: { name, bytes } })
  }
}

function* swaps({ item, names, read }: Reader): Generator<Candidate> {
  for (const [i, a] of names.entries()) {
    for (const b of names.slice(i + 1)) {
      const swapped = withValues(item, [
        [a, item[b]!],
        [b, item[a]!],
      ])
      yield of({ kind: 'attributes-swapped', names: [a, b] }, read, { item: swapped })
    }
  }
}

function lacksKey({ item, keys }: Reader): boolean {
  return [keys.partitionKey, keys.sortKey].some((name) => name !== undefined && entryOf(item, name) === undefined)
}

function withValues(item: Item, values: Iterable<readonly [string, Item[string]]>): Item {
  return Object.fromEntries([...Object.entries(item), ...values])
}

function of(cause: Candidate['cause'], read: Reader['read'], change: Change): Candidate {
  return { cause, read: () => read(change) }
}
