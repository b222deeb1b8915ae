/**
 * The keys of the service: by id, ARN, alias and alias ARN, in one Region or in several.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { KmsFailure } from './wire.ts'

export type LocalKeySpec = 'SYMMETRIC_DEFAULT' | 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'ECC_NIST_P521'

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
  create(options?: LocalKeyOptions): Promise<LocalKey>
  /** @throws `NotFoundException`. */
  find(region: string, keyId: unknown): StoredKey
  byId(region: string, keyId: string): StoredKey | undefined
}

const generate = /* @__PURE__ */ promisify(generateKeyPair)

export function makeKeyStore(): KeyStore {
  const regions = new Map<string, StoredKey[]>()

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
    find,
    byId: (region, keyId) => regions.get(region)?.find((key) => key.keyId === keyId),

    async create(options = {}) {
      const { spec = 'SYMMETRIC_DEFAULT', regions: places = ['us-east-1'], account = '111122223333', partition = 'aws' } = options
      const { multiRegion = places.length > 1, aliases = [], grantToken } = options
      const keyId = multiRegion ? `mrk-${randomUUID().replaceAll('-', '')}` : randomUUID()
      const privateKey = spec === 'SYMMETRIC_DEFAULT' ? undefined : await privateKeyOf(spec, options.privateKey)
      const secret = randomBytes(32)
      const arns: Record<string, string> = {}
      const stored = places.map((region): [string, StoredKey] => {
        const arn = `arn:${partition}:kms:${region}:${account}:key/${keyId}`
        arns[region] = arn
        const key = {
          keyId,
          arn,
          spec,
          secret,
          aliases,
          disabled: false,
          ...(privateKey && { privateKey }),
          ...(grantToken && { grantToken }),
        }
        regions.set(region, [...(regions.get(region) ?? []), key])
        return [region, key]
      })
      const set = (disabled: boolean) => (only?: string) => {
        for (const [region, key] of stored) if (only === undefined || region === only) key.disabled = disabled
      }
      const publicKey = privateKey && new Uint8Array(createPublicKey(privateKey).export({ format: 'der', type: 'spki' }))
      return { keyId, arn: arns[places[0]!]!, arns, disable: set(true), enable: set(false), ...(publicKey && { publicKey }) }
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
