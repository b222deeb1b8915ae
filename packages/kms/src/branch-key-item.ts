/**
 * An item of a branch key store (materials-and-keyrings, 4.2).
 *
 *     branch-key-id          S   id
 *     type                   S   `branch:ACTIVE`, `branch:version:` and a UUID, or `beacon:ACTIVE`
 *     version                S   `branch:version:` and a UUID: of `branch:ACTIVE` only
 *     create-time            S   UTC, in microseconds
 *     hierarchy-version      N   `1`; the peers' newer `2` is another layout, which is not read here
 *     kms-arn                S   of the key that `enc` is under
 *     aws-crypto-ec:…        S   what the key's maker bound it to
 *     enc                    B   the key, as KMS encrypted it
 *
 * The encryption context of `enc` is every other attribute as text, and `tablename`, the logical name of the store.
 *
 * @module
 */
import { type Item, ItemCryptoError } from '@itemseal/core'
import type { EncryptionContext } from '@itemseal/core/materials'

export const ACTIVE = 'branch:ACTIVE'
export const BEACON = 'beacon:ACTIVE'
export const VERSION = 'branch:version:'

const CUSTOM = 'aws-crypto-ec:'
const TABLE = 'tablename'
const REQUIRED = ['branch-key-id', 'type', 'create-time', 'hierarchy-version', 'kms-arn'] as const

/** What stands in an item beside the key itself. */
export type BranchKeyAttributes = EncryptionContext & Readonly<Record<(typeof REQUIRED)[number], string>>

export interface BranchKeyItem {
  readonly attributes: BranchKeyAttributes
  readonly ciphertext: Uint8Array
}

/** For a new version: what its three items, or two, have in common. */
export interface NewBranchKey {
  readonly branchKeyId: string
  /** `branch:version:` and a UUID. */
  readonly type: string
  readonly createTime: Date
  readonly keyArn: string
  readonly custom: EncryptionContext
}

export function newAttributes({ branchKeyId, type, createTime, keyArn, custom }: NewBranchKey): BranchKeyAttributes {
  return {
    'branch-key-id': branchKeyId,
    type,
    'create-time': timeText(createTime),
    'hierarchy-version': '1',
    'kms-arn': keyArn,
    ...Object.fromEntries(Object.entries(custom).map(([name, value]) => [CUSTOM + name, value])),
  }
}

/** Of the version that it says is the active one. */
export function asActive(version: BranchKeyAttributes): BranchKeyAttributes {
  return { ...version, type: ACTIVE, version: version.type }
}

export function asBeacon(version: BranchKeyAttributes): BranchKeyAttributes {
  return { ...version, type: BEACON }
}

/** A new version of an active key: with the same custom context, under the same key of KMS. */
export function nextVersion(active: BranchKeyAttributes, type: string, createTime: Date): BranchKeyAttributes {
  const { version: _, ...kept }: BranchKeyAttributes & { readonly version?: string } = active
  return { ...kept, type, 'create-time': timeText(createTime) }
}

/** What KMS binds the key to. */
export function contextOf(attributes: BranchKeyAttributes, logicalKeyStoreName: string): EncryptionContext {
  return { ...attributes, [TABLE]: logicalKeyStoreName }
}

/** What the key's maker bound it to. */
export function customContextOf(attributes: BranchKeyAttributes): EncryptionContext {
  const custom = Object.entries(attributes).filter(([name]) => name.startsWith(CUSTOM))
  return Object.fromEntries(custom.map(([name, value]) => [name.slice(CUSTOM.length), value]))
}

export function serializeBranchKeyItem({ attributes, ciphertext }: BranchKeyItem): Item {
  const entries = Object.entries(attributes).map(([name, value]) => [name, name === 'hierarchy-version' ? { N: value } : { S: value }])
  return { ...Object.fromEntries(entries), enc: { B: ciphertext } }
}

/** @throws `MALFORMED` for an item that is none of these, or is not the one asked for; `UNSUPPORTED` for one of another hierarchy version. */
export function parseBranchKeyItem(item: Item, branchKeyId: string, type: string): BranchKeyItem {
  const { enc, ...others } = item
  const { B: ciphertext } = Object(enc) as { readonly B?: unknown } // it may be anything
  if (!(ciphertext instanceof Uint8Array)) malformed('enc')
  const attributes = Object.fromEntries(
    Object.entries(others).map(([name, value]) => {
      const { S, N } = Object(value) as { readonly S?: unknown; readonly N?: unknown }
      const text = name === 'hierarchy-version' ? N : S
      if (typeof text !== 'string' || name === TABLE) malformed(name)
      return [name, text]
    }),
  )
  for (const name of REQUIRED) if (!Object.hasOwn(attributes, name)) malformed(name)
  if (attributes['hierarchy-version'] !== '1')
    throw new ItemCryptoError('UNSUPPORTED', 'item of a branch key store: of another hierarchy-version than 1')
  if (attributes['branch-key-id'] !== branchKeyId) malformed('branch-key-id')
  if (attributes.type !== type) malformed('type')
  const { version } = attributes
  if (type === ACTIVE ? !version?.startsWith(VERSION) || version === VERSION : version !== undefined) malformed('version')
  return { attributes: attributes as BranchKeyAttributes, ciphertext } // just looked at
}

/** Microseconds, of which no clock here knows the last three digits. */
function timeText(time: Date): string {
  return time.toISOString().replace(/Z$/, '000Z')
}

function malformed(attribute: string): never {
  throw new ItemCryptoError('MALFORMED', `item of a branch key store: attribute ${JSON.stringify(attribute)} is not as it should be`)
}
