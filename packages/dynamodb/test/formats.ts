/** The formats, behind one way to write a test: the table of people is configured alike in each. */
import { type CryptoAction, hmacSigner } from '@itemseal/core'
import { type MaterialsProvider, staticProvider } from '@itemseal/core/classic'
import { type Keyring, rawAesKeyring } from '@itemseal/core/materials'
import type { AlgorithmSuiteId } from '@itemseal/core/structured'
import { classicTable } from '../src/classic.ts'
import type { TableConfig, TableSchema } from '../src/index.ts'
import { structuredTable } from '../src/structured.ts'
import type { PlanUpdate } from '../src/table.ts'

export const PROVIDER: MaterialsProvider = staticProvider({
  encryptionKey: new Uint8Array(32).fill(1),
  signer: hmacSigner('HmacSHA256', new Uint8Array(32).fill(2)),
})
export const KEYRING: Keyring = rawAesKeyring({ namespace: 'tests', name: 'people', wrappingKey: new Uint8Array(32).fill(3) })

export const SCHEMA: TableSchema = {
  partitionKey: 'id',
  sortKey: 'at',
  indexes: { byEmail: { keys: ['email'], projectsAll: true }, byCity: { keys: ['city'] }, byRank: { keys: ['rank'] } },
}
/** What is done with attributes that are not keys; the others are encrypted. */
export const ATTRIBUTES = { version: 'SIGN_ONLY', note: 'DO_NOTHING' } as const

interface More {
  readonly attributes?: Readonly<Record<string, CryptoAction>>
  readonly schema?: undefined
  readonly updates?: PlanUpdate
  /** In place of the raw ones. */
  readonly keys?: { readonly provider: MaterialsProvider; readonly keyring: Keyring }
  /** By name, where header version 2 is to be had with keys that are not those of people. */
  readonly partitionKey?: string
}

export interface Format {
  readonly format: string
  /** People; with other actions, or without a schema, so that its keys are to be asked for. */
  table(more?: More): TableConfig
  /** What it adds to an item. */
  readonly reserved: readonly [string, string]
  /** What it says of an item that was not written by it. */
  readonly foreign: string
}

const classic: Format = {
  format: 'classic',
  table: ({ attributes = {}, keys = { provider: PROVIDER }, ...more } = {}) =>
    classicTable({ ...schemaOf(more), provider: keys.provider, actions: { attributes: { ...ATTRIBUTES, ...attributes } } }),
  reserved: ['*amzn-ddb-map-desc*', '*amzn-ddb-map-sig*'],
  foreign: 'item without a signature',
}

/** With header version 2, the keys of the table are in the encryption context. */
const structured = (algorithmSuite: AlgorithmSuiteId, version: 1 | 2): Format => ({
  format: `structured, suite ${algorithmSuite}, header version ${version}`,
  table({ attributes: more = {}, partitionKey = 'id', keys = { keyring: KEYRING }, ...schema } = {}) {
    const inContext: Record<string, CryptoAction> = version === 2 ? { [partitionKey]: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' } : {}
    const attributes = { ...ATTRIBUTES, ...inContext, ...more }
    return structuredTable({
      ...schemaOf(schema),
      keyring: keys.keyring,
      algorithmSuite,
      actions: { default: 'ENCRYPT_AND_SIGN', attributes },
      allowedUnsignedAttributes: Object.keys(attributes).filter((name) => attributes[name as 'note'] === 'DO_NOTHING'),
    })
  },
  reserved: ['aws_dbe_head', 'aws_dbe_foot'],
  foreign: 'item without aws_dbe_head: not encrypted\\?',
})

export const FORMATS: readonly Format[] = [classic, structured('0x6701', 1), structured('0x6700', 2)]

/** With what a table takes beside it. */
function schemaOf(more: More): Partial<TableSchema> & { readonly updates?: PlanUpdate } {
  return { ...('schema' in more ? {} : SCHEMA), ...(more.updates && { updates: more.updates }) }
}
