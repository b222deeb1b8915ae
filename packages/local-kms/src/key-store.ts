/**
 * The keys of the service: by id, ARN, alias and alias ARN, in one Region or in several.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import type { KeyRecord, LocalKeySpec } from './key-file.ts'
import { KmsFailure } from './wire.ts'

export interface LocalKeyOptions {
  /** By default symmetric. RSA keys are for encryption, ECC keys for key agreement. */
  readonly spec?: LocalKeySpec
  /** Where the key is; in more than one, it is a multi-Region key with the same material in all. By default `us-east-1`. */
  readonly regions?: readonly string[]
  /** Makes it a multi-Region key even if it is in one Region only. */
  readonly multiRegion?: boolean
  /** By default `111122223333`. */
  readonly account?: string
  /** By default `aws`. */
  readonly partition?: string
  /** Such as `alias/people`, in all Regions of the key. */
  readonly aliases?: readonly string[]
  /** Only who shows this grant token may use the key; others get an `AccessDeniedException`. */
  readonly grantToken?: string
  /** For RSA and ECC: the private key to use, as PKCS#8 PEM, instead of a new one. */
  readonly privateKey?: string
}

/** A key that was created. */
export interface LocalKey {
  readonly keyId: string
  /** In the first of its Regions. */
  readonly arn: string
  /** By Region. */
  readonly arns: Readonly<Record<string, string>>
  /** For RSA and ECC: SubjectPublicKeyInfo, DER. */
  readonly publicKey?: Uint8Array
  /** In one Region, or in all of them. Whoever uses it then gets a `DisabledException`. */
  disable(region?: string): void
  enable(region?: string): void
}

/** A key as operations see it, in one Region. */
export interface StoredKey {
  readonly keyId: string
  readonly arn: string
  readonly spec: LocalKeySpec
  readonly secret: Buffer
  readonly privateKey?: KeyObject
  readonly grantToken?: string
  readonly aliases: readonly string[]
  disabled: boolean
}

export interface KeyStore {
  /** In the order in which they were created. */
  readonly keys: readonly LocalKey[]
  create(options?: LocalKeyOptions): Promise<LocalKey>
  /** @throws `NotFoundException`. */
  find(region: string, keyId: unknown): StoredKey
  byId(region: string, keyId: string): StoredKey | undefined
}

const generate = /* @__PURE__ */ promisify(generateKeyPair)

/**
 * @param records keys that there are already.
 * @param changed gets all of them whenever one is created, disabled or enabled.
 */
export function makeKeyStore(records: readonly KeyRecord[] = [], changed: (all: readonly KeyRecord[]) => void = () => {}): KeyStore {
  const regions = new Map<string, StoredKey[]>()
  const entries: { record: KeyRecord; stored: readonly (readonly [string, StoredKey])[] }[] = []
  const keys: LocalKey[] = []
  const save = () =>
    changed(
      entries.map(({ record, stored }) => ({
        ...record,
        disabled: stored.filter(([, key]) => key.disabled).map(([region]) => region),
      })),
    )

  const add = (record: KeyRecord): LocalKey => {
    const { keyId, spec, grantToken, aliases, disabled } = record
    const privateKey = record.privateKey === undefined ? undefined : createPrivateKey(record.privateKey)
    const shared = { keyId, spec, aliases, secret: Buffer.from(record.secret, 'base64') }
    const optional = { ...(privateKey && { privateKey }), ...(grantToken && { grantToken }) }
    const stored = record.regions.map((region) => {
      const arn = `arn:${record.partition}:kms:${region}:${record.account}:key/${keyId}`
      const key: StoredKey = { ...shared, ...optional, arn, disabled: disabled.includes(region) }
      regions.set(region, [...(regions.get(region) ?? []), key])
      return [region, key] as const
    })
    entries.push({ record, stored })
    const set = (disabled: boolean) => (only?: string) => {
      for (const [region, key] of stored) if (only === undefined || region === only) key.disabled = disabled
      save()
    }
    const publicKey = privateKey && new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }))
    const arns = Object.fromEntries(stored.map(([region, { arn }]) => [region, arn]))
    const made = { keyId, arn: stored[0]![1].arn, arns, disable: set(true), enable: set(false), ...(publicKey && { publicKey }) }
    keys.push(made)
    return made
  }
  records.forEach(add)

  const find = (region: string, name: unknown): StoredKey => {
    if (typeof name !== 'string' || name === '') throw new KmsFailure('ValidationException', 'KeyId must not be null')
    const key = regions.get(region)?.find(({ keyId, arn, aliases }) => {
      const aliasArn = aliases.map((alias) => arn.replace(/key\/.*$/, alias))
      return name === keyId || name === arn || aliases.includes(name) || aliasArn.includes(name)
    })
    if (key === undefined) throw new KmsFailure('NotFoundException', 'the key does not exist in this Region')
    return key
  }

  return {
    keys,
    find,
    byId: (region, keyId) => regions.get(region)?.find((key) => key.keyId === keyId),

    async create(options = {}) {
      const { spec = 'SYMMETRIC_DEFAULT', regions: places = ['us-east-1'], account = '111122223333', partition = 'aws' } = options
      const { multiRegion = places.length > 1, aliases = [], grantToken } = options
      const keyId = multiRegion ? `mrk-${randomUUID().replaceAll('-', '')}` : randomUUID()
      const secret = randomBytes(32).toString('base64')
      const privateKey = spec === 'SYMMETRIC_DEFAULT' ? undefined : await privateKeyOf(spec, options.privateKey)
      const pem = privateKey?.export({ format: 'pem', type: 'pkcs8' }).toString()
      const optional = { ...(pem !== undefined && { privateKey: pem }), ...(grantToken !== undefined && { grantToken }) }
      const made = add({ keyId, spec, partition, account, regions: places, aliases, disabled: [], secret, ...optional })
      save()
      return made
    },
  }
}

async function privateKeyOf(spec: LocalKeySpec, pem: string | undefined): Promise<KeyObject> {
  if (pem !== undefined) return createPrivateKey(pem)
  const [, size] = spec.split(/_P?(?=\d)/)
  const { privateKey } = spec.startsWith('RSA')
    ? await generate('rsa', { modulusLength: Number(size) })
    : await generate('ec', { namedCurve: `P-${size}` })
  return privateKey
}
