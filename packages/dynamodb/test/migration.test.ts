/** One table that holds items in plaintext, of the classic format and of the structured one, under each policy. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb'
import type { Item as StoredItem } from '@itemseal/core'
import { inspectItem } from '@itemseal/core/inspect'
import type { LegacyPolicy, PlaintextPolicy } from '@itemseal/core/migration'
import { beforeEach, describe, expect, test } from 'vitest'
import { classicTable } from '../src/classic.ts'
import { sdkDynamoDbCalls } from '../src/sdk.ts'
import { type StructuredTableOptions, structuredTable } from '../src/structured.ts'
import { itemUpdates } from '../src/updates.ts'
import { ATTRIBUTES, FORMATS, KEYRING, PROVIDER, SCHEMA } from './formats.ts'
import { KINDS, type Native, toItem } from './kinds.ts'
import { ADA, person, SECRETS, usePeople } from './people.ts'

const people = usePeople(FORMATS[1])
const [plain] = KINDS as [(typeof KINDS)[0]]
const AT = { plaintext: 1, classic: 2, structured: 3 } as const
type Form = keyof typeof AT
const FORMS = Object.keys(AT) as Form[]
const FRESH = 4

const OPTIONS: StructuredTableOptions = {
  ...SCHEMA,
  keyring: KEYRING,
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: ATTRIBUTES },
  allowedUnsignedAttributes: ['note'],
}
const classic = classicTable({ provider: PROVIDER, actions: { attributes: ATTRIBUTES } })
const clientFor = (options: Partial<StructuredTableOptions>) =>
  people.clientWith({ tables: { [people.table]: structuredTable({ ...OPTIONS, ...options }) } })
const legacy = (policy: LegacyPolicy, table = classic) => ({ legacyOverride: { policy, table } })
const plaintext = (plaintextOverride: PlaintextPolicy) => ({ plaintextOverride })

const formStored = async (at: number): Promise<string> => {
  const { Item } = await people.raw.send(new GetItemCommand({ TableName: people.table, Key: toItem({ id: '1', at }) }))
  return inspectItem(Item as StoredItem).format
}

beforeEach(async () => {
  const put = (client: typeof people.client, form: Form) =>
    plain.send(client, 'PutItem', { TableName: people.table, Item: plain.item(person(AT[form])) })
  await put(people.raw, 'plaintext')
  await put(people.clientWith({ tables: { [people.table]: FORMATS[0]!.table() } }), 'classic')
  await put(people.client, 'structured')
  await plain.send(people.raw, 'DeleteItem', { TableName: people.table, Key: toItem({ id: '1', at: FRESH }) })
  for (const form of FORMS) expect(await formStored(AT[form])).toBe(form)
  people.server.reset()
})

type Outcome = 'read' | 'NOT_AUTHENTIC' | 'UNSUPPORTED'
const STEPS: [string, Partial<StructuredTableOptions>, { writes: Form; reads: Record<Form, Outcome> }][] = [
  [
    'legacy 1: FORCE_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT',
    legacy('FORCE_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT'),
    { writes: 'classic', reads: { plaintext: 'NOT_AUTHENTIC', classic: 'read', structured: 'read' } },
  ],
  [
    'legacy 2: FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT',
    legacy('FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT'),
    { writes: 'structured', reads: { plaintext: 'NOT_AUTHENTIC', classic: 'read', structured: 'read' } },
  ],
  [
    'legacy 3: FORBID_LEGACY_ENCRYPT_FORBID_LEGACY_DECRYPT',
    legacy('FORBID_LEGACY_ENCRYPT_FORBID_LEGACY_DECRYPT'),
    { writes: 'structured', reads: { plaintext: 'NOT_AUTHENTIC', classic: 'UNSUPPORTED', structured: 'read' } },
  ],
  [
    'plaintext 1: FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
    plaintext('FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ'),
    { writes: 'plaintext', reads: { plaintext: 'read', classic: 'UNSUPPORTED', structured: 'read' } },
  ],
  [
    'plaintext 2: FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
    plaintext('FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ'),
    { writes: 'structured', reads: { plaintext: 'read', classic: 'UNSUPPORTED', structured: 'read' } },
  ],
  [
    'plaintext 3: FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ',
    plaintext('FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ'),
    { writes: 'structured', reads: { plaintext: 'NOT_AUTHENTIC', classic: 'NOT_AUTHENTIC', structured: 'read' } },
  ],
]

describe.each(KINDS)('with a $kind client', ({ item, send }) => {
  const on = (input: object) => ({ TableName: people.table, ...input })
  const key = (at: number) => ({ Key: item({ id: '1', at }) })

  describe.each(STEPS)('%s', (_, options, { writes, reads }) => {
    test.each(FORMS)('an item of the form %s', async (form) => {
      const outcome = await send(clientFor(options), 'GetItem', on(key(AT[form]))).then(
        ({ Item }) => Item,
        ({ code }) => code,
      )
      expect(outcome).toEqual(reads[form] === 'read' ? item(person(AT[form])) : reads[form])
    })

    test('a page of what it reads', async () => {
      const readable = FORMS.filter((form) => reads[form] === 'read')
      for (const form of FORMS) if (!readable.includes(form)) await send(people.raw, 'DeleteItem', on(key(AT[form])))
      const { Items } = await send(clientFor(options), 'Scan', on({}))
      expect(Items).toEqual(readable.map((form) => item(person(AT[form]))))
    })

    test(`writes the form ${writes}, alone, in batches and in transactions, and reads it`, async () => {
      const client = clientFor(options)
      const Item = item(person(FRESH))
      for (const write of [
        () => send(client, 'PutItem', on({ Item })),
        () => send(client, 'BatchWriteItem', { RequestItems: { [people.table]: [{ PutRequest: { Item } }] } }),
        () => send(client, 'TransactWriteItems', { TransactItems: [{ Put: on({ Item }) }] }),
      ]) {
        await write()
        expect(await formStored(FRESH)).toBe(writes)
        expect((await send(client, 'GetItem', on(key(FRESH)))).Item).toEqual(Item)
        await send(client, 'DeleteItem', on(key(FRESH)))
      }
      const wire = JSON.stringify(people.server.requests)
      for (const secret of SECRETS.slice(1)) expect(wire.includes(secret)).toBe(writes === 'plaintext')
    })
  })

  test('a whole migration: each step reads what the steps before it wrote', async () => {
    await send(people.raw, 'DeleteItem', on(key(AT.classic)))
    const steps: PlaintextPolicy[] = [
      'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
      'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
      'FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ',
    ]
    for (const policy of steps) {
      const client = clientFor(plaintext(policy))
      const { Items } = await send(client, 'Scan', on({}))
      expect(Items).toEqual([AT.plaintext, AT.structured].map((at) => item(person(at))))
      for (const Item of Items as object[]) await send(client, 'PutItem', on({ Item })) // in the form of this step
    }
    expect(await formStored(AT.plaintext)).toBe('structured')
  })

  describe('while plaintext is forced', () => {
    const client = () => clientFor(plaintext('FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ'))

    test('puts pass untouched, with conditions of any kind and any attribute', async () => {
      const input = on({
        Item: item({ ...ADA, aws_dbe_x: 'x' }),
        ConditionExpression: '#n <> :n',
        ExpressionAttributeNames: { '#n': 'name' },
        ExpressionAttributeValues: item({ ':n': 'Charles' }),
      })
      await send(client(), 'PutItem', input)
      await send(people.raw, 'PutItem', input)
      const [ours, direct] = people.server.requests.map(({ body }) => body)
      expect(ours).toEqual(direct)
      expect((await send(client(), 'GetItem', on(key(1)))).Item).toEqual(item(ADA)) // reserved attributes stay there
      const expected = { Expected: { id: { Exists: false } } }
      await expect(send(client(), 'PutItem', on({ Item: item(ADA), ...expected }))).rejects.toMatchObject({
        name: 'ConditionalCheckFailedException',
      })
    })

    test.each([
      ['DeleteItem', 'a condition on what will be encrypted', { ConditionExpression: 'born = :v' }, /"born" is encrypted/],
      ['UpdateItem', 'an update of what will be signed', { UpdateExpression: 'SET version = :v' }, /"version" is signed/],
      ['Scan', 'a filter on what will be encrypted', { FilterExpression: 'born = :v' }, /"born" is encrypted/],
    ] as const)('%s: %s is refused all the same', async (operation, _, expression, message) => {
      const input = { ...(operation !== 'Scan' && key(1)), ...expression, ExpressionAttributeValues: item({ ':v': 1 }) }
      await expect(send(client(), operation, on(input))).rejects.toThrow(message)
      expect(people.server.requests).toEqual([])
    })
  })

  describe('while there are classic items', () => {
    const policy = 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT'

    test('the reserved attributes of either format cannot be written or updated', async () => {
      const client = clientFor(legacy(policy))
      for (const name of ['*amzn-ddb-map-sig*', '*amzn-ddb-map-desc*', 'aws_dbe_head', 'aws_dbe_x']) {
        await expect(send(client, 'PutItem', on({ Item: item({ ...ADA, [name]: 'x' }) }))).rejects.toThrow(/is reserved/)
        const update = { UpdateExpression: 'REMOVE #n', ExpressionAttributeNames: { '#n': name } }
        await expect(send(client, 'UpdateItem', on({ ...key(2), ...update }))).rejects.toThrow(/is signed and cannot be updated/)
      }
      expect(people.server.requests).toEqual([])
    })

    test('an attribute is updated in place only if neither format signs it', async () => {
      const update = { UpdateExpression: 'SET note = :n', ExpressionAttributeValues: item({ ':n': 'new' }) }
      for (const at of [AT.classic, AT.structured]) {
        const { Attributes } = await send(clientFor(legacy(policy)), 'UpdateItem', on({ ...key(at), ...update, ReturnValues: 'ALL_NEW' }))
        expect(Attributes).toEqual(item(person(at, { note: 'new' })))
      }
      const signing = classicTable({ provider: PROVIDER, actions: { attributes: { note: 'SIGN_ONLY' } } })
      const call = send(clientFor(legacy(policy, signing)), 'UpdateItem', on({ ...key(AT.classic), ...update }))
      await expect(call).rejects.toThrow(/attribute "note" is signed and cannot be updated in place/)
    })

    test('an attribute is compared only if neither format encrypts it', async () => {
      const condition = (name: string, value: Native) =>
        on({ FilterExpression: '#n = :v', ExpressionAttributeNames: { '#n': name }, ExpressionAttributeValues: item({ ':v': value }) })
      await send(people.raw, 'DeleteItem', on(key(AT.plaintext)))
      expect((await send(clientFor(legacy(policy)), 'Scan', condition('version', 7))).Count).toBe(2)
      const encrypting = classicTable({ provider: PROVIDER, actions: { attributes: { note: 'DO_NOTHING' } } })
      const call = send(clientFor(legacy(policy, encrypting)), 'Scan', condition('version', 7))
      await expect(call).rejects.toThrow(/attribute "version" is encrypted/)
    })

    describe('with updates', () => {
      const updating = (policy: LegacyPolicy) => clientFor({ ...legacy(policy), updates: itemUpdates(sdkDynamoDbCalls(people.raw)) })
      const update = {
        UpdateExpression: 'SET born = born + :one, version = :v REMOVE portrait',
        ConditionExpression: 'contains(#n, :n)',
        ExpressionAttributeNames: { '#n': 'name' },
        ExpressionAttributeValues: item({ ':one': 1, ':v': 8, ':n': 'Person' }),
      }
      const changed = (at: number, born = ADA.born + 1) => {
        const { portrait: _, ...rest } = person(at, { born, version: 8 })
        return item(rest)
      }
      const cases = (['classic', 'structured'] as const).flatMap((form) => [
        [form, 'FORCE_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', 'classic'] as const,
        [form, 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', 'structured'] as const,
      ])

      test.each(cases)(
        'a %s item is updated under %s, and is then %s, with nothing left of the other form',
        async (form, policy, after) => {
          const client = updating(policy)
          const { Attributes } = await send(client, 'UpdateItem', on({ ...key(AT[form]), ...update, ReturnValues: 'ALL_NEW' }))
          expect(Attributes).toEqual(changed(AT[form]))
          expect(await formStored(AT[form])).toBe(after)
          const { Item: stored } = await people.raw.send(
            new GetItemCommand({ TableName: people.table, Key: toItem({ id: '1', at: AT[form] }) }),
          )
          const { portrait: _, ...names } = ADA
          const reserved = after === 'classic' ? FORMATS[0]!.reserved : FORMATS[1]!.reserved
          expect(Object.keys(stored!).sort()).toEqual([...Object.keys(names), ...reserved].sort())
          expect((await send(client, 'GetItem', on(key(AT[form])))).Item).toEqual(changed(AT[form]))
          const wire = JSON.stringify(people.server.requests)
          for (const secret of SECRETS.slice(1)) expect(wire).not.toContain(secret)
        },
      )

      test('a classic item that an old writer puts again meanwhile is read again', async () => {
        let times = 0
        people.server.onRequest = async (operation) => {
          if (operation !== 'UpdateItem' || times++ > 0) return undefined
          const old = people.clientWith({ tables: { [people.table]: FORMATS[0]!.table() } })
          await send(old, 'PutItem', on({ Item: item(person(AT.classic, { born: 1900 })) }))
          return undefined
        }
        const client = updating(policy)
        await send(client, 'UpdateItem', on({ ...key(AT.classic), ...update }))
        expect(times).toBe(2)
        expect(await formStored(AT.classic)).toBe('structured')
        expect((await send(client, 'GetItem', on(key(AT.classic)))).Item).toEqual(changed(AT.classic, 1901))
      })

      test.each([
        ['classic', 'FORBID_LEGACY_ENCRYPT_FORBID_LEGACY_DECRYPT', 'UNSUPPORTED'],
        ['plaintext', 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', 'NOT_AUTHENTIC'],
      ] as const)('a %s item under %s, which does not read it, is not updated', async (form, policy, code) => {
        await expect(send(updating(policy), 'UpdateItem', on({ ...key(AT[form]), ...update }))).rejects.toMatchObject({ code })
        expect(people.server.requests.map(({ operation }) => operation)).toEqual(['GetItem'])
        expect(await formStored(AT[form])).toBe(form)
      })
    })

    test('their other names of reserved attributes are known', async () => {
      const names = { signatureFieldName: 'sig', materialDescriptionFieldName: 'desc' }
      const table = classicTable({ provider: PROVIDER, actions: { attributes: ATTRIBUTES }, ...names })
      const client = clientFor({ legacyOverride: { policy: 'FORCE_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', table, ...names } })
      await send(client, 'PutItem', on({ Item: item(ADA) }))
      expect(people.server.requests[0]!.body.Item).toMatchObject({ sig: { B: expect.any(String) }, desc: { B: expect.any(String) } })
      expect((await send(client, 'GetItem', on(key(1)))).Item).toEqual(item(ADA))
    })
  })
})
