/**
 * All configured tables, found by whatever name a request gives them.
 *
 * @module
 */
import type { MaybePromise } from '@itemseal/core'
import { type DescribeTable, schemaFromAnswer } from './schema.ts'
import { type EncryptedTable, openTable, refuse, type TableConfig } from './table.ts'

export interface Tables {
  /** The table of this name or ARN, or undefined if it is not configured. */
  find(nameOrArn: string | undefined): MaybePromise<EncryptedTable> | undefined
  /** The configured name in the name or ARN, if it is one of a configured table; asks nobody. */
  nameIn(nameOrArn: string): string | undefined
}

const ARN = /^arn:[^/]*:table\/([^/]+)/ // `/index/…` and other things may follow
const LEGAL_NAME = /^[\w.-]+$/

/**
 * Checks the configuration of every table whose schema is given. The others are described when they are first used: one
 * question for all who ask at the same time, and again after a failure.
 *
 * @throws `CONFIGURATION` as the tables' formats do, and for a table of which nobody knows the keys.
 */
export function makeTables(configs: Readonly<Record<string, TableConfig>>, describeTable: DescribeTable | undefined): Tables {
  const tables = new Map<string, () => MaybePromise<EncryptedTable>>()
  for (const [name, config] of Object.entries(configs)) {
    if (!LEGAL_NAME.test(name)) refuse({ name }, 'configured by name, it is found by ARN too')
    config.checkAmong?.(configs, name)
    if (config.schema !== undefined) {
      const table = openTable(name, config, config.schema)
      tables.set(name, () => table)
    } else if (describeTable === undefined) {
      refuse({ name }, 'give its partitionKey, or the option describeTable')
    } else {
      const describe = async () => openTable(name, config, schemaFromAnswer(await describeTable({ TableName: name })))
      tables.set(name, sharedUntilFailure(describe))
    }
  }

  function nameIn(nameOrArn: string): string | undefined {
    const name = ARN.exec(nameOrArn)?.[1] ?? `${nameOrArn}` // a String object would be one on the wire
    return tables.has(name) ? name : undefined
  }

  return { nameIn, find: (nameOrArn = '') => tables.get(nameIn(nameOrArn) ?? '')?.() }
}

function sharedUntilFailure<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => {
    asked ??= ask().catch((error) => {
      asked = undefined
      throw error
    })
    return asked
  }
}
