/**
 * The demo: the AWS SDK talks to a real DynamoDB server, and the table holds only ciphertext.
 *
 * @module
 */
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { type AttributeValue, type Item, ItemCryptoError } from '@itemseal/core'
import { itemEncryption } from '@itemseal/dynamodb'
import { startLocalDynamoDb } from '@itemseal/local-dynamodb'
import { demoAsked } from './arguments.ts'
import { FORMATS, type FormatName } from './formats.ts'
import { type DemoKms, formatUnderKms, startDemoKms } from './kms.ts'
import { attributes, bold, code, dim, facts, heading, indented, type Look, refusal, say } from './terminal.ts'

const TableName = 'ExampleTable'
const Key = { partition_key: { S: 'is this' }, sort_key: { N: '55' } }
const original: Item = {
  ...Key,
  example: { S: 'data' },
  numbers: { N: '99' },
  binary: { B: Uint8Array.of(0, 1, 2) },
  test: { S: 'test-value' },
}

const asked = demoAsked(process.argv.slice(2))
if (asked !== undefined) {
  const server = await startLocalDynamoDb()
  const kms = asked.kms ? await startDemoKms() : undefined
  try {
    await run(asked.format, server.endpoint, kms)
  } finally {
    await Promise.all([server.close(), kms?.close()])
  }
}

async function run(name: FormatName, endpoint: string, kms: DemoKms | undefined): Promise<void> {
  const format = kms === undefined ? FORMATS[name] : formatUnderKms(name, kms)
  const connection = { endpoint, region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }

  say(bold('itemseal'), dim(`Client-side encryption of DynamoDB items, in the ${name} format: that of ${format.peers}.`))
  heading('A DynamoDB server in this process, and a table')
  const plain = new DynamoDBClient(connection)
  await plain.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'partition_key', KeyType: 'HASH' },
        { AttributeName: 'sort_key', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'partition_key', AttributeType: 'S' },
        { AttributeName: 'sort_key', AttributeType: 'N' },
      ],
    }),
  )
  say(`    ${TableName} at ${endpoint}`)

  if (kms !== undefined) {
    heading('A key management service in this process, and a key that never leaves it')
    say(`    ${kms.keyId} at ${kms.endpoint}`)
  }

  heading('The AWS SDK with the plugin: all that an application changes')
  code(`client.middlewareStack.use(itemEncryption({
  tables: {
    ${TableName}: ${indented(format.code, 4)},
  },
}))`)
  const client = new DynamoDBClient(connection)
  client.middlewareStack.use(itemEncryption({ tables: { [TableName]: format.table() } }))

  heading('PutItem: what the application puts')
  show(original, () => ['clear', ''])
  await client.send(new PutItemCommand({ TableName, Item: original }))

  heading('What the table holds: the same item, read without the plugin')
  const stored = await get(plain)
  show(stored, (name) => [isClear(name) ? 'clear' : 'hidden', format.remarks[name] ?? 'ENCRYPT_AND_SIGN'])

  heading('What anybody can tell of it without a key: inspectItem')
  facts(format.facts(stored))

  heading('GetItem: what the application reads back, verified and decrypted')
  show(await get(client), () => ['clear', ''])

  if (kms !== undefined) {
    heading('What KMS was asked for this: once for each item written or read')
    facts(kms.asked())
  }

  heading('Somebody changes one byte in the table')
  const { B: bytes } = stored.example as { B: Uint8Array }
  const changed = { ...stored, example: { B: bytes.map((byte, i) => (i === 0 ? byte ^ 1 : byte)) } }
  await plain.send(new PutItemCommand({ TableName, Item: changed }))
  show({ example: stored.example!, 'example, now': changed.example }, (name) => (name === 'example' ? ['hidden', ''] : ['changed', '']))
  say('')
  refusal(await failureOf(() => get(client)))
  say(`             ${dim('No part of the item was given out.')}`)

  if (kms !== undefined) {
    heading('Somebody disables the key: the item, put back as it was, cannot be read')
    await plain.send(new PutItemCommand({ TableName, Item: stored }))
    kms.disableKey()
    refusal(await failureOf(() => get(client)))
    facts(kms.asked().slice(0, 2))
  }

  heading('What to read next')
  const other = Object.keys(FORMATS).find((each) => each !== name)
  for (const [what, why] of [
    [`npm run demo -- --format ${other}`, 'the same in the other format'],
    ...(kms === undefined ? [['npm run demo -- --kms', 'the same with the keys in KMS'] as const] : []),
    ['README.md', 'the shortest real use, what is protected and what is not'],
    ['packages/dynamodb/README.md', 'every operation of DynamoDB: encrypted, passed, or refused and what to do instead'],
    ['npm test', 'all tests, with the items that the AWS clients wrote'],
  ] as const)
    say(`    ${bold(what.padEnd(35))}  ${why}`)
  say('')

  async function get(from: DynamoDBClient): Promise<Item> {
    const { Item: item } = await from.send(new GetItemCommand({ TableName, Key }))
    return item as Item
  }
}

function isClear(name: string): boolean {
  return name in Key || name === 'test'
}

function show(item: Item, look: (name: string) => [Look, string]): void {
  const order = [original, ...Object.values(FORMATS).map(({ remarks }) => remarks)].flatMap(Object.keys)
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length)
  const sorted = Object.entries(item).sort(([a], [b]) => place(a) - place(b))
  attributes(sorted.map(([name, value]: [string, AttributeValue]) => [name, value, ...look(name)]))
}

/** @throws if there is none: then the demo has failed. */
async function failureOf(step: () => Promise<unknown>): Promise<string> {
  try {
    await step()
  } catch (error) {
    if (error instanceof ItemCryptoError) return `${error.code}: ${error.message}`
    throw error
  }
  throw new Error('the item was not refused')
}
