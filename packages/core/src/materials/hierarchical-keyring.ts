/**
 * Data keys under branch keys: whoever has a branch key once wraps and opens any number of data keys with it
 * (materials-and-keyrings, 2.10).
 *
 *     provider id      `aws-kms-hierarchy`
 *     provider info    branch key id
 *     wrapped key      salt 16 bytes, IV 12, version of the branch key 16, AES-256-GCM under a key derived from the branch key
 *
 * @module
 */
import { toBase64 } from '../base64.ts'
import { concat, constantTimeEqual, toUtf8 } from '../bytes.ts'
import { Cursor } from '../cursor.ts'
import { failingAs, ItemCryptoError } from '../errors.ts'
import { keyHandle } from '../key-handle.ts'
import type { MaybePromise, SecretKey, StructuredPrimitives } from '../primitives.ts'
import { type BranchKey, type BranchKeyStore, versionBytes, versionText } from './branch-key.ts'
import { type TimeLimitedCache, timeLimitedCache } from './cache.ts'
import { counterKdf } from './counter-kdf.ts'
import { addDataKey, openDataKey } from './edk-wrapping.ts'
import { contextAad, type EncryptionContext } from './encryption-context.ts'
import { firstOpened, type Keyring } from './keyring.ts'
import type { DecryptionMaterials, EncryptionMaterials } from './materials.ts'

/** Chooses the branch key of an item; `dynamoDbBranchKeyIdSupplier` of `structured/branch-key-id-supplier` makes one that sees the item's key. */
export interface BranchKeyIdSupplier {
  getBranchKeyId(context: EncryptionContext): MaybePromise<string>
}

/** For `hierarchicalKeyring`. */
export type HierarchicalKeyringOptions = {
  readonly keyStore: BranchKeyStore
  /**
   * For how long a branch key is used before the store is asked again. Zero: always. With the cache's defaults one caller asks
   * already in the last ten seconds of it, or in its second half, while the others go on; a failure then is no matter until the end.
   */
  readonly ttlSeconds: number
  /** To share one between keyrings; `timeLimitedCache()` of its own unless given. */
  readonly cache?: TimeLimitedCache
  /** Keyrings of the same partition in one cache share their branch keys; without it nothing is shared. */
  readonly partitionId?: string
} & ({ readonly branchKeyId: string } | { readonly branchKeyIdSupplier: BranchKeyIdSupplier })

interface LoadedKey {
  readonly version: Uint8Array
  readonly handle: (p: StructuredPrimitives) => MaybePromise<SecretKey>
}

const PROVIDER = 'aws-kms-hierarchy'
const SALT = 16
const IV = 12
const VERSION = 16
const KEY = 32

/** @throws `CONFIGURATION` unless there is exactly one of a branch key id and a supplier, and a time to live. */
export function hierarchicalKeyring(options: HierarchicalKeyringOptions): Keyring {
  const { keyStore, ttlSeconds, cache = timeLimitedCache() } = options
  const { branchKeyId: fixed, branchKeyIdSupplier: supplier }: { branchKeyId?: string; branchKeyIdSupplier?: BranchKeyIdSupplier } = options
  if (!fixed === !supplier) refuse('either branchKeyId or branchKeyIdSupplier is needed')
  if (!Number.isInteger(ttlSeconds) || ttlSeconds < 0) refuse('ttlSeconds is needed')
  const limits = { maxAge: 1000 * ttlSeconds }
  let partition = options.partitionId

  async function branchKeyIdOf(context: EncryptionContext): Promise<string> {
    const id = fixed ?? (await supplier!.getBranchKeyId(context))
    if (typeof id !== 'string' || !id) refuse('branchKeyId is needed')
    return id
  }

  async function load(p: StructuredPrimitives, branchKeyId: string, version?: string): Promise<LoadedKey> {
    partition ??= toBase64(p.randomBytes(SALT))
    const id = JSON.stringify([partition, keyStore.logicalKeyStoreName, branchKeyId, version])
    return failingAs('NO_MATERIALS', 'the branch key store failed', () =>
      cache.get(id, limits, async () =>
        loaded(
          branchKeyId,
          version,
          await (version ? keyStore.getBranchKeyVersion(branchKeyId, version) : keyStore.getActiveBranchKey(branchKeyId)),
        ),
      ),
    )
  }

  return {
    async onEncrypt(materials, p) {
      const branchKeyId = await branchKeyIdOf(materials.encryptionContext)
      const branchKey = await load(p, branchKeyId)
      return addDataKey(materials, p, async (key) => {
        const keyProviderInfo = toUtf8(branchKeyId)
        const random = p.randomBytes(SALT + IV)
        const wrapped = await p.aesGcmEncrypt(...(await wrapping(p, branchKey, keyProviderInfo, random, materials)), key)
        return { keyProviderId: PROVIDER, keyProviderInfo, ciphertext: concat(random, branchKey.version, wrapped) }
      })
    },

    async onDecrypt(materials, keys, p) {
      const branchKeyId = await branchKeyIdOf(materials.encryptionContext)
      const info = toUtf8(branchKeyId)
      return firstOpened('hierarchical keyring', materials, keys, (edk) => {
        if (edk.keyProviderId !== PROVIDER || !constantTimeEqual(edk.keyProviderInfo, info)) return undefined
        return openDataKey(materials, p, edk, async (wrapped) => {
          const cursor = new Cursor(wrapped, 'wrapped key')
          const random = cursor.bytes(SALT + IV)
          const branchKey = await load(p, branchKeyId, versionText(cursor.bytes(VERSION)))
          return p.aesGcmDecrypt(...(await wrapping(p, branchKey, info, random, materials)), cursor.bytes(cursor.left))
        })
      })
    },
  }
}

/** What the store gave, checked and copied. */
function loaded(branchKeyId: string, version: string | undefined, key: BranchKey): LoadedKey {
  if (
    key.branchKeyId !== branchKeyId ||
    (version && version !== key.version) ||
    !(key.branchKey instanceof Uint8Array) ||
    key.branchKey.length !== KEY
  )
    throw new ItemCryptoError('NO_MATERIALS', 'the branch key store gave an unfit key')
  return { version: versionBytes(key.version), handle: keyHandle('HMAC-SHA-256', key.branchKey) }
}

/** With what AES-GCM wraps a key: key, IV and AAD. @param random salt and IV. */
async function wrapping(
  p: StructuredPrimitives,
  { version, handle }: LoadedKey,
  info: Uint8Array,
  random: Uint8Array,
  { encryptionContext }: EncryptionMaterials | DecryptionMaterials,
): Promise<[Uint8Array, Uint8Array, Uint8Array]> {
  const provider = toUtf8(PROVIDER)
  const key = await counterKdf(p, 'SHA-256', await handle(p), provider, random.subarray(0, SALT), KEY)
  return [key, random.subarray(SALT), concat(provider, info, version, contextAad(encryptionContext))]
}

function refuse(reason: string): never {
  throw new ItemCryptoError('CONFIGURATION', `hierarchical keyring: ${reason}`)
}
