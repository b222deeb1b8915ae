/**
 * The configuration of the structured format's keyrings.
 *
 * @module
 */
import {
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
  rawEcdhKeyring,
  rawRsaKeyring,
} from '@itemseal/core/materials'
import { at, type Json, listOf, object, oneOf, optional, text, wrong } from './config-reader.ts'
import { bytesOf, pemBytes, publicFromPrivate } from './keys.ts'
import { KMS_KEYRINGS } from './kms-config.ts'
import type { Surroundings } from './surroundings.ts'

/** What a keyring is wanted for. A member of a multi-keyring may be unable to do it, since another may be able. */
export type KeyringPurpose = 'encrypt' | 'decrypt' | 'member'

const PADDINGS = ['OAEP_SHA1_MGF1', 'OAEP_SHA256_MGF1', 'OAEP_SHA384_MGF1', 'OAEP_SHA512_MGF1', 'PKCS1'] as const

const KEYRINGS = {
  'raw-aes': rawAes,
  'raw-rsa': rawRsa,
  'raw-ecdh': rawEcdh,
  'hierarchical-static': hierarchicalStatic,
  ...KMS_KEYRINGS,
  multi,
} as const

/** The keyring that `keys` describes. */
export function structuredKeyring(value: unknown, path: string, purpose: KeyringPurpose, around: Surroundings): Keyring {
  const keys = object(value, path)
  const kind = oneOf([...(Object.keys(KEYRINGS) as (keyof typeof KEYRINGS)[])])(keys.keyring, `${path}.keyring`)
  return KEYRINGS[kind](keys, path, purpose, around)
}

function rawAes(keys: Json, path: string): Keyring {
  object(keys, path, ['keyring', 'namespace', 'name', 'wrappingKey'])
  const wrappingKey = base64(keys.wrappingKey, `${path}.wrappingKey`)
  const names = namesOf(keys, path)
  return at(path, () => rawAesKeyring({ ...names, wrappingKey }))
}

function rawRsa(keys: Json, path: string, purpose: KeyringPurpose, around: Surroundings): Keyring {
  object(keys, path, ['keyring', 'namespace', 'name', 'padding', 'publicKey', 'privateKey'])
  const algorithm = oneOf(PADDINGS)(keys.padding, `${path}.padding`)
  const publicKey = optional(keys.publicKey, `${path}.publicKey`, pemBytes)
  const privateKey = optional(keys.privateKey, `${path}.privateKey`, pemBytes)
  if (!publicKey && (purpose === 'encrypt' || !privateKey)) wrong(`${path}.publicKey`, 'missing')
  if (!privateKey && purpose === 'decrypt') wrong(`${path}.privateKey`, 'missing')
  const names = namesOf(keys, path)
  const keyWrapper = (halves: { publicKey?: Uint8Array; privateKey?: Uint8Array }) =>
    around.tools.rsaKeyWrapper({ algorithm, allowPkcs1: algorithm === 'PKCS1', ...halves })
  around.tryOut?.(`${path}.${publicKey ? 'publicKey' : 'privateKey'}`, (p) => {
    const half = publicKey ?? publicFromPrivate(privateKey!, `${path}.privateKey`, around.tools) // one of them is there
    return keyWrapper({ publicKey: half }).wrap(new Uint8Array(32).fill(1), p)
  })
  return at(path, () =>
    rawRsaKeyring({ ...names, keyWrapper: keyWrapper({ ...(publicKey && { publicKey }), ...(privateKey && { privateKey }) }) }),
  )
}

function rawEcdh(keys: Json, path: string, purpose: KeyringPurpose, around: Surroundings): Keyring {
  object(keys, path, ['keyring', 'curve', 'schema', 'privateKey', 'publicKey'])
  const curve = oneOf(['P-256', 'P-384', 'P-521'])(keys.curve, `${path}.curve`)
  const schema = oneOf(['static', 'ephemeral', 'discovery'])(keys.schema, `${path}.schema`)
  if ((schema === 'ephemeral' && purpose === 'decrypt') || (schema === 'discovery' && purpose === 'encrypt'))
    wrong(`${path}.schema`, `${schema} cannot ${purpose}`)
  const publicKey = schema === 'discovery' ? undefined : pemBytes(keys.publicKey, `${path}.publicKey`)
  const privateKey = schema === 'ephemeral' ? undefined : pemBytes(keys.privateKey, `${path}.privateKey`)
  if (publicKey) around.tryOut?.(`${path}.publicKey`, (p) => p.ecdhImportPublic(curve, publicKey))
  if (privateKey) around.tryOut?.(`${path}.privateKey`, (p) => p.ecdhImport(curve, privateKey))
  return at(path, () => {
    if (schema === 'discovery') return rawEcdhKeyring({ curve, schema, privateKey: privateKey! }) // read above
    if (schema === 'ephemeral') return rawEcdhKeyring({ curve, schema, publicKey: publicKey! })
    return rawEcdhKeyring({ curve, schema, publicKey: publicKey!, privateKey: privateKey! })
  })
}

function hierarchicalStatic(keys: Json, path: string): Keyring {
  object(keys, path, ['keyring', 'branchKeyId', 'version', 'branchKey', 'beaconKey'])
  const branchKeyId = text(keys.branchKeyId, `${path}.branchKeyId`)
  const version = text(keys.version, `${path}.version`)
  const branchKey = base64(keys.branchKey, `${path}.branchKey`)
  const beaconKey = optional(keys.beaconKey, `${path}.beaconKey`, base64)
  return at(path, () => {
    const keyStore = inMemoryBranchKeyStore([{ branchKeyId, version, branchKey, ...(beaconKey && { beaconKey }) }])
    return hierarchicalKeyring({ keyStore, branchKeyId, ttlSeconds: 86_400 })
  })
}

function multi(keys: Json, path: string, purpose: KeyringPurpose, around: Surroundings): Keyring {
  object(keys, path, ['keyring', 'generator', 'children'])
  if (keys.generator === undefined && purpose === 'encrypt') wrong(`${path}.generator`, 'missing')
  const member = (value: unknown, at: string) => structuredKeyring(value, at, 'member', around)
  const first = (value: unknown, at: string) => structuredKeyring(value, at, purpose === 'encrypt' ? purpose : 'member', around)
  const generator = optional(keys.generator, `${path}.generator`, first)
  const children = optional(keys.children, `${path}.children`, listOf(member)) ?? []
  return at(path, () => multiKeyring({ ...(generator && { generator }), children }))
}

function namesOf(keys: Json, path: string): { namespace: string; name: string } {
  return { namespace: text(keys.namespace, `${path}.namespace`), name: text(keys.name, `${path}.name`) }
}

function base64(value: unknown, path: string): Uint8Array {
  return bytesOf(text(value, path), path)
}
