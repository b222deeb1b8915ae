/**
 * The scenarios that the peers publish for the classic format: items that the Java and the Python client wrote, of which
 * every one must verify, decrypt and match its plaintext (classic-item-format, section 11).
 *
 * @module
 */
import { assertSameItem, type Case, type Library } from './suite.ts'

type Json = Readonly<Record<string, unknown>>
type JsonItem = Readonly<Record<string, Json>>

interface Scenario {
  readonly version: string
  readonly provider: 'static' | 'wrapped' | 'most_recent'
  readonly keys: { readonly encrypt?: string; readonly decrypt: string; readonly sign?: string; readonly verify: string }
  readonly material_name?: string
  readonly metastore?: Pick<Scenario, 'keys' | 'ciphertext'> & { readonly table_name: string; readonly provider: 'static' | 'wrapped' }
  readonly ciphertext: string
  readonly network: boolean
}

interface Plaintexts {
  readonly actions: Readonly<Record<string, { readonly default: string; readonly override?: Readonly<Record<string, string>> }>>
  readonly items: Readonly<
    Record<
      string,
      {
        readonly index: { readonly partition: string; readonly sort?: string }
        readonly items: readonly { readonly attributes: JsonItem; readonly action: string; readonly exact?: boolean }[]
      }
    >
  >
  readonly versions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  readonly attributes: Readonly<Record<string, JsonItem>>
}

/** The folder `encrypted_item` of the peers' vectors, parsed. */
export interface ScenarioVectors {
  readonly scenarios: { readonly scenarios: readonly Scenario[] }
  readonly plaintext: Plaintexts
  readonly keys: Readonly<Record<string, Json>>
  /** By the names that scenarios give them. */
  readonly ciphertexts: Readonly<Record<string, Readonly<Record<string, readonly JsonItem[]>>>>
}

const ACTIONS: Readonly<Record<string, string>> = { encrypt: 'ENCRYPT_AND_SIGN', sign: 'SIGN_ONLY', nothing: 'DO_NOTHING' }
/** The published ciphertexts hold another one than the plaintext says. */
const NOT_COMPARED = ['version']

/** One case per scenario that needs no network, and item: reading it, and what we write in its place. */
export function scenarioCases(library: Library, vectors: ScenarioVectors): Case[] {
  const { plaintext, keys } = vectors

  function keysOf({
    provider,
    keys: { decrypt, verify, encrypt = decrypt, sign = verify },
  }: Pick<Scenario, 'keys'> & { provider: 'static' | 'wrapped' }): Json {
    const signing = { signingKey: keys[sign], verificationKey: keys[verify] }
    if (provider === 'static') return { provider, encryptionKey: keys[decrypt], ...signing }
    return {
      provider,
      wrappingKey: keys[encrypt],
      unwrappingKey: keys[decrypt],
      ...signing,
      unwrapPkcs1: keys[decrypt]?.algorithm === 'RSA',
    }
  }

  function configOf(scenario: Scenario, table: string, action: string): Json {
    const { index } = plaintext.items[table]!
    const { default: other, override = {} } = plaintext.actions[action]!
    const { metastore, material_name: materialName } = scenario
    return {
      format: 'classic',
      table,
      partitionKey: index.partition,
      ...(index.sort !== undefined && { sortKey: index.sort }),
      actions: {
        default: ACTIONS[other],
        attributes: Object.fromEntries(Object.entries(override).map(([name, short]) => [name, ACTIONS[short]])),
      },
      keys: metastore
        ? {
            provider: 'most-recent',
            materialName,
            store: { table: metastore.table_name, items: metastore.ciphertext },
            keys: keysOf(metastore),
          }
        : keysOf({ provider: scenario.provider as 'static' | 'wrapped', keys: scenario.keys }),
    }
  }

  async function readItems(file: string) {
    return Object.values(vectors.ciphertexts[file]!).flat().map(library.itemFromJson)
  }

  return vectors.scenarios.scenarios
    .filter(({ network }) => !network)
    .flatMap((scenario) =>
      Object.entries(plaintext.items).flatMap(([table, { index, items }]) =>
        items.map(({ attributes, action, exact }): Case => {
          const groups = exact ? [] : (plaintext.versions[table]?.[scenario.version] ?? [])
          const expected: JsonItem = Object.assign({}, attributes, ...groups.map((group) => plaintext.attributes[group]))
          const keyNames = Object.values(index)
          return {
            title: `${scenario.ciphertext.replace('file://ciphertext/', '')}, ${table} ${keyNames.map((name) => Object.values(attributes[name]!)[0]).join(' ')}`,
            async run({ primitives, tools }) {
              const options = { primitives, tools, readItems, allowPlaintext: action === 'nothing' }
              const written = vectors.ciphertexts[scenario.ciphertext]?.[table]?.find((item) =>
                keyNames.every((name) => JSON.stringify(item[name]) === JSON.stringify(attributes[name])),
              )
              if (!written) throw new Error('the ciphertext file has no such item')
              const config = configOf(scenario, table, action)
              const reader = library.encryptorFromConfig(config, 'decrypt', options)
              const back = library.itemToJson(await reader.decryptItem(library.itemFromJson(written)))
              assertSameItem(back, expected, NOT_COMPARED)
              if (scenario.metastore) return 'read'
              const ours = await library.encryptorFromConfig(config, 'encrypt', options).encryptItem(library.itemFromJson(back))
              assertSameItem(library.itemToJson(await reader.decryptItem(ours)), back)
              return 'written'
            },
          }
        }),
      ),
    )
}
