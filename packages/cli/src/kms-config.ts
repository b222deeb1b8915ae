/**
 * The configuration of keys in AWS KMS, for both formats. Credentials come from the environment, by the names that every AWS
 * tool knows; nothing of the SDK is needed.
 *
 * @module
 */
import type { MaterialsProvider } from '@itemseal/core/classic'
import type { Keyring } from '@itemseal/core/materials'
import {
  fetchKmsClient,
  isKmsIdentifier,
  type KmsArn,
  type KmsClient,
  kmsDiscoveryKeyring,
  kmsEcdhKeyring,
  kmsKeyring,
  kmsMrkDiscoveryKeyring,
  kmsMrkKeyring,
  kmsRsaKeyring,
  parseKmsArn,
  regionalKmsClients,
} from '@itemseal/kms'
import { directKmsProvider } from '@itemseal/kms/classic'
import { at, type Json, listOf, object, oneOf, optional, text, wrong } from './config-reader.ts'
import { pemBytes } from './keys.ts'
import type { KeyringPurpose } from './structured-config.ts'
import type { Surroundings } from './surroundings.ts'

export type KmsKeyringName = 'kms' | 'kms-mrk' | 'kms-rsa' | 'kms-ecdh' | 'kms-discovery' | 'kms-mrk-discovery'
/** What a kind of keyring makes of its configuration. */
export type MakeKeyring = (keys: Json, path: string, purpose: KeyringPurpose, around: Surroundings) => Keyring

const WHERE = ['keyring', 'region', 'endpoint', 'grantTokens']
const CURVES = ['P-256', 'P-384', 'P-521'] as const
const SCHEMAS = ['static', 'discovery'] as const
const ALGORITHMS = ['RSAES_OAEP_SHA_1', 'RSAES_OAEP_SHA_256'] as const

/** `{"provider": "kms", "keyId", "region"?, "endpoint"?}`: Direct KMS. */
export function classicKms(keys: Json, path: string, _: unknown, around: Surroundings): MaterialsProvider {
  object(keys, path, ['provider', 'keyId', 'region', 'endpoint'])
  const { keyId, client } = keyOf(keys, path, around)
  return at(path, () => directKmsProvider({ keyId, client }))
}

/** By the name of the keyring. */
export const KMS_KEYRINGS: Readonly<Record<KmsKeyringName, MakeKeyring>> = {
  kms: strict(kmsKeyring),
  'kms-mrk': strict(kmsMrkKeyring),

  'kms-rsa'(keys, path, purpose, around) {
    object(keys, path, [...WHERE, 'keyId', 'algorithm', 'publicKey'])
    const { keyId, client } = keyOf(keys, path, around)
    const algorithm = oneOf(ALGORITHMS)(keys.algorithm, `${path}.algorithm`)
    const publicKey = optional(keys.publicKey, `${path}.publicKey`, pemBytes)
    if (!publicKey && purpose === 'encrypt') wrong(`${path}.publicKey`, 'missing')
    return at(path, () => kmsRsaKeyring({ keyId, algorithm, client, ...(publicKey && { publicKey }), ...grants(keys, path) }))
  },

  'kms-ecdh'(keys, path, purpose, around) {
    object(keys, path, [...WHERE, 'keyId', 'curve', 'schema', 'publicKey', 'ownPublicKey'])
    const { keyId, client } = keyOf(keys, path, around)
    const curve = oneOf(CURVES)(keys.curve, `${path}.curve`)
    const schema = oneOf(SCHEMAS)(keys.schema, `${path}.schema`)
    if (schema === 'discovery' && purpose === 'encrypt') wrong(`${path}.schema`, 'discovery cannot encrypt')
    const ownPublicKey = optional(keys.ownPublicKey, `${path}.ownPublicKey`, pemBytes)
    const publicKey = schema === 'static' ? pemBytes(keys.publicKey, `${path}.publicKey`) : undefined
    for (const [name, key] of Object.entries({ ownPublicKey, publicKey }))
      if (key) around.tryOut?.(`${path}.${name}`, (p) => p.ecdhImportPublic(curve, key))
    const common = { curve, keyId, client, ...(ownPublicKey && { ownPublicKey }), ...grants(keys, path) }
    if (schema === 'discovery') return at(path, () => kmsEcdhKeyring({ ...common, schema }))
    return at(path, () => kmsEcdhKeyring({ ...common, schema, publicKey: publicKey! })) // read above
  },

  'kms-discovery'(keys, path, purpose, around) {
    object(keys, path, [...WHERE.filter((key) => key !== 'region'), 'partition', 'accountIds'])
    reads(path, purpose)
    const client = clientsOf(keys, path, around)
    return at(path, () => kmsDiscoveryKeyring({ client, ...filterOf(keys, path), ...grants(keys, path) }))
  },

  'kms-mrk-discovery'(keys, path, purpose, around) {
    object(keys, path, [...WHERE, 'partition', 'accountIds'])
    reads(path, purpose)
    const region = regionOf(keys, path, around) ?? wrong(`${path}.region`, 'missing, and there is no AWS_REGION')
    const client = clientsOf(keys, path, around)
    return at(path, () => kmsMrkDiscoveryKeyring({ region, client, ...filterOf(keys, path), ...grants(keys, path) }))
  },
}

function strict(make: typeof kmsKeyring): MakeKeyring {
  return (keys, path, purpose, around) => {
    object(keys, path, [...WHERE, 'keyId'])
    const { keyId, client, arn } = keyOf(keys, path, around)
    if (purpose === 'decrypt' && arn?.type !== 'key') wrong(`${path}.keyId`, 'reading needs the ARN of a key')
    return at(path, () => make({ keyId, client, ...grants(keys, path) }))
  }
}

/** A key that the configuration names, and the client of its Region. */
function keyOf(keys: Json, path: string, around: Surroundings): { keyId: string; client: KmsClient; arn: KmsArn | undefined } {
  const keyId = text(keys.keyId, `${path}.keyId`)
  if (!isKmsIdentifier(keyId)) wrong(`${path}.keyId`, 'the ARN, id or alias of a KMS key is wanted')
  const arn = parseKmsArn(keyId)
  if (arn !== undefined && keys.region !== undefined && keys.region !== arn.region) wrong(`${path}.region`, 'is not that of keyId')
  const region =
    arn?.region ?? regionOf(keys, path, around) ?? wrong(`${path}.region`, 'missing: keyId is no ARN, and there is no AWS_REGION')
  return { keyId, arn, client: clientsOf(keys, path, around)(region) }
}

function regionOf(keys: Json, path: string, { environment = {} }: Surroundings): string | undefined {
  return optional(keys.region, `${path}.region`, text) ?? (environment.AWS_REGION || undefined)
}

/** One client for each Region, made when it is asked for. */
function clientsOf(
  keys: Json,
  path: string,
  { environment = {}, kmsClient = fetchKmsClient }: Surroundings,
): (region: string) => KmsClient {
  const endpoint = optional(keys.endpoint, `${path}.endpoint`, text)
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment
  if (!accessKeyId || !secretAccessKey) wrong(path, 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are wanted in the environment')
  const credentials = { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) }
  const make = (region: string) => kmsClient({ region, credentials, ...(endpoint && { endpoint }) })
  at(endpoint === undefined ? path : `${path}.endpoint`, () => make('us-east-1')) // one that is none is to be heard of before any item is
  const create = (region: string) => at(`${path}.region`, () => make(region))
  const clients = regionalKmsClients({ create })
  return (region) => clients(region)! // it lets every Region pass
}

function filterOf(keys: Json, path: string): { discoveryFilter?: { partition: string; accountIds: string[] } } {
  const accountIds = optional(keys.accountIds, `${path}.accountIds`, listOf(text))
  const partition = optional(keys.partition, `${path}.partition`, text)
  if (accountIds === undefined && partition !== undefined) wrong(`${path}.accountIds`, 'missing, beside partition')
  return accountIds ? { discoveryFilter: { partition: partition ?? 'aws', accountIds } } : {}
}

function grants(keys: Json, path: string): { grantTokens?: string[] } {
  const grantTokens = optional(keys.grantTokens, `${path}.grantTokens`, listOf(text))
  return grantTokens ? { grantTokens } : {}
}

function reads(path: string, purpose: KeyringPurpose): void {
  if (purpose === 'encrypt') wrong(`${path}.keyring`, 'discovery only reads')
}
