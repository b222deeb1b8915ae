/**
 * KMS keys of several Regions as one keyring (materials-and-keyrings, 2.6).
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import { type Keyring, multiKeyring } from '@itemseal/core/materials'
import { checkKmsIdentifier, multiRegionIdOf } from './arn.ts'
import type { Kms, KmsDecrypt } from './client.ts'
import type { KmsFor } from './client-supplier.ts'
import { type KmsDiscoveryFilter, kmsDiscoveryKeyring, kmsMrkDiscoveryKeyring } from './discovery-keyring.ts'
import { type KmsKeyringOptions, kmsKeyring, kmsMrkKeyring } from './kms-keyring.ts'

/** For `kmsMultiKeyring` and `kmsMrkMultiKeyring`: at least one key. */
export interface KmsMultiKeyringOptions {
  /** The key that makes the data key. Without one the keyring only reads. */
  readonly generator?: string
  readonly keyIds?: readonly string[]
  readonly client: KmsFor<Kms>
  readonly grantTokens?: readonly string[]
}

/** For `kmsDiscoveryMultiKeyring` and `kmsMrkDiscoveryMultiKeyring`. */
export interface KmsDiscoveryMultiKeyringOptions {
  /** At least one. They are tried in this order. */
  readonly regions: readonly string[]
  readonly client: (region: string) => KmsDecrypt | undefined
  readonly discoveryFilter?: KmsDiscoveryFilter
  readonly grantTokens?: readonly string[]
}

/** A `kmsKeyring` for each key: every item is wrapped under all, any of them reads it. @throws `CONFIGURATION` as those do. */
export function kmsMultiKeyring(options: KmsMultiKeyringOptions): Keyring {
  return multi(options, kmsKeyring)
}

/** A `kmsMrkKeyring` for each key. @throws `CONFIGURATION` also if a multi-Region key is named twice, be it in two Regions. */
export function kmsMrkMultiKeyring(options: KmsMultiKeyringOptions): Keyring {
  const { generator, keyIds = [] } = options
  const all = [...(generator === undefined ? [] : [generator]), ...keyIds].map((keyId) =>
    multiRegionIdOf(checkKmsIdentifier(keyId, 'key id')),
  )
  const ids = all.filter((id) => id !== undefined)
  if (new Set(ids).size < ids.length) throw new ItemCryptoError('CONFIGURATION', 'KMS MRK multi-keyring: a multi-Region key is named twice')
  return multi(options, kmsMrkKeyring)
}

/** A discovery keyring for each Region: keys of all other Regions are passed over. Only reads. */
export function kmsDiscoveryMultiKeyring({ regions, client, ...options }: KmsDiscoveryMultiKeyringOptions): Keyring {
  const inRegion = (region: string) =>
    kmsDiscoveryKeyring({ ...options, client: (wanted) => (wanted === region ? client(region) : undefined) })
  return multiKeyring({ children: checked(regions, client).map(inRegion) })
}

/** A `kmsMrkDiscoveryKeyring` for each Region. Only reads. */
export function kmsMrkDiscoveryMultiKeyring({ regions, client, ...options }: KmsDiscoveryMultiKeyringOptions): Keyring {
  return multiKeyring({ children: checked(regions, client).map((region) => kmsMrkDiscoveryKeyring({ ...options, client, region })) })
}

function multi({ generator, keyIds = [], ...options }: KmsMultiKeyringOptions, make: (options: KmsKeyringOptions) => Keyring): Keyring {
  const children = keyIds.map((keyId) => make({ ...options, keyId }))
  return multiKeyring({ ...(generator !== undefined && { generator: make({ ...options, keyId: generator }) }), children })
}

function checked(regions: readonly string[], client: (region: string) => KmsDecrypt | undefined): readonly string[] {
  if (regions.length === 0 || !regions.every((region) => region && client(region) !== undefined))
    throw new ItemCryptoError('CONFIGURATION', 'KMS discovery multi-keyring: at least one Region, none empty or without client')
  return regions
}
