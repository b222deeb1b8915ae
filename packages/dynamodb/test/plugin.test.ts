import { DynamoDB, type DynamoDBClient, GetItemCommand, ScanCommand as PlainScan, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocument, DynamoDBDocumentClient, GetCommand, NumberValue, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Item, ItemEncryptor } from '@itemseal/core'
import { ItemCryptoError } from '@itemseal/core'
import { beforeEach, describe, expect, test } from 'vitest'
import { itemEncryption, type TableConfig } from '../src/index.ts'
import { FORMATS } from './formats.ts'
import { clientAt, KINDS, toItem } from './kinds.ts'
import { ADA, ADA_KEY, person, SECRETS, usePeople } from './people.ts'

describe.each(FORMATS)('$format:', (format) => {
  const people = usePeople(format)
  const plugin = () => itemEncryption({ tables: { [people.table]: format.table() } })
  const put = () => ({ TableName: people.table, Item: { ...ADA } })
  const get = () => ({ TableName: people.table, Key: ADA_KEY })

  function nothingSecretWasSent() {
    expect(people.server.requests.length).toBeGreaterThan(0)
    const wire = JSON.stringify(people.server.requests)
    for (const secret of SECRETS) expect(wire).not.toContain(secret)
  }

  describe('where the plugin is put', () => {
    test('before the document client is made', async () => {
      const client = clientAt(people.server.endpoint)
      client.middlewareStack.use(plugin())
      const documents = DynamoDBDocumentClient.from(client)
      await documents.send(new PutCommand(put()))
      expect((await documents.send(new GetCommand(get()))).Item).toEqual(ADA)
      nothingSecretWasSent()
    })

    test('after it was made', async () => {
      const client = clientAt(people.server.endpoint)
      const documents = DynamoDBDocumentClient.from(client)
      client.middlewareStack.use(plugin())
      await documents.send(new PutCommand(put()))
      expect((await documents.send(new GetCommand(get()))).Item).toEqual(ADA)
      nothingSecretWasSent()
    })

    test('on the document client itself, for its base client too', async () => {
      const client = clientAt(people.server.endpoint)
      const documents = DynamoDBDocumentClient.from(client)
      documents.middlewareStack.use(plugin())
      await documents.send(new PutCommand(put()))
      expect((await client.send(new GetItemCommand({ ...get(), Key: toItem(ADA_KEY) }))).Item).toEqual(toItem(ADA))
      nothingSecretWasSent()
    })

    test('between calls', async () => {
      const client = clientAt(people.server.endpoint)
      const documents = DynamoDBDocumentClient.from(client)
      await documents.send(new GetCommand({ TableName: people.table, Key: { id: 'none', at: 0 } }))
      client.middlewareStack.use(plugin())
      await documents.send(new PutCommand(put()))
      nothingSecretWasSent()
    })

    test('under two document clients with one base client', async () => {
      const client = clientAt(people.server.endpoint)
      client.middlewareStack.use(plugin())
      const [first, second] = [
        DynamoDBDocumentClient.from(client),
        DynamoDBDocumentClient.from(client, { unmarshallOptions: { wrapNumbers: true } }),
      ]
      await first.send(new PutCommand(put()))
      expect((await first.send(new GetCommand(get()))).Item).toMatchObject({ name: ADA.name })
      expect((await second.send(new GetCommand(get()))).Item).toMatchObject({ name: ADA.name, born: NumberValue.from(String(ADA.born)) })
      nothingSecretWasSent()
    })

    test('one plugin on two clients', async () => {
      const shared = plugin()
      const clients = [1, 2].map(() => clientAt(people.server.endpoint))
      for (const client of clients) client.middlewareStack.use(shared)
      await clients[0]!.send(new PutItemCommand({ ...put(), Item: toItem(ADA) }))
      expect((await clients[1]!.send(new GetItemCommand({ ...get(), Key: toItem(ADA_KEY) }))).Item).toEqual(toItem(ADA))
      nothingSecretWasSent()
    })

    test('twice on one client: the SDK refuses it, so nothing is encrypted twice', () => {
      const client = clientAt(people.server.endpoint)
      client.middlewareStack.use(plugin())
      expect(() => client.middlewareStack.use(plugin())).toThrow(/Duplicate middleware name 'itemsealEncrypt'/)
    })

    test('on the aggregated clients DynamoDB and DynamoDBDocument', async () => {
      const dynamodb = new DynamoDB({
        endpoint: people.server.endpoint,
        region: 'local',
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      })
      dynamodb.middlewareStack.use(plugin())
      const documents = DynamoDBDocument.from(dynamodb)
      await documents.put(put())
      expect((await documents.get(get())).Item).toEqual(ADA)
      expect((await dynamodb.getItem({ ...get(), Key: toItem(ADA_KEY) })).Item).toEqual(toItem(ADA))
      nothingSecretWasSent()
    })
  })

  describe('how calls are made', () => {
    test('with callbacks, results and errors alike', async () => {
      const documents = DynamoDBDocumentClient.from(people.client)
      await new Promise<void>((resolve, reject) => documents.send(new PutCommand(put()), (error) => (error ? reject(error) : resolve())))
      const item = await new Promise((resolve, reject) =>
        documents.send(new GetCommand(get()), (error, output) => (error ? reject(error) : resolve(output?.Item))),
      )
      expect(item).toEqual(ADA)
      const error = await new Promise((resolve) => documents.send(new GetCommand({ ...get(), AttributesToGet: ['id'] }), resolve))
      expect(error).toBeInstanceOf(ItemCryptoError)
      nothingSecretWasSent()
    })

    test.each(KINDS)('one $kind command, sent many times at once', async ({ item, command, sender }) => {
      const send = (command: object) => sender(people.client).send(command as never) as Promise<{ Item?: unknown }>
      const putting = command('PutItem', { TableName: people.table, Item: item(ADA) })
      await Promise.all([1, 2, 3].map(() => send(putting)))
      await send(putting)
      const stored = people.server.requests.map(({ body }) => JSON.stringify((body.Item as { name: unknown }).name))
      expect(new Set(stored).size).toBe(4) // each encrypted anew, none twice
      const getting = command('GetItem', { TableName: people.table, Key: item(ADA_KEY) })
      const answers = await Promise.all([1, 2, 3].map(() => send(getting)))
      for (const { Item } of answers) expect(Item).toEqual(item(ADA))
      nothingSecretWasSent()
    })

    test('one command, changed while its first call is under way and about to be tried again', async () => {
      await people.seed(ADA)
      const command = new GetItemCommand({ TableName: people.table, Key: toItem(ADA_KEY) })
      const failure = { status: 500, body: { __type: 'InternalServerError', message: 'later' } }
      people.server.onRequest = () => (people.server.requests.length === 1 ? { delayMs: 100, respond: failure } : undefined)
      const first = people.client.send(command)
      while (people.server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 1))
      command.input.TableName = 'elsewhere'
      await expect(people.client.send(command)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
      expect((await first).Item).toEqual(toItem(ADA))
    })

    test('with cacheMiddleware, where calls share a context, many at once', async () => {
      const client = people.clientWith({}, { cacheMiddleware: true })
      const ats = Array.from({ length: 30 }, (_, i) => i)
      await Promise.all(ats.map((at) => client.send(new PutItemCommand({ TableName: people.table, Item: toItem(person(at)) }))))
      const answers = await Promise.all(
        ats.map((at) => client.send(new GetItemCommand({ TableName: people.table, Key: toItem({ id: '1', at }) }))),
      )
      expect(answers.map(({ Item }) => Item)).toEqual(ats.map((at) => toItem(person(at))))
      nothingSecretWasSent()
    })

    test('with frozen input', async () => {
      const item = toItem(ADA)
      for (const value of Object.values(item)) Object.freeze(value)
      const input = Object.freeze({ TableName: people.table, Item: Object.freeze(item) })
      await people.client.send(new PutItemCommand(input))
      expect((await people.client.send(new GetItemCommand({ TableName: people.table, Key: toItem(ADA_KEY) }))).Item).toEqual(item)
    })

    test('the metadata of an answer stays', async () => {
      await people.seed(ADA)
      const answer = await people.client.send(
        new GetItemCommand({ TableName: people.table, Key: toItem(ADA_KEY), ReturnConsumedCapacity: 'TOTAL' }),
      )
      expect(answer.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 })
      expect(answer.ConsumedCapacity).toMatchObject({ TableName: people.table })
    })
  })

  describe('numbers keep all their digits', () => {
    const DIGITS = '1234567890123456789012345678901234567.8'
    const item = { id: 'numbers', at: 1n, big: 2n ** 70n, precise: NumberValue.from(DIGITS), rank: NumberValue.from('0.1') }

    test('bigint and NumberValue in, wrapped numbers out', async () => {
      const documents = DynamoDBDocumentClient.from(people.clientWith({}), { unmarshallOptions: { wrapNumbers: true } })
      await documents.send(new PutCommand({ TableName: people.table, Item: item }))
      const key = { id: 'numbers', at: 1 }
      const { Item } = await documents.send(new GetCommand({ TableName: people.table, Key: key }))
      expect(Item).toEqual({ ...item, at: NumberValue.from('1'), big: NumberValue.from(2n ** 70n) })
      const plain = await people.client.send(new GetItemCommand({ TableName: people.table, Key: toItem(key) }))
      expect(plain.Item).toMatchObject({ big: { N: '1180591620717411303424' }, precise: { N: DIGITS } })
      expect(JSON.stringify(people.server.requests)).not.toContain(DIGITS)
    })

    test('the options of marshalling work: undefined removed, empty values, class instances', async () => {
      const documents = DynamoDBDocumentClient.from(people.clientWith({}), {
        marshallOptions: { removeUndefinedValues: true, convertClassInstanceToMap: true },
      })
      class Point {
        x = 1
      }
      const odd = { id: 'odd', at: 1, none: undefined, empty: '', point: new Point(), set: new Set(['a', 'b']) }
      await documents.send(new PutCommand({ TableName: people.table, Item: odd }))
      const { Items } = await documents.send(
        new QueryCommand({ TableName: people.table, KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': 'odd' } }),
      )
      expect(Items).toEqual([{ id: 'odd', at: 1, empty: '', point: { x: 1 }, set: new Set(['a', 'b']) }])
    })
  })

  describe('what goes wrong', () => {
    /** A table whose encryptor fails as a key service does that cannot be reached. */
    const failing = (step: keyof ItemEncryptor, failure: () => Error): TableConfig => {
      const table = format.table()
      return {
        schema: table.schema!,
        protect(name, schema) {
          const protection = table.protect(name, schema)
          return { ...protection, encryptor: { ...protection.encryptor, [step]: (_: Item) => Promise.reject(failure()) } }
        },
      }
    }
    const RETRYABLE: [string, () => Error][] = [
      [
        'a throttling error',
        () => Object.assign(new Error(), { name: 'ThrottlingException', $retryable: { throttling: true }, $metadata: {} }),
      ],
      ['a broken connection', () => Object.assign(new Error(), { code: 'ECONNRESET' })],
      ['a transient error', () => Object.assign(new Error(), { name: 'TimeoutError' })],
      ['a server error', () => Object.assign(new Error(), { $fault: 'server', $metadata: { httpStatusCode: 503 } })],
    ]
    const WRAPPED = RETRYABLE.map(
      ([name, cause]) => [`${name} as the cause`, () => new ItemCryptoError('NO_MATERIALS', 'no key', { cause: cause() })] as const,
    )

    beforeEach(() => people.seed(ADA))

    describe.each([...RETRYABLE, ...WRAPPED])('%s', (_, failure) => {
      const writing = { TableName: people.table, Item: toItem(ADA), ReturnValues: 'ALL_OLD' as const }

      test('when decrypting: the call fails with it, and is not made again', async () => {
        const client = people.clientWith({ tables: { [people.table]: failing('decryptItem', failure) } }, { maxAttempts: 3 })
        const error: Error = await client.send(new PutItemCommand({ ...writing, TableName: people.table })).then(
          () => expect.fail('it succeeded'),
          (error) => error,
        )
        const expected = failure()
        expect(error.name).toBe(expected.name)
        if (expected.cause) {
          expect(error.cause).toEqual(expected.cause)
          expect(error.message).toMatch(/: Attributes returned by PutItem, which is done: no key$/)
        }
        expect(people.server.requests).toHaveLength(1)
      })

      test('when encrypting: nothing is sent', async () => {
        const client = people.clientWith({ tables: { [people.table]: failing('encryptItem', failure) } }, { maxAttempts: 3 })
        await expect(client.send(new PutItemCommand({ ...writing, TableName: people.table }))).rejects.toMatchObject({
          name: failure().name,
        })
        expect(people.server.requests).toHaveLength(0)
      })
    })

    test('an item that was changed in the table is refused, and not asked for again', async () => {
      await people.raw.send(new PutItemCommand({ TableName: people.table, Item: { ...(await encrypted()), city: { S: 'Paris' } } }))
      people.server.reset()
      const call = people.client.send(new GetItemCommand({ TableName: people.table, Key: toItem(ADA_KEY) }))
      await expect(call).rejects.toMatchObject({ name: 'ItemCryptoError', code: 'NOT_AUTHENTIC' })
      expect(people.server.requests).toHaveLength(1)
    })

    test('errors of the service stay what they are, and are tried again as ever: the same ciphertext', async () => {
      const client = people.clientWith({}, { maxAttempts: 3 })
      let failures = 2
      people.server.onRequest = () =>
        failures-- > 0 ? { respond: { status: 500, body: { __type: 'InternalServerError', message: 'later' } } } : undefined
      await client.send(new PutItemCommand({ TableName: people.table, Item: toItem(ADA) }))
      const sent = people.server.requests.map(({ body }) => JSON.stringify(body))
      expect(sent).toHaveLength(3)
      expect(new Set(sent).size).toBe(1)
      await expect(client.send(new GetItemCommand({ TableName: `${people.table}-x`, Key: toItem(ADA_KEY) }))).rejects.toMatchObject({
        name: 'ResourceNotFoundException',
      })
    })

    test('a write whose answer is lost is sent again as it was, and is read back', async () => {
      const client = people.clientWith({}, { maxAttempts: 2 })
      let lost = false
      people.server.onRequest = () => {
        if (lost) return undefined
        lost = true
        return { drop: 'after' }
      }
      await client.send(new PutItemCommand({ TableName: people.table, Item: toItem(ADA) }))
      expect(people.server.requests).toHaveLength(2)
      expect((await client.send(new GetItemCommand({ TableName: people.table, Key: toItem(ADA_KEY) }))).Item).toEqual(toItem(ADA))
    })

    test.each([
      ['an item', () => new PutItemCommand({ TableName: people.table, Item: { ...ADA } as never })],
      ['one attribute', () => new PutItemCommand({ TableName: people.table, Item: { ...toItem(ADA), note: 'x' as never } })],
      [
        'a value of two types',
        () => new PutItemCommand({ TableName: people.table, Item: { ...toItem(ADA), note: { S: 'x', N: '1' } as never } }),
      ],
      ['a key', () => new GetItemCommand({ TableName: people.table, Key: ADA_KEY as never })],
    ])('values that are not in DynamoDB form are not sent: %s', async (_, command) => {
      await expect(people.client.send(command() as PutItemCommand)).rejects.toMatchObject({
        name: 'ItemCryptoError',
        code: 'MALFORMED',
        message: expect.stringMatching(/attribute ".*" is not an AttributeValue/),
      })
      expect(people.server.requests).toEqual([])
    })

    test('a middleware that replaces the input after encryption ends the call before anything is sent', async () => {
      const client = people.clientWith({})
      client.middlewareStack.add((next) => (args) => next({ ...args, input: { ...args.input } }), { step: 'build' })
      await expect(client.send(new PutItemCommand({ TableName: people.table, Item: toItem(ADA) }))).rejects.toMatchObject({
        name: 'ItemCryptoError',
        message: expect.stringMatching(/another middleware has replaced the input/),
      })
      expect(people.server.requests).toEqual([])
    })

    test('no message holds a value', async () => {
      const messages: string[] = []
      const collect = (call: Promise<unknown>) => call.catch((error: Error) => messages.push(error.message))
      await collect(people.client.send(new PutItemCommand({ TableName: people.table, Item: { ...toItem(ADA), name: { N: ADA.name } } })))
      await collect(people.client.send(new PutItemCommand({ TableName: people.table, Item: { ...toItem(ADA), note: ADA.name as never } })))
      await people.raw.send(new PutItemCommand({ TableName: people.table, Item: toItem(ADA) }))
      await collect(people.client.send(new PlainScan({ TableName: people.table })))
      expect(messages).toHaveLength(3)
      for (const secret of SECRETS) expect(messages.join()).not.toContain(secret)
    })

    async function encrypted() {
      return (await people.raw.send(new GetItemCommand({ TableName: people.table, Key: toItem(ADA_KEY) }))).Item!
    }
  })
})

test('the plugin is of the type that clients want', () => {
  const use: (plugin: Parameters<DynamoDBClient['middlewareStack']['use']>[0]) => void = () => {}
  use(itemEncryption({ tables: {} }))
})
