/**
 * Why an item was refused, as far as it can be told: each cause, and its sentence.
 *
 * @module
 */
import type { AttributeType } from '../attribute-value.ts'
import type { CryptoAction } from '../item.ts'

/** The key attributes' names. */
export interface KeyNames {
  readonly partitionKey: string
  readonly sortKey?: string
}

/**
 * What makes an item that was refused verify, or what its public parts say. `written` is what held when the item was written,
 * `configured` and `stored` what holds now. Names of attributes and tables only, never a value.
 */
export type FailureCause =
  /** No signature, no header, and nothing else of either format. */
  | { readonly kind: 'not-encrypted' }
  | { readonly kind: 'other-format'; readonly written: 'classic' | 'structured' }
  /** Classic: signature and description are in attributes of the usual names, and not of the configured ones. */
  | { readonly kind: 'field-names' }
  /** Binary attributes became base64 text, as when an item goes through JSON. */
  | { readonly kind: 'binary-as-text'; readonly names: readonly string[] }
  | { readonly kind: 'table-name'; readonly configured: string; readonly written: string }
  | { readonly kind: 'key-attribute'; readonly configured: KeyNames; readonly written: KeyNames }
  /** One of `hints.otherKeys` opens it. */
  | { readonly kind: 'other-key'; readonly index: number }
  /** No key opens it. */
  | { readonly kind: 'wrong-key' }
  /** Classic: only under Python's rounding of numbers to 28 digits. */
  | { readonly kind: 'dialect'; readonly written: 'python' }
  /** Classic: of all attributes that the configuration does not name. */
  | { readonly kind: 'default-action-changed'; readonly configured: CryptoAction; readonly written: CryptoAction }
  | {
      readonly kind: 'action-changed'
      readonly name: string
      readonly configured: CryptoAction | undefined
      readonly written: CryptoAction
    }
  /** Without this attribute, which the configuration does not name, the item verifies. */
  | { readonly kind: 'attribute-added'; readonly name: string }
  /** Structured: so many more signed attributes than the header counts, or more than one removed. */
  | { readonly kind: 'attributes-added'; readonly count: number }
  /** So many less; `candidates` are names that the configuration has and the item has not. */
  | { readonly kind: 'attribute-removed'; readonly count: number; readonly candidates: readonly string[] }
  | { readonly kind: 'attribute-renamed'; readonly written: string; readonly stored: string }
  | { readonly kind: 'attributes-swapped'; readonly names: readonly [string, string] }
  /** `nested`: the type is that of a member, however deep. */
  | {
      readonly kind: 'type-changed'
      readonly name: string
      readonly written: AttributeType
      readonly stored: AttributeType
      readonly nested?: true
    }
  /** A readable number was signed as other text of the same number. */
  | { readonly kind: 'number-form'; readonly name: string }
  /** A readable set was signed in another order than the format's. */
  | { readonly kind: 'set-order'; readonly name: string }
  /** Structured: key and header are right, the rest is not. `names`: encrypted attributes that were changed for certain. */
  | { readonly kind: 'content-changed'; readonly names: readonly string[] }
  /** Structured: the key is right, the header is not. */
  | { readonly kind: 'header-changed' }

/** One sentence for an operator. */
export function sentenceOf<K extends FailureCause['kind']>(cause: Extract<FailureCause, { kind: K }>): string {
  return (SENTENCES as Readonly<Record<K, (cause: Extract<FailureCause, { kind: K }>) => string>>)[cause.kind as K](cause) // same kind
}

const SENTENCES: { readonly [K in FailureCause['kind']]: (cause: Extract<FailureCause, { kind: K }>) => string } = {
  'not-encrypted': () => 'the item is not encrypted: it bears no signature and no header',
  'other-format': ({ written }) => `the item is of the ${written} format`,
  'field-names': () => 'signature and description are in the attributes of the usual names, and not of the configured ones',
  'binary-as-text': ({ names }) => `${list(names)} became base64 text instead of binary, as when an item goes through JSON`,
  'table-name': ({ configured, written }) =>
    `the item was written for the table ${quote(written)}, and ${configured === written ? 'the configuration overrides that' : `${quote(configured)} is configured`}`,
  'key-attribute': ({ configured, written }) => `the item was written with the key ${keys(written)}, and ${keys(configured)} is configured`,
  'other-key': ({ index }) => `the item was written with another key: otherKeys[${index}] opens it`,
  'wrong-key': () =>
    'no configured key opens the item: it was written with another, or that key cannot be reached, or what the key is bound to ' +
    '(table name, key attributes, the wrapped key itself) was changed',
  dialect: () => 'a readable number was rounded to 28 digits by the Python client: only the dialect python accepts that',
  'default-action-changed': ({ configured, written }) =>
    `the default action was ${written} when the item was written, and ${configured} is configured`,
  'action-changed': ({ name, configured, written }) =>
    written === 'DO_NOTHING'
      ? `attribute ${quote(name)} is not under the signature: it was DO_NOTHING when the item was written and is ${configured ?? 'signed'} now, or was added since`
      : `attribute ${quote(name)} was ${written} when the item was written, and ${configured ?? 'another action'} is configured`,
  'attribute-added': ({ name }) =>
    `attribute ${quote(name)} is not under the signature: it was added since the item was written, or was DO_NOTHING then`,
  'attributes-added': ({ count }) =>
    `${attributes(count)} more to be signed than when the item was written: added since, or allowed to be unsigned then`,
  'attribute-removed': ({ count, candidates }) =>
    `${attributes(count)} less to be signed than when the item was written: removed since, left out by a projection, or allowed to be unsigned now` +
    (candidates.length === 0 ? '' : `; configured, and missing: ${candidates.map(quote).join(', ')}`),
  'attribute-renamed': ({ written, stored }) => `attribute ${quote(stored)} had the name ${quote(written)} when the item was written`,
  'attributes-swapped': ({ names }) => `${list(names)} have each other's values`,
  'type-changed': ({ name, written, stored, nested }) =>
    `${nested ? 'a member of ' : ''}attribute ${quote(name)} was ${written} when the item was written, and is ${stored} now`,
  'number-form': ({ name }) => `attribute ${quote(name)} was signed as other text of the same number than the format's`,
  'set-order': ({ name }) => `attribute ${quote(name)} is a set that was signed in another order than the format's`,
  'content-changed': ({ names }) =>
    names.length > 0
      ? `keys and header are right, but the value of ${list(names)} was changed`
      : 'keys and header are right, but a signed attribute or the footer was changed, or the keys are bound to no table name and that is another',
  'header-changed': () => 'the key is right, but the header was changed',
}

function quote(name: string): string {
  return JSON.stringify(name)
}

function list(names: readonly string[]): string {
  return `${names.length === 1 ? 'attribute' : 'attributes'} ${names.map(quote).join(', ')}`
}

function attributes(count: number): string {
  return `${count} ${count === 1 ? 'attribute' : 'attributes'}`
}

function keys({ partitionKey, sortKey }: KeyNames): string {
  return sortKey === undefined ? quote(partitionKey) : `${quote(partitionKey)}, ${quote(sortKey)}`
}
