/**
 * Tables in the structured format, and the way there from the classic format or from plaintext.
 *
 * @module
 */
import { type CryptoAction, type Item, ItemCryptoError, type ItemEncryptor } from '@itemseal/core'
import { type LegacyPolicy, type MigratingEncryptorOptions, migratingEncryptor, type PlaintextPolicy } from '@itemseal/core/migration'
import { type StructuredItemEncryptorOptions, structuredItemEncryptor } from '@itemseal/core/structured'
import { schemaIn, withIndexKeys } from './actions.ts'
import { planInPlace } from './in-place.ts'
import { planRead } from './projections.ts'
import type { TableSchema } from './schema.ts'
import type { PlanUpdate, TableConfig, TableProtection } from './table.ts'

/** As for `structuredItemEncryptor`; the table's keys may be left to be asked for. */
export interface StructuredTableOptions
  extends Omit<StructuredItemEncryptorOptions, 'tableName' | 'partitionKey' | 'sortKey'>,
    Partial<TableSchema> {
  /**
   * What is bound into every item as the table's name; by default the name under which it is configured. Give it to a table
   * that was restored under another name: the items know it by the old one.
   */
  readonly logicalTableName?: string
  /** `itemUpdates({ … })` of `@itemseal/dynamodb/updates`: updates of attributes that are signed, which are refused without. */
  readonly updates?: PlanUpdate
  /** For a table that has items of the classic format. */
  readonly legacyOverride?: LegacyOverride
  /** For a table that has items in plaintext. Not beside `legacyOverride`. */
  readonly plaintextOverride?: PlaintextPolicy
}

/** What happens with items of the classic format. */
export interface LegacyOverride extends Omit<NonNullable<MigratingEncryptorOptions['legacyOverride']>, 'encryptor'> {
  readonly policy: LegacyPolicy
  /** As the table was configured so far: `classicTable({ … })`. Its keys, and the logical name, are those of the new one. */
  readonly table: TableConfig
}

/** A table in the structured format, for `itemEncryption`. */
export interface StructuredTable extends TableConfig {
  /** The logical name of the table, if it is configured under this one. */
  logicalNameOf(name: string): string
}

const RESERVED = 'aws_dbe_'
const CONTEXT = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT'
const STRICTEST_FIRST: readonly CryptoAction[] = ['ENCRYPT_AND_SIGN', CONTEXT, 'SIGN_ONLY']

/**
 * Configures a table in the structured format, for `itemEncryption`.
 *
 * With `partitionKey`, its keys and indexes are as given. Without, they are asked for when the table is first used.
 * Attributes that are keys of an index are `SIGN_ONLY` unless they are allowed to be unsigned, or `actions` says otherwise. An
 * attribute without an action and without a default counts as encrypted, until it is put: then it is refused.
 *
 * During a migration an attribute can be used only as both forms allow: one that is `DO_NOTHING` here and signed in the
 * classic items is not updated in place.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION`: as `structuredItemEncryptor` and `migratingEncryptor` do, when the keys are
 *   known; for two tables with one logical name, when the plugin is made.
 *
 * @example
 * const keyring = rawAesKeyring({ namespace: 'my keys', name: 'people', wrappingKey })
 * const actions = { default: 'ENCRYPT_AND_SIGN', attributes: { city: 'SIGN_ONLY' } } as const
 * client.middlewareStack.use(itemEncryption({ tables: { people: structuredTable({ partitionKey: 'id', keyring, actions }) } }))
 */
export function structuredTable(options: StructuredTableOptions): StructuredTable {
  const { partitionKey, sortKey, indexes, updates, logicalTableName, legacyOverride, plaintextOverride, ...cryptography } = options
  const logicalNameOf = (name: string) => logicalTableName ?? name

  return {
    ...schemaIn({ partitionKey, sortKey, indexes }),
    logicalNameOf,

    checkAmong(tables, name) {
      for (const [other, config] of Object.entries(tables)) {
        if (other !== name && isStructured(config) && config.logicalNameOf(other) === logicalNameOf(name))
          throw new ItemCryptoError(
            'CONFIGURATION',
            `table ${JSON.stringify(name)}: duplicate logical table name, mapped to table ${JSON.stringify(other)} too`,
          )
      }
    },

    protect(name, schema) {
      const tableName = logicalNameOf(name)
      const structured = protectStructured(tableName, schema, cryptography)
      const legacy = legacyOverride?.table.protect(tableName, schema)
      const isReserved = (attribute: string) => attribute.startsWith(RESERVED) || legacy?.isReserved(attribute) === true
      const migrating = migratingEncryptor({
        encryptor: structured.encryptor,
        ...(legacyOverride && legacy && { legacyOverride: { ...legacyOverride, encryptor: legacy.encryptor } }),
        ...(plaintextOverride && { plaintextOverride }),
      })
      const writesPlaintext = plaintextOverride === 'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ'
      return {
        encryptor: writesPlaintext ? withoutReserved(migrating) : refusingReserved(withoutReserved(migrating), isReserved),
        actionOf(attribute) {
          const actions = [structured.actionOf(attribute), legacy?.actionOf(attribute)]
          return STRICTEST_FIRST.find((action) => actions.includes(action)) ?? 'DO_NOTHING'
        },
        isReserved,
        planRead,
        planUpdate: updates ?? planInPlace,
        writesPlaintext,
      }
    },
  }
}

type Cryptography = Omit<StructuredItemEncryptorOptions, 'tableName' | 'partitionKey' | 'sortKey'>

/** Without a migration. */
function protectStructured(tableName: string, schema: TableSchema, options: Cryptography): Pick<TableProtection, 'encryptor' | 'actionOf'> {
  const { partitionKey, sortKey } = schema
  const { actions: configured = {}, allowedUnsignedAttributes = [], allowedUnsignedAttributePrefix: prefix } = options
  const isUnsigned = (name: string) =>
    allowedUnsignedAttributes.includes(name) || (prefix !== undefined && name.startsWith(prefix)) || name.startsWith(RESERVED)
  const actions = withIndexKeys(configured, schema, isUnsigned)
  const encryptor = structuredItemEncryptor({
    ...options,
    tableName,
    partitionKey,
    ...(sortKey !== undefined && { sortKey }),
    actions: { ...configured, attributes: Object.fromEntries(actions) },
  })
  const keyAction = [configured.default, ...actions.values()].includes(CONTEXT) ? CONTEXT : 'SIGN_ONLY'
  for (const key of [partitionKey, sortKey]) if (key !== undefined) actions.set(key, keyAction) // the encryptor has refused others
  return {
    encryptor,
    actionOf: (name) => (isUnsigned(name) ? 'DO_NOTHING' : (actions.get(name) ?? configured.default ?? 'ENCRYPT_AND_SIGN')),
  }
}

function refusingReserved(encryptor: ItemEncryptor, isReserved: (attribute: string) => boolean): ItemEncryptor {
  return {
    ...encryptor,
    async encryptItem(item) {
      const reserved = Object.keys(item).find(isReserved)
      if (reserved !== undefined)
        throw new ItemCryptoError('CONFIGURATION', `attribute ${JSON.stringify(reserved)} is reserved: is the item encrypted already?`)
      return encryptor.encryptItem(item)
    },
  }
}

/** Items in plaintext, or of the classic format, may have reserved attributes too; those of the structured format have lost theirs. */
function withoutReserved(encryptor: ItemEncryptor): ItemEncryptor {
  return {
    ...encryptor,
    async decryptItem(item): Promise<Item> {
      const decrypted = await encryptor.decryptItem(item)
      return Object.fromEntries(Object.entries(decrypted).filter(([name]) => !name.startsWith(RESERVED)))
    },
  }
}

function isStructured(config: TableConfig): config is StructuredTable {
  return 'logicalNameOf' in config
}
