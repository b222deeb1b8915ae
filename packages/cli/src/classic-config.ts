/**
 * The configuration of the classic format's materials providers.
 *
 * @module
 */
import { type Item, ItemCryptoError } from '@itemseal/core'
import { classicItemEncryptor, type MaterialsProvider, staticProvider, wrappedProvider } from '@itemseal/core/classic'
import { cachingMostRecentProvider, META_STORE, metaStoreActions, metaStoreProvider } from '@itemseal/core/classic/most-recent'
import type { Purpose } from './config.ts'
import { anyText, at, type Json, listOf, object, oneOf, optional, recordOf, text, wrong } from './config-reader.ts'
import { type ConfiguredKey, keyWrapperOf, readKey, signerOf, verifierOf } from './keys.ts'
import { classicKms } from './kms-config.ts'
import type { Surroundings } from './surroundings.ts'

/** Entries of the material description that tell how the item is encrypted and signed. */
const OWN = ['amzn-ddb-map-sym-mode', 'amzn-ddb-map-signingAlg']

const PROVIDERS = {
  static: staticKeys,
  wrapped: wrappedKeys,
  'most-recent': mostRecentKeys,
  kms: classicKms,
} as const

/** The provider that `keys` describes. */
export function classicProvider(value: unknown, path: string, purpose: Purpose, around: Surroundings): MaterialsProvider {
  const keys = object(value, path)
  const provider = oneOf([...(Object.keys(PROVIDERS) as (keyof typeof PROVIDERS)[])])(keys.provider, `${path}.provider`)
  return PROVIDERS[provider](keys, path, purpose, around)
}

function staticKeys(keys: Json, path: string, purpose: Purpose, around: Surroundings): MaterialsProvider {
  object(keys, path, ['provider', 'encryptionKey', 'signingKey', 'verificationKey', 'description'])
  const encryptionKey = optional(keys.encryptionKey, `${path}.encryptionKey`, readKey)
  if (!encryptionKey && purpose.encrypts) wrong(`${path}.encryptionKey`, 'missing: the actions want attributes encrypted')
  if (encryptionKey && encryptionKey.algorithm.split('/')[0] !== 'AES') wrong(`${encryptionKey.path}.algorithm`, 'AES is wanted')
  const rest = { ...signingKeys(keys, path, purpose, around), description: description(keys, path) }
  return at(encryptionKey?.path ?? path, () => staticProvider({ ...(encryptionKey && { encryptionKey: encryptionKey.material }), ...rest }))
}

function wrappedKeys(keys: Json, path: string, purpose: Purpose, around: Surroundings): MaterialsProvider {
  object(keys, path, ['provider', 'wrappingKey', 'unwrappingKey', 'signingKey', 'verificationKey', 'description', 'unwrapPkcs1'])
  const wrappingKey = optional(keys.wrappingKey, `${path}.wrappingKey`, readKey)
  const unwrappingKey = optional(keys.unwrappingKey, `${path}.unwrappingKey`, readKey) ?? (canUnwrap(wrappingKey) ? wrappingKey : undefined)
  const [needed, title] = purpose.command === 'encrypt' ? [wrappingKey, 'wrappingKey'] : [unwrappingKey, 'unwrappingKey']
  if (!needed) wrong(`${path}.${title}`, 'missing')
  if (keys.unwrapPkcs1 !== undefined && typeof keys.unwrapPkcs1 !== 'boolean') wrong(`${path}.unwrapPkcs1`, 'true or false is wanted')
  const described = description(keys, path)
  const choice = { algorithm: described['amzn-ddb-wrap-alg'], unwrapPkcs1: keys.unwrapPkcs1 === true, dialect: purpose.dialect }
  const keyWrapper = keyWrapperOf(wrappingKey, unwrappingKey, choice, around.tools)
  const length = Number(/\/(\d+)$/.exec(described['amzn-ddb-env-alg'] ?? '')?.[1] ?? 256) / 8 // of the content key
  const trial = keyWrapperOf(wrappingKey ?? unwrappingKey, undefined, choice, around.tools)
  around.tryOut?.(needed.path, (p) => trial.wrap(new Uint8Array(length).fill(1), p))
  const signing = signingKeys(keys, path, purpose, around)
  return at(`${path}.description`, () => wrappedProvider({ keyWrapper, ...signing, description: described }))
}

function mostRecentKeys(keys: Json, path: string, purpose: Purpose, around: Surroundings): MaterialsProvider {
  object(keys, path, ['provider', 'materialName', 'store', 'keys'])
  if (purpose.command === 'encrypt') wrong(`${path}.provider`, 'most-recent reads only')
  const materialName = text(keys.materialName, `${path}.materialName`)
  const { table, items, signedOnlyFields } = object(keys.store, `${path}.store`, ['table', 'items', 'signedOnlyFields'])
  const tableName = text(table, `${path}.store.table`)
  const file = text(items, `${path}.store.items`)
  const provider = classicProvider(keys.keys, `${path}.keys`, { ...purpose, encrypts: true }, around)
  const signedOnly = optional(signedOnlyFields, `${path}.store.signedOnlyFields`, listOf(text))
  const actions = at(`${path}.store.signedOnlyFields`, () => metaStoreActions(signedOnly))
  const encryptor = classicItemEncryptor({ tableName, ...META_STORE, actions, provider })
  let read: Promise<Item[]> | undefined
  const readOnce = () => (read ??= around.readItems(file))
  around.tryOut?.(`${path}.store.items`, readOnce)

  async function version(wanted: number): Promise<MaterialsProvider> {
    const found = (await readOnce()).find(({ N, V }) => N && 'S' in N && N.S === materialName && V && 'N' in V && Number(V.N) === wanted)
    if (!found) throw new ItemCryptoError('NO_MATERIALS', 'the store has no such version of this material')
    return metaStoreProvider(await encryptor.decryptItem(found))
  }

  const store = { maxVersion: async () => undefined, provider: (_: string, wanted: number) => version(wanted) }
  return at(`${path}.materialName`, () => cachingMostRecentProvider({ store, materialName, ttl: Number.MAX_SAFE_INTEGER }))
}

function signingKeys(keys: Json, path: string, { command }: Purpose, around: Surroundings): Parameters<typeof staticProvider>[0] {
  const signingKey = optional(keys.signingKey, `${path}.signingKey`, readKey)
  const verificationKey = optional(keys.verificationKey, `${path}.verificationKey`, readKey) ?? signingKey
  if (command === 'decrypt') {
    return { verifier: verifierOf(verificationKey ?? wrong(`${path}.verificationKey`, 'missing'), around.tools) }
  }
  const key = signingKey ?? wrong(`${path}.signingKey`, 'missing')
  const signer = signerOf(key, around.tools)
  around.tryOut?.(key.path, (p) => signer.sign(new Uint8Array(1), p))
  return { signer }
}

function description(keys: Json, path: string): Record<string, string> {
  const entries = optional(keys.description, `${path}.description`, recordOf(anyText)) ?? {}
  for (const name of OWN) if (Object.hasOwn(entries, name)) wrong(`${path}.description.${name}`, 'is written by the format itself')
  return entries
}

function canUnwrap(key: ConfiguredKey | undefined): boolean {
  return key !== undefined && key.type !== 'public'
}
