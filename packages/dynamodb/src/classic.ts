/**
 * Tables in the classic format.
 *
 * @module
 */
import { type ClassicItemEncryptorOptions, classicItemEncryptor } from '@itemseal/core/classic'
import { schemaIn, withIndexKeys } from './actions.ts'
import { planInPlace } from './in-place.ts'
import { planRead } from './projections.ts'
import type { TableSchema } from './schema.ts'
import type { PlanUpdate, TableConfig } from './table.ts'

/** As for `classicItemEncryptor`; the name of the table is that under which it is configured. */
export interface ClassicTableOptions
  extends Omit<ClassicItemEncryptorOptions, 'tableName' | 'partitionKey' | 'sortKey'>,
    Partial<TableSchema> {
  /** `itemUpdates({ … })` of `@itemseal/dynamodb/updates`: updates of attributes that are signed, which are refused without. */
  readonly updates?: PlanUpdate
}

/**
 * Configures a table in the classic format, for `itemEncryption`.
 *
 * With `partitionKey`, its keys and indexes are as given. Without, they are asked for when the table is first used.
 * Attributes that are keys of an index are `SIGN_ONLY` unless `actions` says otherwise. Better say it there: an index made later on
 * an attribute that is encrypted by default would change what is expected of the items that are there.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION`, as `classicItemEncryptor` does, when the keys are known.
 */
export function classicTable({ partitionKey, sortKey, indexes, updates, ...options }: ClassicTableOptions): TableConfig {
  const { actions: configured = {}, signatureFieldName, materialDescriptionFieldName } = options
  const reserved = [signatureFieldName ?? '*amzn-ddb-map-sig*', materialDescriptionFieldName ?? '*amzn-ddb-map-desc*']
  return {
    ...schemaIn({ partitionKey, sortKey, indexes }),
    protect(tableName, schema) {
      const { partitionKey, sortKey } = schema
      const other = configured.default ?? 'ENCRYPT_AND_SIGN'
      const actions = withIndexKeys(configured, schema)
      const encryptor = classicItemEncryptor({
        ...options,
        tableName,
        partitionKey,
        ...(sortKey !== undefined && { sortKey }),
        actions: { default: other, attributes: Object.fromEntries(actions) },
      })
      for (const key of [partitionKey, sortKey]) if (key !== undefined) actions.set(key, 'SIGN_ONLY') // the encryptor has refused others
      return {
        encryptor,
        actionOf: (attribute) => actions.get(attribute) ?? other,
        isReserved: (attribute) => reserved.includes(attribute),
        planRead,
        planUpdate: updates ?? planInPlace,
      }
    },
  }
}
