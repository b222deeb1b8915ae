/**
 * Writes vectors/branch-keys: what the Java client's key store put into its table under keys of our KMS emulator, what it says of the
 * keys in there, and items that it encrypted under each version, and read back. Beside it the file of the emulator's keys.
 *
 *     node vectors/peers/generate-branch-keys.mjs [--count 2] [--seed 1]      count: of items under each version
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb'
import { itemToJson } from '@itemseal/core'
import { startLocalDynamoDb } from '@itemseal/local-dynamodb'
import { peerParty } from './branch-key-parties.mjs'
import { sameItem } from './random-items.mjs'
import { startOurs } from './run-emulator.mjs'
import { startPeer } from './run-peer.mjs'
import { structuredCases } from './structured-cases.mjs'

const { values: options } = parseArgs({ options: { count: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' } } })
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true' // advice on later versions

const FOLDER = new URL('../branch-keys/', import.meta.url)
const PEER = 'structured-java'
const VERSIONS = 3
const [EAST, WEST] = ['us-east-1', 'eu-west-1']
const IDENTITIES = [
  {},
  { encryptionContext: { tenant: '1', '': '' } },
  {
    branchKeyIdentifier: 'Mandant größe 根\u{1F511}',
    encryptionContext: { 'Abteilung ü': 'Größe 根\u{1F511}', '\uE000': '', tablename: 'people' },
  },
]

mkdirSync(FOLDER, { recursive: true })
const keyFile = fileURLToPath(new URL('keys.json', FOLDER))
rmSync(keyFile, { force: true })
const kms = await startOurs(keyFile)
const server = await startLocalDynamoDb()
const dynamoDb = new DynamoDBClient({ endpoint: server.endpoint, region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
process.env.AWS_ACCESS_KEY_ID = kms.credentials.accessKeyId
process.env.AWS_SECRET_ACCESS_KEY = kms.credentials.secretAccessKey
const peer = await startPeer(PEER)
try {
  const { arn } = await kms.createKey()
  const { arns } = await kms.createKey({ regions: [EAST, WEST] })
  const stores = [
    await written({
      name: 'a key of KMS',
      write: { kmsKeyArn: arn },
      read: [{ kmsKeyArn: arn }, { discovery: true }, { mrDiscovery: WEST }],
    }),
    await written({
      name: 'a multi-Region key',
      write: { kmsMRKeyArn: arns[EAST] },
      read: [{ kmsMRKeyArn: arns[EAST] }, { kmsMRKeyArn: arns[WEST] }, { discovery: true }, { mrDiscovery: WEST }],
    }),
  ]
  const origin = `${peer.version}, node vectors/peers/generate-branch-keys.mjs --count ${options.count} --seed ${options.seed}`
  writeFileSync(
    new URL('written-by-java.json', FOLDER),
    `{\n"origin": ${JSON.stringify(origin)},\n"stores": [\n${stores.join(',\n')}\n]\n}\n`,
  )
} finally {
  await peer.close()
  dynamoDb.destroy()
  await Promise.all([server.close(), kms.close()])
}

/** A store as text: a key, an item of the table, a case a line. */
async function written({ name, write, read }) {
  const [logicalName, table] = [`Schlüssel: ${name}`, name.replaceAll(' ', '-')]
  const party = peerParty(peer, { table, logicalName, endpoint: server.endpoint, kmsEndpoint: kms.endpoint, region: EAST, kms: write })
  await party.createTable()
  const [keys, cases] = [[], []]
  for (const [i, identity] of IDENTITIES.entries()) {
    const branchKeyId = await party.createKey(identity)
    const versions = []
    for (let version = 0; version < VERSIONS; version++) {
      if (version > 0) await party.versionKey(branchKeyId)
      versions.push(await party.active(branchKeyId))
      const seed = Number(options.seed) + 10 * i + version
      for (const it of structuredCases(seed, Number(options.count), { peer: PEER }))
        cases.push(await encrypted(party, it, branchKeyId, `key ${i}, version ${version}, ${it.name.split(':')[0]}`))
    }
    keys.push({
      branchKeyId,
      encryptionContext: identity.encryptionContext ?? {},
      versions: versions.map(({ version, sha256 }) => ({ version, sha256 })),
      beacon: await party.beacon(branchKeyId),
    })
    for (const { version, sha256 } of versions)
      if ((await party.version(branchKeyId, version)).sha256 !== sha256) throw new Error(`${name}: version ${version} is another`)
  }
  const { Items } = await dynamoDb.send(new ScanCommand({ TableName: table }))
  const lines = (values) => `[\n${values.map((value) => JSON.stringify(value)).join(',\n')}\n]`
  console.log(`${peer.version}, ${name}: ${keys.length} keys, ${Items.length} items of the table, ${cases.length} items under them`)
  const head = JSON.stringify({ name, logicalName, kms: read }).slice(0, -1)
  return `${head},\n"keys": ${lines(keys)},\n"items": ${lines(Items.map(itemToJson))},\n"cases": ${lines(cases)}}`
}

/** What the same client reads: the item, but for numbers, which come back in normal form where they were encrypted. */
async function encrypted(party, it, branchKeyId, name) {
  const stored = await party.encrypt(it, branchKeyId)
  const read = await party.decrypt(it, branchKeyId, stored)
  const { keys: _, ...config } = it.config
  return { name, branchKeyId, config, plaintext: sameItem(it.item, read) ? it.item : read, encrypted: stored }
}
