/**
 * PartiQL cannot speak to a table whose items are encrypted: statements are text, with values in it.
 *
 * A statement is read token by token, as far as to know the names in its table clauses. What others may read otherwise than we
 * do (comments, backticks, a quote without its end) is refused: a table might hide there.
 *
 * @module
 */
import type { Operation } from './call.ts'
import type { PartiqlRequest } from './sdk-shapes.ts'
import { malformed, tableError } from './table.ts'
import type { Tables } from './tables.ts'

// A text, a quoted name, a word, or one sign. A doubled quote reads as the end of one quotation and the begin of another: as good here.
const TOKEN = /'[^']*'|"([^"]*)"|((?:[\w$.]|-(?!-))+)|\/(?!\*)|[ \t\r\n*+=<>!|%,:;?()[\]{}]/gy
const OPENS = /^(FROM|INTO|UPDATE|JOIN)$/i
const CLOSES = /^(WHERE|SET|REMOVE|VALUE|ORDER|RETURNING)$/i

export const partiql: Operation = (input: PartiqlRequest, tables) => {
  for (const { Statement: statement } of [input, ...(input.Statements ?? []), ...(input.TransactStatements ?? [])]) {
    if (statement !== undefined) checkStatement(statement, tables)
  }
  return { input }
}

function checkStatement(statement: string, tables: Tables): void {
  let inClause = false
  let wanted = true // a name, right behind the word that opens a clause; and one clause at least

  function read(token: string, quoted?: string, word = ''): string {
    const name = quoted ?? word
    const first = inClause && wanted
    if (!first && OPENS.test(word)) inClause = wanted = true
    else if (!first && CLOSES.test(token)) inClause = false
    else if (inClause && name !== '') {
      checkName(name, word !== '', tables)
      wanted = false
    } else if (inClause && (token === '(' || (wanted && token.trim() !== ''))) fail() // a bracket might hold the end of the clause
    return ''
  }

  if (typeof statement !== 'string' || statement.replace(TOKEN, read) !== '' || wanted) fail()
}

/** `people`, its ARN, or `people.byEmail`: a name may have dots itself. The case of a word may not matter. */
function checkName(name: string, caseless: boolean, tables: Tables): void {
  for (let length = name.length; length > 0; length = name.lastIndexOf('.', length - 1)) {
    const table = tables.nameIn(name.slice(0, length), caseless)
    if (table) throw tableError('UNSUPPORTED', table, 'PartiQL cannot be used with encrypted items')
  }
}

function fail(): never {
  malformed('PartiQL: the table cannot be told')
}
