/**
 * PartiQL cannot speak to a table whose items are encrypted: statements are text, with values in it.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import type { Operation } from './call.ts'
import type { PartiqlRequest } from './sdk-shapes.ts'
import { tableError } from './table.ts'
import type { Tables } from './tables.ts'

// Outside of quotes, the word before a table's name, and the name: quoted (as an ARN must be), or up to what cannot be in one.
const STRING = /'(?:[^']|'')*'/g
const TABLE = /"(?:[^"]|"")*"|\b(?:FROM|INTO|UPDATE)\b\s*("[^"]+"|[\w.-]+)?/gi

export const partiql: Operation = (input: PartiqlRequest, tables) => {
  for (const { Statement: statement } of [input, ...(input.Statements ?? []), ...(input.TransactStatements ?? [])]) {
    if (statement !== undefined) checkStatement(statement, tables)
  }
  return { input }
}

function checkStatement(statement: string, tables: Tables): void {
  const names = [...statement.replace(STRING, "''").matchAll(TABLE)].filter(([text]) => !text.startsWith('"')).map(([, name]) => name)
  if (names.length === 0 || names.includes(undefined))
    throw new ItemCryptoError('MALFORMED', 'PartiQL: the table of the statement cannot be told')
  for (const name of names) {
    const table = tableOf(name!.replaceAll('"', ''), tables)
    if (table !== undefined)
      throw tableError('UNSUPPORTED', table, 'PartiQL cannot carry encrypted items: use GetItem, PutItem, DeleteItem, Query or Scan')
  }
}

/** `people`, its ARN, or `people.byEmail`: a name may have dots itself. */
function tableOf(name: string, tables: Tables): string | undefined {
  for (let length = name.length; length > 0; length = name.lastIndexOf('.', length - 1)) {
    const table = tables.nameIn(name.slice(0, length))
    if (table !== undefined) return table
  }
  return undefined
}
