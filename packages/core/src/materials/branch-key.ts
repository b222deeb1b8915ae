/**
 * Branch keys: keys that live in a store, in versions, and under which data keys are wrapped without asking anybody
 * (materials-and-keyrings, 4).
 *
 * @module
 */
import { type ErrorCode, ItemCryptoError } from '../errors.ts'
import { fromHex, toHex } from '../hex.ts'
import type { Item } from '../item.ts'
import type { MaybePromise } from '../primitives.ts'
import type { EncryptionContext } from './encryption-context.ts'

/** A version of a branch key. */
export interface BranchKey {
  readonly branchKeyId: string
  /** A UUID, in lower case. */
  readonly version: string
  /** Of 32 bytes. */
  readonly branchKey: Uint8Array
  /** What its maker bound it to, if the store tells. */
  readonly encryptionContext?: EncryptionContext
}

/** Where branch keys are kept. It may hand out the same bytes again and again: nobody changes them. */
export interface BranchKeyStore {
  /** Part of what identifies a key in a cache, and bound into the stored keys. */
  readonly logicalKeyStoreName: string
  /** The version to encrypt with. */
  getActiveBranchKey(branchKeyId: string): MaybePromise<BranchKey>
  /** @throws `NO_MATERIALS` if there is no such version. */
  getBranchKeyVersion(branchKeyId: string, version: string): MaybePromise<BranchKey>
  /** The key for beacons, of 32 bytes: one for all versions. */
  getBeaconKey(branchKeyId: string): MaybePromise<Uint8Array>
}

/** For one call. */
export interface BranchKeyCallOptions {
  readonly signal?: AbortSignal | undefined
}

/** An item of a store that is to be put, and whether there must be one with its id and type already, or must not. */
export interface BranchKeyPut {
  readonly item: Item
  readonly mustExist: boolean
}

/**
 * Where a branch key store keeps its items: a table, or anything that does as much. An item is found by its attributes
 * `branch-key-id` and `type`, both texts, and what is read must be what was written last.
 */
export interface BranchKeyStorage {
  /** `undefined` if there is none. */
  get(branchKeyId: string, type: string, options?: BranchKeyCallOptions): Promise<Item | undefined>
  /** Puts all of them, or none and resolves to `false` if one is there that must not be, or is not there that must. */
  put(puts: readonly BranchKeyPut[], options?: BranchKeyCallOptions): Promise<boolean>
}

/** A version of a branch key, and the beacon key of all versions if this one brings it. */
export interface InMemoryBranchKey extends BranchKey {
  readonly beaconKey?: Uint8Array
}

const LENGTH = 32
const VERSION = 16

/**
 * A store for tests, vectors and keys that come from elsewhere: of several versions of one branch key the last is the active one.
 *
 * @throws `CONFIGURATION` for a key that is not of 32 bytes, or a version that is not a UUID in lower case.
 */
export function inMemoryBranchKeyStore(keys: readonly InMemoryBranchKey[], logicalKeyStoreName = 'in memory'): BranchKeyStore {
  const kept = keys.map(({ branchKeyId, version, branchKey, beaconKey }) => ({
    branchKeyId,
    version: versionText(versionBytes(version, 'CONFIGURATION')),
    branchKey: checkedKey(branchKey),
    ...(beaconKey && { beaconKey: checkedKey(beaconKey) }),
  }))
  const find = (wanted: (key: InMemoryBranchKey) => boolean) => {
    const found = kept.filter(wanted).at(-1)
    if (found === undefined) throw new ItemCryptoError('NO_MATERIALS', 'branch key store: no such key')
    return found
  }
  return {
    logicalKeyStoreName,
    getActiveBranchKey: (id) => find(({ branchKeyId }) => branchKeyId === id),
    getBranchKeyVersion: (id, wanted) => find(({ branchKeyId, version }) => branchKeyId === id && version === wanted),
    getBeaconKey: (id) => find(({ branchKeyId, beaconKey }) => branchKeyId === id && beaconKey !== undefined).beaconKey!,
  }
}

/** The 16 bytes of a version. @throws `MALFORMED`, unless said otherwise, for what is not a UUID in lower case. */
export function versionBytes(version: string, code: ErrorCode = 'MALFORMED'): Uint8Array {
  const bytes = fromHex(version.replaceAll('-', ''))
  if (bytes.length !== VERSION || versionText(bytes) !== version) throw new ItemCryptoError(code, 'branch key: version is not a UUID')
  return bytes
}

/** A version of its 16 bytes. */
export function versionText(bytes: Uint8Array): string {
  return toHex(bytes).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function checkedKey(key: Uint8Array): Uint8Array {
  if (!(key instanceof Uint8Array) || key.length !== LENGTH) throw new ItemCryptoError('CONFIGURATION', 'branch key: 32 bytes are needed')
  return new Uint8Array(key)
}
