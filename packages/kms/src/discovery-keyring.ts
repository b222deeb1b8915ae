/**
 * Reading with whatever KMS key an item names (materials-and-keyrings, 2.6).
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import { firstOpened, type Keyring } from '@itemseal/core/materials'
import { formatKmsArn, isMultiRegionArn, type KmsArn } from './arn.ts'
import type { KmsDecrypt } from './client.ts'
import { clientFor, clientNeeded, type KmsFor } from './client-supplier.ts'
import { checkGrantTokens, kmsCandidates, openKmsDataKey } from './data-key.ts'

/** Whose keys may be used. Without it, those of everybody whose keys the credentials open. */
export interface KmsDiscoveryFilter {
  /** Such as `aws`. */
  readonly partition: string
  /** At least one. */
  readonly accountIds: readonly string[]
}

/** For `kmsDiscoveryKeyring`. */
export interface KmsDiscoveryKeyringOptions {
  /** One for all, or who gives that of a key's Region; keys of Regions without one are passed over. */
  readonly client: KmsFor<KmsDecrypt>
  readonly discoveryFilter?: KmsDiscoveryFilter
  /** Up to ten. */
  readonly grantTokens?: readonly string[]
}

/** For `kmsMrkDiscoveryKeyring`. */
export interface KmsMrkDiscoveryKeyringOptions extends KmsDiscoveryKeyringOptions {
  /** Where multi-Region keys are used, whatever Region an item was written in. Other keys must be of this Region. */
  readonly region: string
}

/**
 * Reads with the key that an item names, if the filter lets it; writes nothing. A filter with several accounts works,
 * and encrypted data keys of other kinds are passed over: the peers fail at both.
 *
 * @throws `CONFIGURATION` for a filter that lets nothing pass, or more grant tokens than KMS takes.
 */
export function kmsDiscoveryKeyring(options: KmsDiscoveryKeyringOptions): Keyring {
  return discoveryKeyring('KMS discovery keyring', options, (arn) => arn)
}

/**
 * As `kmsDiscoveryKeyring`, in one Region.
 *
 * @throws `CONFIGURATION` also for no Region, one without client, or a client that says that it is of another.
 */
export function kmsMrkDiscoveryKeyring(options: KmsMrkDiscoveryKeyringOptions): Keyring {
  const { region } = options
  if (!region) throw new ItemCryptoError('CONFIGURATION', 'KMS MRK discovery keyring: region is empty')
  const client: KmsDecrypt & { readonly region?: unknown } = clientNeeded(options.client, region)
  if (typeof client.region === 'string' && client.region !== region)
    throw new ItemCryptoError('CONFIGURATION', 'KMS MRK discovery keyring: the client is of another Region')
  return discoveryKeyring('KMS MRK discovery keyring', { ...options, client }, (arn) => {
    if (isMultiRegionArn(arn)) return { ...arn, region }
    return arn.region === region ? arn : undefined
  })
}

/** @param keyFor which key to use for a stored one; `undefined` to pass it over. */
function discoveryKeyring(who: string, options: KmsDiscoveryKeyringOptions, keyFor: (stored: KmsArn) => KmsArn | undefined): Keyring {
  const passes = filterOf(options.discoveryFilter)
  const grantTokens = checkGrantTokens(options.grantTokens)

  return {
    async onEncrypt() {
      throw new ItemCryptoError('CONFIGURATION', `${who}: only reads`)
    },

    onDecrypt: async (materials, keys, p) =>
      firstOpened(who, materials, kmsCandidates(keys), ({ edk, arn }) => {
        const key = passes(arn) ? keyFor(arn) : undefined
        const client = key && clientFor(options.client, key.region)
        if (key === undefined || client === undefined) return undefined
        return openKmsDataKey(materials, p, edk, { client, keyId: formatKmsArn(key), grantTokens })
      }),
  }
}

function filterOf(filter: KmsDiscoveryFilter | undefined): (arn: KmsArn) => boolean {
  if (filter === undefined) return () => true
  const { partition, accountIds } = { ...filter, accountIds: [...filter.accountIds] }
  if (!partition || accountIds.length === 0 || !accountIds.every(Boolean))
    throw new ItemCryptoError('CONFIGURATION', 'discovery filter: a partition and at least one account, none of them empty')
  return (arn) => arn.partition === partition && accountIds.includes(arn.account)
}
