import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { partiql } from '../src/partiql.ts'
import { makeTables } from '../src/tables.ts'
import { KINDS, type OperationName } from './kinds.ts'
import { usePeople } from './people.ts'

const people = usePeople()

describe.each(KINDS)('with a $kind client', ({ send }) => {
  const rows: [OperationName, (Statement: string) => object][] = [
    ['ExecuteStatement', (Statement) => ({ Statement })],
    ['BatchExecuteStatement', (Statement) => ({ Statements: [{ Statement: 'SELECT * FROM elsewhere' }, { Statement }] })],
    ['ExecuteTransaction', (Statement) => ({ TransactStatements: [{ Statement: 'SELECT * FROM elsewhere' }, { Statement }] })],
  ]

  test.each(rows)('%s on a configured table is refused, and on others it passes', async (operation, input) => {
    const call = send(people.client, operation, input(`SELECT * FROM "${people.table}" WHERE id = '1'`))
    await expect(call).rejects.toMatchObject({
      name: 'ItemCryptoError',
      code: 'UNSUPPORTED',
      message: /PartiQL cannot be used with encrypted items/,
    })
    expect(people.server.requests).toEqual([])

    people.server.onRequest = () => ({ respond: { status: 200, body: {} } })
    await send(people.client, operation, input('SELECT * FROM elsewhere'))
    expect(people.server.requests.map((request) => request.operation)).toEqual([operation])
  })
})

const nobody = () => expect.fail('nobody asks')
const asked = { schema: nobody, protect: nobody }
const tables = makeTables({ people: asked, 'a.b-c': asked, FROM: asked }, nobody)
const execute = (Statement: string) => partiql({ Statement }, tables)
const arn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/people'

test.each([
  'SELECT * FROM people',
  '  select\n*\tfrom\npeople where id = 1',
  'SELECT * FROM "people"',
  'SELECT * FROM"people"',
  'SELECT * FROM people.byEmail',
  'SELECT * FROM "people"."byEmail"',
  'SELECT * FROM people AS p',
  'SELECT * FROM "a.b-c"."i"',
  'SELECT * FROM a.b-c.i',
  `SELECT * FROM "${arn}"`,
  `SELECT * FROM "${arn}/index/byEmail"`,
  "INSERT INTO people VALUE {'id': '1'}",
  "INSERT INTO \"people\" VALUE {'id': 'x FROM elsewhere'}",
  'UPDATE people SET a = 1 WHERE id = 1',
  'update "people" set a = 1',
  'DELETE FROM people WHERE id = 1',
  'EXISTS(SELECT * FROM people WHERE id = 1)',
  'SELECT * FROM elsewhere WHERE EXISTS (SELECT * FROM people)',
  'SELECT * FROM "FROM"',
  "SELECT 'it''s' FROM people",
  'SELECT * FROM People',
  'SELECT * FROM "people" . "byEmail"',
  'SELECT * FROM people . byEmail',
  "SELECT \"it's\" FROM people WHERE a = 'x'",
  'SELECT "a"" FROM elsewhere --" FROM people',
  "SELECT * FROM elsewhere WHERE a = 'FROM' AND EXISTS(SELECT * FROM people)",
  'SELECT * FROM elsewhere, people',
  'SELECT * FROM elsewhere AS e, "people" AS p',
  'SELECT * FROM elsewhere WHERE EXISTS(SELECT * FROM elsewhere), people',
  'SELECT * FROM elsewhere JOIN people ON a = b',
  'SELECT * FROM FROM, people',
  'SELECT * FROM where, people',
  'SELECT * FROM elsewhere WHERE a = 1 UNION SELECT * FROM people',
])('%s is refused', (statement) => {
  expect(() => execute(statement)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
})

test.each([
  'SELECT * FROM elsewhere',
  'SELECT people FROM elsewhere',
  'SELECT * FROM elsewhere WHERE name = \'FROM people\' AND "FROM people" = 1',
  'SELECT * FROM elsewhere.people',
  "UPDATE elsewhere SET a = 'people'",
  'SELECT * FROM "People"',
  'SELECT * FROM peoples',
  "SELECT * FROM elsewhere WHERE a = 'it''s -- no /* comment */ `'",
  'SELECT "a--b" FROM elsewhere WHERE "`" = 1',
  'DELETE FROM elsewhere WHERE a = 1 RETURNING ALL OLD *',
  "INSERT INTO elsewhere VALUE {'people': [1, -2.5e3, TRUE, <<'people'>>]}",
  'UPDATE elsewhere SET people = people + 1 REMOVE a[0].people WHERE b != ?',
  'SELECT * FROM elsewhere WHERE people = 1 ORDER BY people DESC',
])('%s passes', (statement) => {
  expect(execute(statement)).toEqual({ input: { Statement: statement } })
})

test.each([
  '',
  'SELECT *',
  'SELECT * FROM',
  'SELECT * FROM /* x */ people',
  'SELECT * FROM ?',
  "SELECT * FROM 'people'",
  'SELECT * FROM <<people>>',
  'SELECT * FROM elsewhere -- x',
  "SELECT * FROM elsewhere -- ' \n, people -- '",
  "SELECT * FROM elsewhere /* ' */ , people /* ' */",
  'SELECT * FROM elsewhere WHERE a = 1--2',
  'SELECT * FROM `people`',
  "SELECT `'` FROM people WHERE a = `'`",
  'SELECT * FROM [people]',
  'SELECT * FROM (people)',
  'SELECT * FROM ""',
  'SELECT * FROM "" "people"',
  'SELECT * FROM "people',
  "SELECT * FROM elsewhere WHERE a = 'x",
  'SELECT * FROM\u00a0people',
  'SELECT * FROM\u2028people',
  'SELECT * FROM pe\u0000ople',
  'SELECT * FROM elsewhere \\',
  'DROP TABLE people',
  'SELECT * FROM elsewhere, (SELECT * FROM elsewhere WHERE a = 1), people',
])('%j is refused: its table cannot be told', (statement) => {
  expect(() => execute(statement)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
})

test('a statement that is no text is refused', () => {
  for (const statement of [Object('SELECT * FROM people'), { toString: () => 'SELECT * FROM elsewhere' }, 1, null]) {
    expect(() => execute(statement)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
  }
})

// Any other reader: whatever it takes for a comment, a table's name that is left in a clause must have been seen.
test('no arrangement of quotes, comments and names hides a table', () => {
  const pieces = [
    'FROM ',
    'people',
    '"people"',
    'elsewhere',
    ' ',
    "'",
    '"',
    '--',
    '\n',
    '/*',
    '*/',
    '`',
    ',',
    '(SELECT * FROM elsewhere WHERE a = 1)',
    ' AS e',
    "''",
    '""',
  ]
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 12 }), (middle) => {
      const statement = `SELECT * FROM ${middle.join('')}`
      const names = tablesForReader(statement)
      fc.pre(names?.includes('people') === true)
      expect(() => execute(statement)).toThrow()
    }),
    { numRuns: 3000, maxSkipsPerRun: 1000 },
  )
})

/** How a reader with comments and Ion literals would read it: the names right behind FROM or a comma. Undefined: an error to it. */
function tablesForReader(statement: string): string[] | undefined {
  const rest = statement.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|`[^`]*`|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (token) => {
    if (token[0] === '"') return token
    return token[0] === "'" || token[0] === '`' ? '0' : ' '
  })
  const clauses = rest.matchAll(/(?:\bFROM|,)\s*("(?:[^"]|"")*"|\w+)|"(?:[^"]|"")*"/g) // a quoted name elsewhere holds no clause
  const names = [...clauses].flatMap(([, name]) => name?.replace(/^"|"$/g, '') ?? [])
  return /['`]/.test(rest.replace(/"(?:[^"]|"")*"/g, '')) ? undefined : names
}

test('a statement is not asked about where there is none', () => {
  expect(partiql({}, tables)).toEqual({ input: {} })
})
