/**
 * The part of `npm run interop` on branch keys: the Java client's key store and ours over one table of the embedded server and one
 * service, each through its own clients over HTTP. Each makes keys, and the other renews them first; after every step both say the
 * same of every key, and in the end both read every item that either wrote, under whichever version.
 */
import { isDeepStrictEqual } from 'node:util'
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb'
import { startLocalDynamoDb } from '@itemseal/local-dynamodb'
import { ownParty, peerParty } from './branch-key-parties.mjs'
import { sameItem } from './random-items.mjs'
import { startOurs } from './run-emulator.mjs'
import { startPeer } from './run-peer.mjs'
import { structuredCases } from './structured-cases.mjs'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true' // advice on later versions

const PEER = 'structured-java'
const VERSIONS = 4
const TOGETHER = 4 // versions that each makes while the other does
const [EAST, WEST] = ['us-east-1', 'eu-west-1']
/** Codes of ours and names of the peer's: what comes of a mistake in here is none of them. */
const REFUSALS =
  /^(NO_MATERIALS|CONFIGURATION) |: (KeyStoreException|InvalidCiphertextException|TransactionCanceledException|CollectionOfErrors|RuntimeException: Could not encode input)\b/
const NO_VERSION = '00000000-0000-4000-8000-000000000000'

/** What keys are made with: a name and a context of the maker's, or neither. The names are told apart by `turn`. */
const IDENTITIES = {
  'an id and no context': () => ({}),
  'no id and a context': () => ({ encryptionContext: { tenant: '1', '': '' } }),
  'a name and a context': (turn) => ({
    branchKeyIdentifier: `Mandant größe 根\u{1F511} ${turn}`,
    encryptionContext: { 'Abteilung ü': 'Größe 根\u{1F511}', '\uE000': '\u{1F600}', '\u{1F600}': '', tablename: 'people', type: 'no' },
  }),
}

/** Prints a line for each configuration; whether all is well. What this machine cannot run is a line that says what is missing. */
export async function branchKeyExchange(seed, count) {
  const kms = await startOurs()
  const server = await startLocalDynamoDb()
  const { endpoint } = server
  const { credentials } = kms
  const dynamoDb = new DynamoDBClient({ endpoint, region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey
  const peer = await startPeer(PEER).catch((error) => console.log(`${PEER}: not run: ${error.message}`))
  let well = true
  try {
    for (const [i, { name, ...configuration }] of (peer ? await configurations(kms) : []).entries()) {
      const store = { table: `keys-${i}`, logicalName: `Schlüssel ${i}`, endpoint, kmsEndpoint: kms.endpoint }
      const theirs = peerParty(peer, { ...store, ...configuration.theirs })
      const own = ownParty({ dynamoDb, credentials, turn: i }, { ...store, ...configuration.ours })
      const makers = i % 2 === 0 ? [theirs, own] : [own, theirs]
      for (const party of makers) await party.createTable() // the second finds it
      const outcomes = []
      for (const [what, identityOf] of Object.entries(IDENTITIES)) {
        const layouts = []
        for (const [turn, [maker, other]] of [makers, makers.toReversed()].entries()) {
          const check = checker(outcomes, `${what}, made by ${maker.name}`)
          const key = { maker, other, identity: identityOf(turn), readers: configuration.readers, strangers: configuration.strangers }
          const id = await exchange(key, check, seed + outcomes.length, Math.max(1, Math.round(count / 100)))
          layouts.push(await layout(dynamoDb, store.table, id))
        }
        await checker(outcomes, what)('the items are laid out alike', () => isDeepStrictEqual(layouts[0], layouts[1]))
      }
      well = report(name, outcomes) && well
    }
  } finally {
    await peer?.close()
    dynamoDb.destroy()
    await Promise.all([server.close(), kms.close()])
  }
  return well
}

/** Makes a key, renews it in turn and at the same time, and checks all that there is to read. Gives the key's id. */
async function exchange({ maker, other, identity, readers, strangers }, check, seed, count) {
  const both = [maker, other]
  const others = readers.flatMap((change) => both.map((party) => party.with(change)))
  const { encryptionContext = {} } = identity
  const branchKeyId = await maker.createKey(identity)
  const beacon = await maker.beacon(branchKeyId)
  const known = new Map()
  const written = []

  async function readsAlike(what) {
    await check(`${what}: the active key is the same for both, and new`, async () => {
      const [active, ...more] = await Promise.all([...both, ...others].map((party) => party.active(branchKeyId)))
      const isNew = !known.has(active.version) && [...known.values()].every(({ sha256 }) => sha256 !== active.sha256)
      known.set(active.version, active)
      const expected = { branchKeyId, version: active.version, sha256: active.sha256, encryptionContext }
      return isNew && [active, ...more].every((told) => isDeepStrictEqual({ ...told }, expected))
    })
    for (const party of [...both, ...others]) {
      await check(`${what}: the beacon key stays for ${party.name}`, async () => (await party.beacon(branchKeyId)) === beacon)
      for (const [version, expected] of known)
        await check(`${what}: version ${version} is as it was for ${party.name}`, async () =>
          isDeepStrictEqual(await party.version(branchKeyId, version), expected),
        )
    }
  }

  for (let version = 0; version < VERSIONS; version++) {
    if (version > 0) await both[version % 2].versionKey(branchKeyId) // the other before its maker
    await readsAlike(`version ${version}`)
    const active = [...known.keys()].at(-1)
    for (const [i, writer] of both.entries()) {
      for (const it of structuredCases(seed + 2 * version + i, count, { peer: PEER })) {
        await check(`version ${version}: ${writer.name} writes under it`, async () => {
          const encrypted = await writer.encrypt(it, branchKeyId)
          written.push({ it, writer, version, encrypted })
          const head = Buffer.from(encrypted.aws_dbe_head.B, 'base64')
          return head.includes(Buffer.from(active.replaceAll('-', ''), 'hex')) && head.includes(branchKeyId)
        })
      }
    }
  }
  for (const { it, writer, version, encrypted } of written)
    for (const party of [...both, ...others])
      await check(`version ${version}: ${party.name} reads what ${writer.name} wrote`, async () =>
        sameItem(await party.decrypt(it, branchKeyId, encrypted), await normal(it, writer, branchKeyId)),
      )

  await Promise.all(Array.from({ length: 2 * TOGETHER }, (_, i) => both[i % 2].versionKey(branchKeyId)))
  await readsAlike('versions made at the same time')

  for (const party of both) {
    const [{ it, encrypted }] = written
    const refused = (what, call) => check(`${party.name} refuses ${what}`, () => isRefused(call))
    for (const stranger of strangers.map((change) => party.with(change))) {
      await refused('a stranger the active key', () => stranger.active(branchKeyId))
      await refused('a stranger a version', () => stranger.version(branchKeyId, [...known.keys()][0]))
      await refused('a stranger the beacon key', () => stranger.beacon(branchKeyId))
      await refused('a stranger a new version', () => stranger.versionKey(branchKeyId))
      await refused('a stranger an item', () => stranger.decrypt(it, branchKeyId, encrypted))
    }
    for (const reader of readers.filter(({ kms }) => !kms.kmsKeyArn).map((change) => party.with(change)))
      await refused('discovery a new version', () => reader.versionKey(branchKeyId))
    await refused('the same name again', () => party.createKey({ branchKeyIdentifier: branchKeyId, encryptionContext: { a: 'b' } }))
    await refused('a name without a context', () => party.createKey({ branchKeyIdentifier: 'without' }))
    await refused('half a character', () => party.createKey({ encryptionContext: { '\uD800': 'a' } }))
    await refused('a version that there is not', () => party.version(branchKeyId, NO_VERSION))
    await refused('a key that there is not', () => party.versionKey('nobody'))
  }
  known.clear()
  await readsAlike('after what was refused')
  return branchKeyId
}

/** Where both write and read, and where only one reads; how else the same keys are read, and who must not read them. */
async function configurations(kms) {
  const [key, other] = [await kms.createKey(), await kms.createKey()]
  const [mrk, otherMrk] = [await kms.createKey({ regions: [EAST, WEST] }), await kms.createKey({ regions: [EAST, WEST] })]
  const at = (region, kms) => ({ region, kms })
  const elsewhere = { logicalName: 'another' }
  const single = at(EAST, { kmsKeyArn: key.arn })
  const asMrk = at(EAST, { kmsMRKeyArn: key.arn })
  return [
    {
      name: 'a key of KMS',
      theirs: single,
      ours: single,
      readers: [at(EAST, { discovery: true }), at(EAST, { mrDiscovery: WEST })],
      strangers: [at(EAST, { kmsKeyArn: other.arn }), elsewhere],
    },
    {
      name: 'a multi-Region key, each in a Region of its own',
      theirs: at(EAST, { kmsMRKeyArn: mrk.arns[EAST] }),
      ours: at(WEST, { kmsMRKeyArn: mrk.arns[WEST] }),
      readers: [EAST, WEST].map((region) => at(region, { mrDiscovery: region })),
      strangers: [at(EAST, { kmsMRKeyArn: otherMrk.arns[EAST] }), elsewhere],
    },
    {
      name: 'a key of one Region where a multi-Region key may be',
      theirs: asMrk,
      ours: asMrk,
      readers: [single],
      strangers: [at(EAST, { kmsMRKeyArn: other.arn }), elsewhere],
    },
  ]
}

/** Names, types and forms of the items of a key, but for how many versions there are. */
async function layout(dynamoDb, TableName, id) {
  const query = { TableName, KeyConditionExpression: '#id = :id', ExpressionAttributeNames: { '#id': 'branch-key-id' } }
  const { Items } = await dynamoDb.send(new QueryCommand({ ...query, ExpressionAttributeValues: { ':id': { S: id } } }))
  const formOf = (value) =>
    value.replace(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/, 'UUID').replace(/\d/g, '9')
  const form = ([name, value]) => {
    const isFixed = ['type', 'version', 'create-time'].includes(name)
    return `${name} ${Object.keys(value)[0]}${isFixed ? ` ${formOf(value.S)}` : ''}`
  }
  const forms = Items.map((item) => Object.entries(item).map(form).sort().join('\n'))
  return [...new Set(forms)].sort()
}

/** What the writer itself reads: numbers come back in normal form. */
async function normal(it, party, branchKeyId) {
  return party.decrypt(it, branchKeyId, await party.encrypt(it, branchKeyId))
}

function checker(outcomes, where) {
  return async (what, holds) => {
    const why = await Promise.resolve()
      .then(holds)
      .then(
        (well) => (well ? undefined : 'is not so'),
        ({ code = '', message, cause }) => `${code} ${message} ${cause?.message ?? ''}`,
      )
    outcomes.push(why && `${where}: ${what}: ${why}`)
  }
}

function report(name, outcomes) {
  const failures = outcomes.filter((why) => why !== undefined)
  console.log(`branch keys, ${PEER} and we over one table, ${name}: ${outcomes.length} checks, ${failures.length} failed`)
  for (const why of failures.slice(0, 10)) console.log(`    ${why}`)
  return failures.length === 0 && outcomes.length > 0
}

async function isRefused(call) {
  return call().then(
    () => false,
    ({ code = '', message }) => REFUSALS.test(`${code} ${message}`),
  )
}
