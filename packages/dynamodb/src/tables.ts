/**
 * All configured tables, found by whatever name a request gives them.
 *
 * @module
 */
import type { MaybePromise } from '@itemseal/core'
import type { DescribeTable } from './schema.ts'
import { type EncryptedTable, malformed, openTable, refuse, type TableConfig } from './table.ts'

export interface Tables {
  /**
   * The table of this name or ARN, or undefined if it is not configured.
   *
   * @throws `MALFORMED` for what is neither: who can tell what table it is taken for?
   */
  find(nameOrArn: string | undefined): MaybePromise<EncryptedTable> | undefined
  /** The configured name in the name or ARN, if it is one of a configured table; asks nobody. */
  nameIn(nameOrArn: string, caseless?: boolean): string | undefined
}

const NAME_OR_ARN = /^(?:arn:[^/]*:table\/([\w.-]+)(?:\/.*)?|[\w.-]+)$/ // `/index/…` and other things may follow

/**
 * Checks the configuration of every table whose schema is given. The others are described when they are first used: one
 * question for all who ask at the same time, and again after a failure.
 *
 * @throws `CONFIGURATION` as the tables' formats do, and for a table of which nobody knows the keys.
 */
export function makeTables(configs: Readonly<Record<string, TableConfig>>, describeTable: DescribeTable | undefined): Tables {
  const tables = new Map<string, () => MaybePromise<EncryptedTable>>()
  for (const [name, config] of Object.entries(configs)) {
    if (nameOf(name) !== name) refuse({ name }, 'configure it by its name')
    config.checkAmong?.(configs, name)
    const { schema } = config
    if (typeof schema !== 'function') {
      const table = openTable(name, config, schema)
      tables.set(name, () => table)
    } else if (!describeTable) {
      refuse({ name }, 'give partitionKey or describeTable')
    } else {
      tables.set(
        name,
        sharedUntilFailure(async () => openTable(name, config, schema(await describeTable({ TableName: name })))),
      )
    }
  }

  return {
    find(nameOrArn) {
      const name = nameOf(nameOrArn)
      if (!name) malformed('TableName: no name or ARN')
      return tables.get(name)?.()
    },
    nameIn(nameOrArn, caseless) {
      const name = nameOf(nameOrArn)
      return [...tables.keys()].find((key) => key === name || (caseless && key.toLowerCase() === name?.toLowerCase()))
    },
  }
}

/** Undefined for what is neither, such as an object that is a text only when it is sent. */
function nameOf(nameOrArn: unknown): string | undefined {
  const [whole, name = whole] = (typeof nameOrArn === 'string' && NAME_OR_ARN.exec(nameOrArn)) || []
  return name
}

function sharedUntilFailure<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  const forget = (error: unknown) => {
    asked = undefined
    throw error
  }
  return () => (asked ??= ask().catch(forget))
}
