/**
 * A peer and we over one MetaStore, in a table of the embedded server, each through its own client over HTTP. We take turns
 * in making versions; under each both write, and in the end each reads all that the other wrote.
 */
import { readFileSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { aesKeyWrapper, fromBase64, hmacSigner, itemFromJson, itemToJson } from '@itemseal/core'
import { classicItemEncryptor, staticProvider, wrappedProvider } from '@itemseal/core/classic'
import { cachingMostRecentProvider } from '@itemseal/core/classic/most-recent'
import { metaStore } from '@itemseal/dynamodb/meta-store'
import { sdkDynamoDbCalls } from '@itemseal/dynamodb/sdk'
import { startLocalDynamoDb } from '@itemseal/local-dynamodb'
import { nodeSigner, nodeVerifier, rsaKeyWrapper } from '@itemseal/node'
import { classicCases, sameItem } from './classic-cases.mjs'
import { PROVIDERS, report } from './directions.mjs'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true' // advice on later versions

const VERSIONS = 4
const ITEMS = 12 // by each, under each version

const { keys: MATERIAL } = JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8'))
const key = (name, algorithm, type = 'symmetric') => ({
  algorithm,
  encoding: type === 'symmetric' ? 'RAW' : 'DER',
  type,
  material: MATERIAL[name],
})
const bytes = (name) => fromBase64(MATERIAL[name])
const mac = hmacSigner('HmacSHA256', bytes('mac-32'))

/** What the store's own items are under: for the peer, and for us. */
const STORE_KEYS = [
  {
    name: 'static',
    keys: { provider: 'static', encryptionKey: key('aes-256', 'AES'), signingKey: key('mac-32', 'HmacSHA256') },
    provider: staticProvider({ encryptionKey: bytes('aes-256'), signer: mac }),
  },
  {
    name: 'wrapped by AES',
    keys: { provider: 'wrapped', wrappingKey: key('kek-256', 'AES'), signingKey: key('mac-32', 'HmacSHA256') },
    provider: wrappedProvider({ keyWrapper: aesKeyWrapper(bytes('kek-256')), signer: mac }),
  },
  {
    name: 'wrapped by RSA',
    only: 'classic-java', // the Python program has one key to sign and to verify with
    keys: {
      provider: 'wrapped',
      wrappingKey: key('rsa-2048-public', 'RSA', 'public'),
      unwrappingKey: key('rsa-2048-private', 'RSA', 'private'),
      signingKey: key('rsa-2048-signing-private', 'SHA256withRSA', 'private'),
      verificationKey: key('rsa-2048-signing-public', 'SHA256withRSA', 'public'),
    },
    provider: wrappedProvider({
      keyWrapper: rsaKeyWrapper({ privateKey: bytes('rsa-2048-private'), publicKey: bytes('rsa-2048-public') }),
      signer: nodeSigner('SHA256withRSA', bytes('rsa-2048-signing-private')),
      verifier: nodeVerifier('SHA256withRSA', bytes('rsa-2048-signing-public')),
    }),
  },
]

/** Prints a line for each direction; whether all is well. */
export async function metaStoreExchange(peer, seed) {
  const server = await startLocalDynamoDb()
  const dynamoDb = new DynamoDBClient({
    endpoint: server.endpoint,
    region: 'local',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  const outcomes = { weRead: [], theyRead: [] }
  try {
    for (const [i, { name, only, keys, provider }] of STORE_KEYS.entries()) {
      if (only !== undefined && only !== peer.name) continue
      const tableName = `metastore-${i}`
      const primitives = PROVIDERS[i % PROVIDERS.length]
      const store = metaStore({ tableName, client: sdkDynamoDbCalls(dynamoDb), provider, primitives })
      await store.createTable()
      for (const theyBegin of [true, false]) {
        const materialName = theyBegin ? 'begun by the peer' : 'begun by us'
        const config = { provider: 'most-recent', materialName, store: { table: tableName, endpoint: server.endpoint }, keys }
        const { weRead, theyRead } = await exchange({ peer, seed: seed + i, store, config, primitives, theyBegin })
        const titled = (outcome) => ({ ...outcome, ...(outcome.why && { why: `store ${name}, ${materialName}, ${outcome.why}` }) })
        outcomes.weRead.push(...weRead.map(titled))
        outcomes.theyRead.push(...theyRead.map(titled))
      }
    }
  } finally {
    dynamoDb.destroy()
    await server.close()
  }
  const read = report(`one MetaStore, versions made in turn: ${peer.name} wrote, we read`, outcomes.weRead)
  return report(`one MetaStore, versions made in turn: we wrote, ${peer.name} read`, outcomes.theyRead) && read
}

async function exchange({ peer, seed, store, config, primitives, theyBegin }) {
  const { materialName } = config
  const provider = cachingMostRecentProvider({ store, materialName, ttl: 60_000 })
  const encryptorFor = ({ table, partitionKey, sortKey, actions, dialect }) =>
    classicItemEncryptor({ tableName: table, partitionKey, ...(sortKey && { sortKey }), actions, dialect, provider, primitives })

  async function theyWrite(cases) {
    const answers = await peer.request(cases.map(({ config, item }) => ({ op: 'encrypt', config, item })))
    return answers.map(({ error, item }, i) => ({ ...cases[i], error, written: item }))
  }
  const weWrite = (cases) =>
    Promise.all(
      cases.map(async (it) => {
        const written = encryptorFor(it.config).encryptItem(itemFromJson(it.item))
        return written.then(
          (item) => ({ ...it, written: itemToJson(item) }),
          ({ code, message }) => ({ ...it, error: `${code}: ${message}` }),
        )
      }),
    )

  const [theirs, ours] = [[], []]
  for (let version = 0; version < VERSIONS; version++) {
    const cases = classicCases(seed + version, ITEMS, { peer: peer.name }).map(({ config: { keys: _, ...rest }, item }) => ({
      version,
      config: { ...rest, keys: config },
      item,
    }))
    const theyMake = (version % 2 === 0) === theyBegin
    if (theyMake && version === 0)
      theirs.push(...(await theyWrite(cases.slice(0, 1)))) // version 0 comes with the first item
    else if (theyMake) await newVersion(peer, config)
    else await store.newProvider(materialName)
    provider.refresh()
    theirs.push(...(await theyWrite(cases)))
    ours.push(...(await weWrite(cases)))
  }

  provider.refresh()
  const read = await peer.request(ours.map(({ config, written }) => ({ op: 'decrypt', config, item: written ?? {} })))
  return {
    weRead: await Promise.all(
      theirs.map((it) => outcome(it, async () => itemToJson(await encryptorFor(it.config).decryptItem(itemFromJson(it.written))))),
    ),
    theyRead: await Promise.all(
      ours.map((it, i) =>
        outcome(it, async () => {
          if (read[i].error) throw new Error(read[i].error)
          return read[i].item
        }),
      ),
    ),
  }

  /** The item comes back, and is under the version that was the newest when it was written. */
  async function outcome({ version, item, written, error }, readBack) {
    try {
      if (error) throw new Error(error)
      const description = Buffer.from(written['*amzn-ddb-map-desc*'].B, 'base64').toString('latin1')
      if (!description.includes(`${materialName}#${version}`)) throw new Error(`not under version ${version}`)
      if (!sameItem(await readBack(), item)) throw new Error('differs')
      return { result: 'same' }
    } catch ({ code = '', message }) {
      return { result: 'failed', why: `version ${version}: ${code} ${message}` }
    }
  }
}

async function newVersion(peer, keys) {
  const [{ error }] = await peer.request([{ op: 'newVersion', config: { keys } }])
  if (error) throw new Error(`${peer.name} made no version: ${error}`)
}
