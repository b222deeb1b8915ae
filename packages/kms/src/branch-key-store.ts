/**
 * Branch keys under a key of KMS: made, renewed and read as the peers' key store does (materials-and-keyrings, 4; layout of its
 * items: `branch-key-item.ts`). Where they are kept is another's affair: `branchKeyTable` of `@itemseal/dynamodb/branch-key-table`
 * keeps them in a table.
 *
 * @module
 */
import { ItemCryptoError, webCrypto } from '@itemseal/core'
import {
  type BranchKey,
  type BranchKeyCallOptions,
  type BranchKeyStorage,
  type BranchKeyStore,
  type EncryptionContext,
  versionText,
} from '@itemseal/core/materials'
import { formatKmsArn, isMultiRegionArn, isSameKey, parseKmsKeyArn, regionOf } from './arn.ts'
import {
  ACTIVE,
  asActive,
  asBeacon,
  BEACON,
  type BranchKeyAttributes,
  type BranchKeyItem,
  contextOf,
  customContextOf,
  newAttributes,
  nextVersion,
  parseBranchKeyItem,
  serializeBranchKeyItem,
  VERSION,
} from './branch-key-item.ts'
import type { KmsBranchKeyAdmin, KmsDecrypt } from './client.ts'
import { clientNeeded, type KmsFor } from './client-supplier.ts'
import { asked, blobOf, checkGrantTokens, plaintextOf, request, unbelievable } from './data-key.ts'

/**
 * Which keys of KMS the store believes in:
 *
 * - `kmsKeyArn`: this one;
 * - `kmsMRKeyArn`: this multi-Region key, also for what was made with its replica in another Region;
 * - `discovery`: whatever key an item names; only for reading;
 * - `mrDiscovery`: the same, with multi-Region keys in this Region.
 */
export type BranchKeyKmsConfiguration =
  | { readonly kmsKeyArn: string }
  | { readonly kmsMRKeyArn: string }
  | { readonly discovery: true }
  | { readonly mrDiscovery: string }

/** Reading needs `decrypt` only, making and renewing keys the others. */
export type BranchKeyKmsClient = KmsDecrypt & Partial<KmsBranchKeyAdmin>

/** For `kmsBranchKeyStore`: the table, its logical name, and the key that wraps branch keys. */
export interface KmsBranchKeyStoreOptions {
  readonly storage: BranchKeyStorage
  /** Bound into every key, and kept when a table is restored under another name. */
  readonly logicalKeyStoreName: string
  readonly kms: BranchKeyKmsConfiguration
  readonly client: KmsFor<BranchKeyKmsClient>
  /** Up to ten. */
  readonly grantTokens?: readonly string[]
  /** Milliseconds; for the time of creation, which is information only. `Date.now` unless said otherwise. */
  readonly now?: () => number
}

/** Of a branch key to be made. */
export interface CreateBranchKeyOptions extends BranchKeyCallOptions {
  /** A random UUID unless given. */
  readonly branchKeyIdentifier?: string
  /** What KMS is to bind the key to, readable in the table. One that is not empty is needed beside an identifier of your own. */
  readonly encryptionContext?: EncryptionContext
}

/** For `hierarchicalKeyring`, and for those who make keys. */
export interface KmsBranchKeyStore extends BranchKeyStore {
  /**
   * Makes a branch key, its first version and its beacon key; nobody sees them in clear.
   *
   * @returns its identifier.
   * @throws `CONFIGURATION` for an identifier that there is already; nothing is changed then.
   */
  createKey(options?: CreateBranchKeyOptions): Promise<string>
  /**
   * Makes a new version, with which is written from now on; the older ones stay readable.
   *
   * @returns its UUID.
   * @throws `NO_MATERIALS` if there is no such key, or it is not the store's own.
   */
  versionKey(options: { readonly branchKeyIdentifier: string } & BranchKeyCallOptions): Promise<string>
  getActiveBranchKey(branchKeyId: string, options?: BranchKeyCallOptions): Promise<BranchKey>
  getBranchKeyVersion(branchKeyId: string, version: string, options?: BranchKeyCallOptions): Promise<BranchKey>
  getBeaconKey(branchKeyId: string, options?: BranchKeyCallOptions): Promise<Uint8Array>
}

const KEY = 32
const WAYS = ['kmsKeyArn', 'kmsMRKeyArn', 'discovery', 'mrDiscovery']

/**
 * Opens the store. Nothing is kept in memory: `hierarchicalKeyring` does that.
 *
 * Failures of KMS and of the storage are `NO_MATERIALS` with what was said as `cause`; an item that is not as the peers write them is
 * `MALFORMED`.
 *
 * @throws `CONFIGURATION` for a key that is not named by the ARN of a key, or more grant tokens than KMS takes.
 *
 * @example
 * const storage = branchKeyTable({ tableName: 'keys', client: sdkDynamoDbCalls(new DynamoDBClient({})) })
 * const keyStore = kmsBranchKeyStore({ storage, logicalKeyStoreName: 'keys', kms: { kmsKeyArn }, client: fetchKmsClient({ region, credentials }) })
 * const branchKeyId = await keyStore.createKey()
 * const keyring = hierarchicalKeyring({ keyStore, branchKeyId, ttlSeconds: 600 })
 */
export function kmsBranchKeyStore(options: KmsBranchKeyStoreOptions): KmsBranchKeyStore {
  const { storage, logicalKeyStoreName, client, now = Date.now } = options
  if (typeof logicalKeyStoreName !== 'string' || logicalKeyStoreName === '') refuse('a logicalKeyStoreName is needed')
  const { own, keyFor } = configured(options.kms)
  const grantTokens = checkGrantTokens(options.grantTokens)
  const keyOf = (keyId: string) => ({ keyId, grantTokens, client: clientNeeded(client, regionOf(keyId)) })

  /** The item, and the key of KMS that opens it. */
  async function load(branchKeyId: string, type: string, call?: BranchKeyCallOptions): Promise<BranchKeyItem & { keyId: string }> {
    if (typeof branchKeyId !== 'string' || branchKeyId === '') refuse('a branch key identifier is a text that is not empty')
    const item = await kept('get', () => storage.get(branchKeyId, type, call))
    if (item === undefined)
      throw new ItemCryptoError('NO_MATERIALS', `branch key store: no item ${JSON.stringify(type)} of this branch key`)
    const parsed = parseBranchKeyItem(item, branchKeyId, type)
    const keyId = keyFor(parsed.attributes['kms-arn'])
    if (keyId === undefined) throw new ItemCryptoError('NO_MATERIALS', 'branch key store: the branch key is under another key of KMS')
    return { ...parsed, keyId }
  }

  async function open(branchKeyId: string, type: string, call?: BranchKeyCallOptions): Promise<[Uint8Array, BranchKeyAttributes]> {
    const { attributes, ciphertext, keyId } = await load(branchKeyId, type, call)
    const key = keyOf(keyId)
    const EncryptionContext = contextOf(attributes, logicalKeyStoreName)
    const input = { ...request(key), CiphertextBlob: new Uint8Array(blobOf(ciphertext)), EncryptionContext }
    const { KeyId, Plaintext } = await asked('Decrypt', () => key.client.decrypt(input, call))
    if (KeyId !== keyId) throw unbelievable('it opened with another key')
    return [plaintextOf(Plaintext, KEY), attributes]
  }

  async function branchKeyOf(
    branchKeyId: string,
    type: string,
    versionIn: (attributes: BranchKeyAttributes) => string,
    call?: BranchKeyCallOptions,
  ): Promise<BranchKey> {
    const [branchKey, attributes] = await open(branchKeyId, type, call)
    const version = versionIn(attributes).slice(VERSION.length)
    return { branchKeyId, version, branchKey, encryptionContext: customContextOf(attributes) }
  }

  /** A key that KMS made and nobody saw. */
  async function generate(attributes: BranchKeyAttributes, keyId: string, call?: BranchKeyCallOptions): Promise<BranchKeyItem> {
    const key = keyOf(keyId)
    const { client } = key
    if (client.generateDataKeyWithoutPlaintext === undefined) return refuse('the client makes no keys')
    const EncryptionContext = contextOf(attributes, logicalKeyStoreName)
    const input = { ...request(key), NumberOfBytes: KEY, EncryptionContext }
    const answer = await asked('GenerateDataKeyWithoutPlaintext', () => client.generateDataKeyWithoutPlaintext!(input, call))
    if (answer.KeyId !== keyId) throw unbelievable('it made the key with another one')
    return { attributes, ciphertext: new Uint8Array(blobOf(answer.CiphertextBlob)) }
  }

  /** The same key, bound to other attributes. */
  async function rebind(
    from: BranchKeyItem,
    attributes: BranchKeyAttributes,
    keyId: string,
    call?: BranchKeyCallOptions,
  ): Promise<BranchKeyItem> {
    const key = keyOf(keyId)
    const { client } = key
    if (client.reEncrypt === undefined) return refuse('the client makes no keys')
    const { GrantTokens } = request(key)
    const input = {
      CiphertextBlob: new Uint8Array(from.ciphertext),
      SourceKeyId: keyId,
      SourceEncryptionContext: contextOf(from.attributes, logicalKeyStoreName),
      DestinationKeyId: keyId,
      DestinationEncryptionContext: contextOf(attributes, logicalKeyStoreName),
      ...(GrantTokens && { GrantTokens }),
    }
    const answer = await asked('ReEncrypt', () => client.reEncrypt!(input, call))
    if (answer.SourceKeyId !== keyId || answer.KeyId !== keyId) throw unbelievable('it used another key')
    return { attributes, ciphertext: new Uint8Array(blobOf(answer.CiphertextBlob)) }
  }

  async function put(mustExist: boolean[], items: BranchKeyItem[], call: BranchKeyCallOptions): Promise<boolean> {
    const puts = items.map((item, i) => ({ item: serializeBranchKeyItem(item), mustExist: mustExist[i]! }))
    return kept('put', () => storage.put(puts, call))
  }

  return {
    logicalKeyStoreName,

    async createKey({ branchKeyIdentifier, encryptionContext: custom = {}, ...call } = {}) {
      const keyId = own ?? refuse('keys are made with a kmsKeyArn or a kmsMRKeyArn')
      checkContext(custom)
      if (branchKeyIdentifier === '') refuse('branchKeyIdentifier is empty')
      if (branchKeyIdentifier !== undefined && !isText(branchKeyIdentifier)) refuse('branchKeyIdentifier: a text without lone surrogates')
      if (branchKeyIdentifier !== undefined && Object.keys(custom).length === 0)
        refuse('an encryptionContext is needed beside a branchKeyIdentifier')
      const branchKeyId = branchKeyIdentifier ?? randomUuid()
      const createTime = new Date(now())
      const attributes = newAttributes({ branchKeyId, type: VERSION + randomUuid(), createTime, keyArn: keyId, custom })
      const version = await generate(attributes, keyId, call)
      const active = await rebind(version, asActive(attributes), keyId, call)
      const beacon = await generate(asBeacon(attributes), keyId, call)
      if (await put([false, false, false], [version, active, beacon], call)) return branchKeyId
      return refuse('there is a branch key with this identifier already')
    },

    async versionKey({ branchKeyIdentifier, ...call }) {
      if (own === undefined) refuse('keys are renewed with a kmsKeyArn or a kmsMRKeyArn')
      const old = await load(branchKeyIdentifier, ACTIVE, call)
      const { keyId } = old
      await rebind(old, old.attributes, keyId, call) // nothing is built on an item that KMS does not know
      const type = VERSION + randomUuid()
      const attributes = nextVersion(old.attributes, type, new Date(now()))
      const version = await generate(attributes, keyId, call)
      const active = await rebind(version, asActive(attributes), keyId, call)
      if (await put([false, true], [version, active], call)) return type.slice(VERSION.length)
      throw new ItemCryptoError('NO_MATERIALS', 'branch key store: the branch key is gone')
    },

    getActiveBranchKey: (branchKeyId, call) => branchKeyOf(branchKeyId, ACTIVE, (attributes) => attributes.version!, call), // parsed
    getBranchKeyVersion: (branchKeyId, version, call) => branchKeyOf(branchKeyId, VERSION + version, ({ type }) => type, call),
    getBeaconKey: async (branchKeyId, call) => (await open(branchKeyId, BEACON, call))[0],
  }
}

/** The key to make keys with, and which opens an item: `undefined` if none is to. */
function configured(kms: BranchKeyKmsConfiguration): { own?: string; keyFor: (stored: string) => string | undefined } {
  const discovered = (region?: string) => (stored: string) => {
    const arn = parseKmsKeyArn(stored)
    return arn && (region !== undefined && isMultiRegionArn(arn) ? formatKmsArn({ ...arn, region }) : stored)
  }
  if (WAYS.filter((way) => Reflect.get(kms, way)).length > 1) refuse('kms: one way to find the key is wanted')
  if ('discovery' in kms && kms.discovery === true) return { keyFor: discovered() }
  if ('mrDiscovery' in kms && kms.mrDiscovery) return { keyFor: discovered(kms.mrDiscovery) }
  const own = 'kmsKeyArn' in kms ? kms.kmsKeyArn : 'kmsMRKeyArn' in kms ? kms.kmsMRKeyArn : ''
  if (parseKmsKeyArn(own) === undefined) refuse('kms: the ARN of a key, discovery or a Region is wanted')
  return { own, keyFor: (stored) => (stored === own || ('kmsMRKeyArn' in kms && isSameKey(own, stored)) ? own : undefined) }
}

async function kept<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (cause) {
    if (cause instanceof ItemCryptoError) throw cause
    throw new ItemCryptoError('NO_MATERIALS', `branch key store: the storage failed to ${what}`, { cause })
  }
}

function checkContext(context: EncryptionContext): void {
  for (const [name, value] of Object.entries(context))
    if (!isText(name) || !isText(value)) refuse('encryptionContext: texts are wanted, without lone surrogates')
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.isWellFormed() // on the way a lone surrogate would become another character, and the key could never be opened
}

/** Version 4. */
function randomUuid(): string {
  const bytes = webCrypto.randomBytes(16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x40
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return versionText(bytes)
}

function refuse(reason: string): never {
  throw new ItemCryptoError('CONFIGURATION', `branch key store: ${reason}`)
}
