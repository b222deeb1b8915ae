/**
 * All configured tables, found by whatever name a request gives them.
 *
 * @module
 */
import { ItemCryptoError, type MaybePromise } from '@itemseal/core'
import { type DescribeTable, schemaFromAnswer } from './schema.ts'
import { type EncryptedTable, openTable, type TableConfig } from './table.ts'

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
  const opened = new Map<string, MaybePromise<EncryptedTable>>()
  const described = new Map<string, () => Promise<EncryptedTable>>()
  for (const [name, config] of Object.entries(configs)) {
    if (!LEGAL_NAME.test(name)) misconfigured(name, 'tables are configured by name, and found by ARN too')
    if (config.schema !== undefined) opened.set(name, openTable(name, config, config.schema))
    else if (describeTable === undefined) misconfigured(name, 'give its partitionKey, or the option describeTable to find out')
    else described.set(name, async () => openTable(name, config, schemaFromAnswer(await describeTable({ TableName: name }))))
  }

  function nameIn(nameOrArn: string): string | undefined {
    const name = ARN.exec(nameOrArn)?.[1] ?? nameOrArn
    return opened.has(name) || described.has(name) ? name : undefined
  }

  function open(name: string): MaybePromise<EncryptedTable> {
    const known = opened.get(name)
    if (known !== undefined) return known
    const asked = described.get(name)!()
    opened.set(name, asked)
    asked.catch(() => opened.delete(name)) // who asked hears of it; the next one asks again
    return asked
  }

  return {
    nameIn,
    find(nameOrArn) {
      const name = nameOrArn === undefined ? undefined : nameIn(nameOrArn)
      return name === undefined ? undefined : open(name)
    },
  }
}

function misconfigured(name: string, message: string): never {
  throw new ItemCryptoError('CONFIGURATION', `table ${JSON.stringify(name)}: ${message}`)
}
