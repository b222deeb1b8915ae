/**
 * Which client is for which Region.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'

/** Gives the client of a Region, or nothing where there is to be none. The Region of a key that is not named by its ARN is empty. */
export type KmsClientSupplier<C> = (region: string) => C | undefined

/** One client for all, or one for each Region. */
export type KmsFor<C> = C | KmsClientSupplier<C>

/** For `regionalKmsClients`. */
export interface RegionalKmsClientsOptions<C> {
  /** Called once for each Region that is among the last 64 used. */
  readonly create: (region: string) => C
  /** The only Regions there is a client for. */
  readonly regions?: readonly string[]
  /** For keys that are not named by their ARN. */
  readonly defaultRegion?: string
}

const MAX_CLIENTS = 64 // where items name the keys, who writes them names the Regions

/**
 * Makes the clients of Regions as they are needed, and keeps them.
 *
 * @example
 * const client = regionalKmsClients({ regions: ['eu-west-1'], create: (region) => fetchKmsClient({ region, credentials }) })
 */
export function regionalKmsClients<C>({ create, regions, defaultRegion = '' }: RegionalKmsClientsOptions<C>): KmsClientSupplier<C> {
  const clients = new Map<string, C>()
  return (wanted) => {
    const region = wanted || defaultRegion
    if (region === '' || (regions !== undefined && !regions.includes(region))) return undefined
    const client = clients.get(region) ?? create(region)
    clients.delete(region)
    clients.set(region, client) // the last used comes last
    if (clients.size > MAX_CLIENTS) clients.delete(clients.keys().next().value!)
    return client
  }
}

export function clientFor<C extends object>(client: KmsFor<C>, region: string): C | undefined {
  return typeof client === 'function' ? client(region) : client
}

/** @throws `CONFIGURATION` if there is none. */
export function clientNeeded<C extends object>(client: KmsFor<C>, region: string): C {
  const found = clientFor(client, region)
  if (found === undefined || found === null) throw new ItemCryptoError('CONFIGURATION', `KMS keyring: no client for the Region "${region}"`)
  return found
}
