/**
 * What the peers' own tests say of expressions: which attributes one speaks of, and how long it may be. Beside the project, in
 * `../shared/vectors`; where that is not there, these tests say so. All of the file is used: none of its cases has beacons.
 */
import { existsSync, readFileSync } from 'node:fs'
import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb'
import type { CryptoAction, Item } from '@itemseal/core'
import { describe, expect, test } from 'vitest'
import { checkConditions } from '../src/checks.ts'
import { attributesIn, parseCondition } from '../src/expression.ts'
import { itemEncryption } from '../src/index.ts'
import { structuredTable } from '../src/structured.ts'
import type { EncryptedTable } from '../src/table.ts'
import { parseUpdate } from '../src/update-expression.ts'
import { KEYRING } from './formats.ts'
import { clientAt } from './kinds.ts'

interface Case {
  readonly id: string
  readonly expression: string
  readonly expressionAttributeNames?: Readonly<Record<string, string>> | null
  readonly expected: readonly string[]
}
interface Check {
  readonly id: string
  readonly filterExpression: string
  readonly attributeActionsOnEncrypt: Readonly<Record<string, CryptoAction>>
}
interface Length {
  readonly id: string
  readonly field: 'KeyConditionExpression' | 'FilterExpression'
  readonly lengthOfSpaces: number
  readonly expectedError?: string
}

/** A condition that the peers read although it is none: DynamoDB refuses it, and so do we. */
const NO_CONDITIONS = ['', 'A in :a, :b, :c']

/** Of all aliases of values in the text. */
function numbersFor(text: string): { readonly ExpressionAttributeValues: Item } {
  const aliases = text.match(/:\w+/g) ?? []
  return { ExpressionAttributeValues: Object.fromEntries(aliases.map((alias) => [alias, { N: '1' }])) }
}

const file = new URL('../../../../shared/vectors/searchable/expression_checks.json', import.meta.url)
// What the peers publish is not copied into the project: where it does not lie beside it, there is nothing to read.
if (!existsSync(file)) test.skip("the peers' expressions: there is no ../shared/vectors beside the project")
else {
  const all = JSON.parse(readFileSync(file, 'utf8')) as readonly { readonly kind: string }[]
  const casesOf = <T>(kind: string) => all.filter((it) => it.kind === kind) as unknown as readonly T[]
  const conditions = casesOf<Case>('attributesNeedingValues')
  const updates = casesOf<Case>('updateAttributes')
  const checks = casesOf<Check>('noSearchConfigCheck')
  const lengths = casesOf<Length>('expressionLength')

  test('every case is of a kind that is known here', () => {
    expect(conditions.length + updates.length + checks.length + lengths.length).toBe(all.length)
    for (const cases of [conditions, updates, checks, lengths]) expect(cases.length).toBeGreaterThan(0)
  })

  describe('the attributes whose values a condition needs', () => {
    test.each(conditions.map((it) => [it.id, it.expression, it] as const))('%s: %j', (_, text, { expressionAttributeNames, expected }) => {
      // What a length is compared with is no affair of the peers: here, numbers.
      const names = { ExpressionAttributeNames: expressionAttributeNames ?? {}, ...numbersFor(text) }
      if (NO_CONDITIONS.includes(text)) {
        expect(() => parseCondition(text, names)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
        return
      }
      const refusing = attributesIn(parseCondition(text, names)).filter((attribute) => {
        const actionOf = (name: string) => (name === attribute ? 'ENCRYPT_AND_SIGN' : 'SIGN_ONLY')
        try {
          checkConditions({ name: 't', actionOf, isReserved: () => false } as unknown as EncryptedTable, {
            ConditionExpression: text,
            ...names,
          })
          return false
        } catch (error) {
          expect(error).toMatchObject({ message: expect.stringContaining(`attribute ${JSON.stringify(attribute)} is encrypted`) })
          return true
        }
      })
      expect(refusing).toEqual(expected)
    })
  })

  describe('the attributes that an update speaks of', () => {
    test.each(updates.map((it) => [it.id, it.expression, it.expected] as const))('%s: %j', (_, text, expected) => {
      // To the peers an alias that stands for nothing is a name; here it must stand for one.
      const aliases = expected.filter((name) => name.startsWith('#'))
      const values = numbersFor(text)
      const names = { ExpressionAttributeNames: Object.fromEntries(aliases.map((alias) => [alias, alias])), ...values }
      expect(parseUpdate(text, names).flatMap(attributesIn)).toEqual(expected)
      if (aliases.length > 0) expect(() => parseUpdate(text, values)).toThrow(expect.objectContaining({ code: 'MALFORMED' }))
    })
  })

  test.each(checks.map((it) => [it.id, it.filterExpression, it] as const))(
    '%s: a filter on an encrypted attribute is refused by its name: %j',
    async (_, FilterExpression, { attributeActionsOnEncrypt: attributes }) => {
      const client = clientAt('http://127.0.0.1:1') // nothing gets there
      const table = structuredTable({ partitionKey: 'TheKeyField', keyring: KEYRING, actions: { attributes } })
      client.middlewareStack.use(itemEncryption({ tables: { t: table } }))
      const more = {
        TableName: 't',
        FilterExpression,
        ExpressionAttributeNames: { '#Field4': 'std4' },
        ExpressionAttributeValues: { ':A': { S: 'a' }, ':B': { S: 'b' }, ':k': { S: 'k' } },
      }
      const refused = { name: 'ItemCryptoError', code: 'CONFIGURATION', message: expect.stringContaining('attribute "std2" is encrypted') }
      const query = new QueryCommand({ ...more, KeyConditionExpression: 'TheKeyField = :k' })
      await expect(client.send(query)).rejects.toMatchObject(refused)
      const { ':k': _k, ...values } = more.ExpressionAttributeValues
      await expect(client.send(new ScanCommand({ ...more, ExpressionAttributeValues: values }))).rejects.toMatchObject(refused)
    },
  )

  // The peers measure blanks, which are no condition: here one is among them.
  test.each(lengths.map((it) => [it.id, it.field, it.lengthOfSpaces, it.expectedError] as const))(
    '%s: a %s of %d characters',
    (_, __, length, problem) => {
      const parse = () => parseCondition('a = b'.padEnd(length), {})
      if (problem === undefined) expect(attributesIn(parse())).toEqual(['a', 'b'])
      else expect(parse).toThrow(expect.objectContaining({ code: 'MALFORMED', message: expect.stringContaining('4096 characters') }))
    },
  )
}
