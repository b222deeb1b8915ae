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
      message: /PartiQL cannot carry encrypted items/,
    })
    expect(people.server.requests).toEqual([])

    people.server.onRequest = () => ({ respond: { status: 200, body: {} } })
    await send(people.client, operation, input('SELECT * FROM elsewhere'))
    expect(people.server.requests.map((request) => request.operation)).toEqual([operation])
  })
})

const protect = () => expect.fail('nobody asks')
const tables = makeTables({ people: { protect }, 'a.b-c': { protect }, FROM: { protect } }, protect)
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
])('%s is refused', (statement) => {
  expect(() => execute(statement)).toThrow(expect.objectContaining({ code: 'UNSUPPORTED' }))
})

test.each([
  'SELECT * FROM elsewhere',
  'SELECT people FROM elsewhere',
  'SELECT * FROM elsewhere WHERE name = \'FROM people\' AND "FROM people" = 1',
  'SELECT * FROM elsewhere.people',
  "UPDATE elsewhere SET a = 'people'",
  'SELECT * FROM People',
  'SELECT * FROM peoples',
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
])('%j is refused: its table cannot be told', (statement) => {
  expect(() => execute(statement)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
})

test('a statement is not asked about where there is none', () => {
  expect(partiql({}, tables)).toEqual({ input: {} })
})
