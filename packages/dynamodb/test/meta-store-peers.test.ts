/** What the peers publish of their metastores and of the tables under them, put into tables as it is, and read by us. */
import { existsSync, readFileSync } from 'node:fs'
import { CreateTableCommand, GetItemCommand, PutItemCommand, type ScalarAttributeType } from '@aws-sdk/client-dynamodb'
import { fromBase64, hmacSigner, type Item, itemFromJson, itemToJson, type MacAlgorithm, normalizeNumber } from '@itemseal/core'
import { type MaterialsProvider, staticProvider, wrappedProvider } from '@itemseal/core/classic'
import { cachingMostRecentProvider } from '@itemseal/core/classic/most-recent'
import { nodeSigner, nodeVerifier, rsaKeyWrapper } from '@itemseal/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { classicTable } from '../src/classic.ts'
import { itemEncryption } from '../src/index.ts'
import { type MetaStore, metaStore } from '../src/meta-store.ts'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { clientAt } from './kinds.ts'
import { type ObservedServer, startServer } from './server.ts'

type Json = Record<string, unknown>
type JsonItem = Record<string, Json>
interface Keys {
  readonly encrypt?: string
  readonly decrypt: string
  readonly sign?: string
  readonly verify: string
}
interface Scenario {
  readonly version: string
  readonly material_name: string
  readonly metastore: {
    readonly table_name: string
    readonly provider: 'static' | 'wrapped'
    readonly keys: Keys
    readonly ciphertext: string
  }
  readonly ciphertext: string
  readonly network: boolean
}
interface Plaintexts {
  readonly actions: Record<string, { readonly default: string; readonly override?: Record<string, string> }>
  readonly items: Record<
    string,
    {
      readonly index: { readonly partition: string; readonly sort?: string }
      readonly items: { readonly attributes: JsonItem; readonly action: string; readonly exact?: boolean }[]
    }
  >
  readonly versions: Record<string, Record<string, string[]>>
  readonly attributes: Record<string, JsonItem>
}

const folder = new URL('../../../../shared/vectors/classic/encrypted_item/', import.meta.url)
const read = <T>(file: string) => JSON.parse(readFileSync(new URL(file.replace('file://', ''), folder), 'utf8')) as T
const ACTIONS: Record<string, 'ENCRYPT_AND_SIGN' | 'SIGN_ONLY' | 'DO_NOTHING'> = {
  encrypt: 'ENCRYPT_AND_SIGN',
  sign: 'SIGN_ONLY',
  nothing: 'DO_NOTHING',
}

// What the peers publish is not copied into the project: where it does not lie beside it, there is nothing to read.
if (!existsSync(folder)) test.skip("the peers' metastores: there is no ../shared/vectors beside the project")
else {
  const plaintext = read<Plaintexts>('plaintext.json')
  const keys = read<Record<string, { material: string; algorithm: string }>>('keys.json')
  const bytes = (name: string) => fromBase64(keys[name]!.material)
  const scenarios = read<{ scenarios: Scenario[] }>('scenarios.json').scenarios.filter(({ metastore, network }) => metastore && !network)

  function providerOf({ provider, keys: names }: Scenario['metastore']): MaterialsProvider {
    const { decrypt, verify, encrypt = decrypt, sign = verify } = names
    if (provider === 'static') {
      return staticProvider({ encryptionKey: bytes(decrypt), signer: hmacSigner(keys[verify]!.algorithm as MacAlgorithm, bytes(verify)) })
    }
    return wrappedProvider({
      keyWrapper: rsaKeyWrapper({ privateKey: bytes(decrypt), publicKey: bytes(encrypt) }),
      signer: nodeSigner('SHA256withRSA', bytes(sign)),
      verifier: nodeVerifier('SHA256withRSA', bytes(verify)),
    })
  }

  test('there are metastores of both peers', () => {
    for (const peer of ['java', 'python']) expect(scenarios.some(({ ciphertext }) => ciphertext.includes(`/${peer}/`))).toBe(true)
  })

  describe.each(scenarios.map((scenario) => ({ name: scenario.ciphertext.replace('file://ciphertext/', ''), ...scenario })))(
    '$name',
    ({ version, material_name: materialName, metastore, ciphertext }) => {
      let server: ObservedServer
      let store: MetaStore

      beforeAll(async () => {
        server = await startServer()
        const raw = clientAt(server.endpoint)
        store = metaStore({ tableName: metastore.table_name, client: sdkDynamoDbCalls(raw), provider: providerOf(metastore) })
        await store.createTable()
        for (const [TableName, { index, items }] of Object.entries(plaintext.items)) {
          const names = Object.values(index)
          const typeOf = (name: string) => Object.keys(items[0]!.attributes[name]!)[0] as ScalarAttributeType
          await raw.send(
            new CreateTableCommand({
              TableName,
              BillingMode: 'PAY_PER_REQUEST',
              KeySchema: names.map((AttributeName, i) => ({ AttributeName, KeyType: i === 0 ? 'HASH' : 'RANGE' })),
              AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: typeOf(AttributeName) })),
            }),
          )
        }
        for (const file of [metastore.ciphertext, ciphertext]) {
          for (const [TableName, items] of Object.entries(read<Record<string, JsonItem[]>>(file))) {
            for (const item of items) await raw.send(new PutItemCommand({ TableName, Item: itemFromJson(item) as never }))
          }
        }
      })
      afterAll(() => server.close())

      const cases = Object.entries(plaintext.items).flatMap(([table, { index, items }]) =>
        items.map((item, i) => ({ title: `${table}, item ${i}: ${item.action}`, table, index, ...item })),
      )

      test.each(cases)('the plugin reads $title', async ({ table, index, attributes, action, exact }) => {
        const { default: other, override = {} } = plaintext.actions[action]!
        const provider = cachingMostRecentProvider({ store, materialName, ttl: 60_000 })
        const config = classicTable({
          partitionKey: index.partition,
          ...(index.sort !== undefined && { sortKey: index.sort }),
          provider,
          plaintextItems: action === 'nothing' ? 'allow' : 'refuse',
          actions: {
            default: ACTIONS[other]!,
            attributes: Object.fromEntries(Object.entries(override).map(([name, short]) => [name, ACTIONS[short]!])),
          },
        })
        const client = clientAt(server.endpoint)
        client.middlewareStack.use(itemEncryption({ tables: { [table]: config } }))
        const Key = itemFromJson(Object.fromEntries(Object.values(index).map((name) => [name, attributes[name]])))
        const { Item } = await client.send(new GetItemCommand({ TableName: table, Key: Key as never }))
        const groups = exact ? [] : (plaintext.versions[table]?.[version] ?? [])
        const expected: JsonItem = Object.assign({}, attributes, ...groups.map((group) => plaintext.attributes[group]))
        expect(comparable(itemToJson(Item as Item))).toEqual(comparable(expected))
      })

      test('its newest version is found, and new ones come after it', async () => {
        const newest = await store.maxVersion(materialName)
        expect(newest).toBeGreaterThanOrEqual(0)
        expect(await store.newProvider(materialName)).toMatchObject({ version: newest! + 1 })
      })
    },
  )
}

/** Numbers as they are to DynamoDB, sets in one order, and without the attribute in which the published files differ. */
function comparable({ version: _, ...item }: Json): Json {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, canonical(value as Json)]))
}

function canonical(value: Json): unknown {
  const [[type, content]] = Object.entries(value) as [[string, unknown]]
  if (type === 'N') return { N: normalizeNumber(content as string) }
  if (type === 'NS') return { NS: (content as string[]).map(normalizeNumber).sort() }
  if (type === 'SS' || type === 'BS') return { [type]: [...(content as string[])].sort() }
  return value
}
