import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import type { Item } from '@itemseal/core'
import { inspectItem, type StructuredFacts } from '@itemseal/core/inspect'
import { defaultMaterialsManager } from '@itemseal/core/materials'
import { describe, expect, test } from 'vitest'
import { classicTable } from '../src/classic.ts'
import { itemEncryption } from '../src/index.ts'
import { type StructuredTableOptions, structuredTable } from '../src/structured.ts'
import { ATTRIBUTES, FORMATS, KEYRING, PROVIDER, SCHEMA } from './formats.ts'
import { KINDS, type Native, toItem } from './kinds.ts'
import { ADA, ADA_KEY, usePeople } from './people.ts'

const people = usePeople(FORMATS[1])
const [plain] = KINDS as [(typeof KINDS)[0]]
const BASE = { ...SCHEMA, keyring: KEYRING } as const
const clientWith = (options: StructuredTableOptions) => people.clientWith({ tables: { [people.table]: structuredTable(options) } })
type Client = typeof people.client
const put = (client: Client, item: Record<string, Native>) =>
  plain.send(client, 'PutItem', { TableName: people.table, Item: plain.item(item) })
const get = async (client: Client) => (await client.send(new GetItemCommand({ TableName: people.table, Key: toItem(ADA_KEY) }))).Item
const actionsStored = async () => (inspectItem((await get(people.raw)) as Item) as StructuredFacts).actions
const refusal = (message: string | RegExp, code = 'CONFIGURATION') =>
  expect.objectContaining({ name: 'ItemCryptoError', code, message: expect.stringMatching(message) })

describe('keys of indexes', () => {
  const withoutNote: Record<string, Native> = Object.fromEntries(Object.entries(ADA).filter(([name]) => name !== 'note'))

  test('are SIGN_ONLY unless configured', async () => {
    const client = clientWith({ ...BASE, actions: { default: 'ENCRYPT_AND_SIGN' } })
    await put(client, withoutNote)
    expect(await actionsStored()).toMatchObject({ email: 'SIGN_ONLY', city: 'SIGN_ONLY', rank: 'SIGN_ONLY', name: 'ENCRYPT_AND_SIGN' })
    expect(await get(client)).toEqual(toItem(withoutNote))
  })

  test('may be in the encryption context, as the keys of the table then are', async () => {
    const context = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT'
    const client = clientWith({ ...BASE, actions: { default: 'ENCRYPT_AND_SIGN', attributes: { city: context } } })
    await put(client, withoutNote)
    expect(await actionsStored()).toMatchObject({ id: context, at: context, city: context, email: 'SIGN_ONLY', name: 'ENCRYPT_AND_SIGN' })
    expect(await get(client)).toEqual(toItem(withoutNote))
  })

  test('are unsigned where a name or prefix allows it', async () => {
    const client = clientWith({
      ...BASE,
      actions: { default: 'ENCRYPT_AND_SIGN' },
      allowedUnsignedAttributes: ['email', 'note'],
      allowedUnsignedAttributePrefix: 'ci',
    })
    await put(client, ADA)
    const update = {
      UpdateExpression: 'SET city = :c, email = :c',
      ExpressionAttributeValues: toItem({ ':c': 'x' }),
      ReturnValues: 'ALL_NEW',
    }
    const { Attributes } = await plain.send(client, 'UpdateItem', { TableName: people.table, Key: toItem(ADA_KEY), ...update })
    expect(Attributes).toEqual(toItem({ ...ADA, city: 'x', email: 'x' }))
  })

  test('cannot be encrypted', () => {
    const attributes = { email: 'ENCRYPT_AND_SIGN' } as const
    expect(() => clientWith({ ...BASE, actions: { attributes } })).toThrow(
      refusal(/^table "people-.*": attribute "email" is a key of index "byEmail": make it SIGN_ONLY/),
    )
  })

  test('that are keys of the table too are as those are', async () => {
    const client = clientWith({
      ...BASE,
      indexes: { ...SCHEMA.indexes, byRank: { keys: ['id', 'rank'] } },
      actions: { default: 'ENCRYPT_AND_SIGN', attributes: { ...ATTRIBUTES, version: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' } },
      allowedUnsignedAttributes: ['note'],
    })
    await put(client, ADA)
    expect(await get(client)).toEqual(toItem(ADA))
  })
})

describe('what the format refuses is refused when the plugin is made:', () => {
  test.each<[string, Partial<StructuredTableOptions>, RegExp]>([
    ['DO_NOTHING for what is not allowed to be unsigned', { actions: { attributes: ATTRIBUTES } }, /"note" is DO_NOTHING, but not allowed/],
    [
      'an action for what is allowed to be unsigned',
      { actions: { attributes: { version: 'SIGN_ONLY' } }, allowedUnsignedAttributes: ['version'] },
      /"version" is SIGN_ONLY, but allowed to be unsigned/,
    ],
    ['an encrypted key', { actions: { attributes: { at: 'ENCRYPT_AND_SIGN' } } }, /sort key attribute action must be SIGN_ONLY/],
    ['an action for a reserved name', { actions: { attributes: { aws_dbe_x: 'DO_NOTHING' } } }, /"aws_dbe_x" is reserved/],
    ['a keyring and a materials manager', { materialsManager: defaultMaterialsManager(KEYRING) }, /either keyring or materialsManager/],
    [
      'both overrides',
      {
        plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
        legacyOverride: { policy: 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', table: classicTable({ provider: PROVIDER }) },
      },
      /legacyOverride and plaintextOverride exclude each other/,
    ],
    ['an unknown policy', { plaintextOverride: 'ALLOW' as never }, /plaintextOverride: one of FORCE_PLAINTEXT_WRITE/],
  ])('%s', (_, options, message) => {
    expect(() => clientWith({ ...BASE, ...options })).toThrow(refusal(message))
  })
})

describe.each(KINDS)('with a $kind client', ({ item, send }) => {
  const on = (input: object) => ({ TableName: people.table, ...input })

  test.each([
    ['PutItem', (Item: object) => on({ Item })],
    ['BatchWriteItem', (Item: object) => ({ RequestItems: { [people.table]: [{ PutRequest: { Item } }] } })],
    ['TransactWriteItems', (Item: object) => ({ TransactItems: [{ Put: on({ Item }) }] })],
  ] as const)('%s of a reserved attribute is refused', async (operation, input) => {
    const call = send(people.client, operation, input(item({ ...ADA, aws_dbe_b_name: 'x' })))
    await expect(call).rejects.toEqual(refusal(/^table "people-.*": attribute "aws_dbe_b_name" is reserved/))
    expect(people.server.requests).toEqual([])
  })

  test('reserved attributes in the table do not come out of it', async () => {
    await people.seed(ADA)
    const stored = (await get(people.raw))!
    await people.raw.send(new PutItemCommand({ TableName: people.table, Item: { ...stored, aws_dbe_v_1: { S: ' ' } } }))
    expect((await send(people.client, 'GetItem', on({ Key: item(ADA_KEY) }))).Item).toEqual(item(ADA))
  })

  test('what is allowed to be unsigned, by name or prefix, can be updated in place and compared', async () => {
    const client = clientWith({
      ...BASE,
      actions: { default: 'ENCRYPT_AND_SIGN', attributes: { version: 'SIGN_ONLY' } },
      allowedUnsignedAttributes: ['note'],
      allowedUnsignedAttributePrefix: ':',
    })
    await send(client, 'PutItem', on({ Item: item({ ...ADA, ':seen': 1 }) }))
    const answer = await send(
      client,
      'UpdateItem',
      on({
        Key: item(ADA_KEY),
        UpdateExpression: 'SET #s = #s + :one, note = :n',
        ConditionExpression: '#s = :one AND version = :v AND attribute_exists(diary)',
        ExpressionAttributeNames: { '#s': ':seen' },
        ExpressionAttributeValues: item({ ':one': 1, ':n': 'new', ':v': ADA.version }),
        ReturnValues: 'ALL_NEW',
      }),
    )
    expect(answer.Attributes).toEqual(item({ ...ADA, ':seen': 2, note: 'new' }))
  })

  test('an attribute without an action cannot be put, compared or updated', async () => {
    const client = clientWith({ ...BASE, actions: { attributes: ATTRIBUTES }, allowedUnsignedAttributes: ['note'] })
    await expect(send(client, 'PutItem', on({ Item: item(ADA) }))).rejects.toEqual(
      refusal(/no crypto action configured for "name", "born"/),
    )
    const values = { ExpressionAttributeValues: item({ ':v': 1 }) }
    const compared = send(client, 'Scan', on({ FilterExpression: 'born = :v', ...values }))
    await expect(compared).rejects.toEqual(refusal(/attribute "born" is encrypted/))
    const updated = send(client, 'UpdateItem', on({ Key: item(ADA_KEY), UpdateExpression: 'SET born = :v', ...values }))
    await expect(updated).rejects.toEqual(refusal(/attribute "born" is signed/))
    expect(people.server.requests).toEqual([])
  })
})

describe('the logical name of a table', () => {
  const named = (logicalTableName?: string) =>
    structuredTable({ partitionKey: 'id', keyring: KEYRING, ...(logicalTableName && { logicalTableName }) })
  const duplicate = (other: string) => refusal(`^table "\\w+": duplicate logical table name, mapped to table "${other}" too$`)

  test('cannot be that of two tables in one client', () => {
    expect(() => itemEncryption({ tables: { a: named('people'), b: named('people') } })).toThrow(duplicate('b'))
    expect(() => itemEncryption({ tables: { people: named(), restored: named('people') } })).toThrow(duplicate('restored'))
    const unknown = structuredTable({ keyring: KEYRING, logicalTableName: 'people' }) // described when it is first used
    expect(() => itemEncryption({ tables: { a: unknown, people: named() }, describeTable: async () => expect.fail() })).toThrow(
      duplicate('people'),
    )
  })

  test('can be another for each, whatever their own names', () => {
    itemEncryption({ tables: { a: named('b'), b: named('a'), c: named() } })
    itemEncryption({ tables: { a: named('people'), people: classicTable({ partitionKey: 'id', provider: PROVIDER }) } })
  })

  test('is what items are bound to: a table restored under another name is read by it, and by no other', async () => {
    const under = (logicalTableName: string) =>
      clientWith({
        ...BASE,
        logicalTableName,
        actions: { default: 'ENCRYPT_AND_SIGN', attributes: ATTRIBUTES },
        allowedUnsignedAttributes: ['note'],
      })
    await put(under('before'), ADA)
    expect(await get(under('before'))).toEqual(toItem(ADA))
    expect(await get(under(people.table)).catch(({ name }) => name)).toBe('ItemCryptoError')
  })
})
