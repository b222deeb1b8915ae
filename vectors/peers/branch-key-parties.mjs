/**
 * The Java client's key store and ours, over one table and one service, with the same few functions: `createTable`, `createKey`,
 * `versionKey`, `active`, `version`, `beacon`, `encrypt`, `decrypt`. A branch key is told as `{ branchKeyId, version, sha256,
 * encryptionContext }`, a beacon key as its SHA-256.
 *
 * A store is `{ table, logicalName, endpoint, kmsEndpoint, region, kms }`, `kms` as `kmsBranchKeyStore` takes it.
 */
import { createHash } from 'node:crypto'
import { KMSClient } from '@aws-sdk/client-kms'
import { itemFromJson, itemToJson } from '@itemseal/core'
import { hierarchicalKeyring } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { branchKeyTable } from '@itemseal/dynamodb/branch-key-table'
import { sdkDynamoDbCalls } from '@itemseal/dynamodb/sdk'
import { fetchKmsClient, kmsBranchKeyStore, regionalKmsClients } from '@itemseal/kms'
import { sdkKmsClient } from '@itemseal/kms/sdk'
import { options } from './directions.mjs'

const TTL_SECONDS = 3600 // each call opens a keyring of its own: nobody works with what was fetched before a version was made

/** The peer's, through its program. */
export function peerParty(peer, store) {
  const keys = (branchKeyId) => ({ keyring: 'hierarchical', store, ...(branchKeyId !== undefined && { branchKeyId }) })
  async function ask(request) {
    const [answer] = await peer.request([request])
    if (answer.error !== undefined) throw new Error(`${peer.name}: ${answer.error}`)
    return answer
  }
  const key = async (op, branchKeyId, more) => (await ask({ op, config: { keys: keys(branchKeyId) }, ...more })).key
  const item = async (op, { config }, branchKeyId, item) => (await ask({ op, config: { ...config, keys: keys(branchKeyId) }, item })).item
  return {
    name: peer.name,
    with: (change) => peerParty(peer, { ...store, ...change }),
    createTable: () => key('createTable'),
    createKey: async ({ branchKeyIdentifier, encryptionContext } = {}) =>
      (await key('createKey', branchKeyIdentifier, { encryptionContext })).branchKeyId,
    versionKey: (id) => key('versionKey', id),
    active: (id) => key('getActive', id),
    version: (id, version) => key('getVersion', id, { version }),
    beacon: async (id) => (await key('getBeacon', id)).sha256,
    encrypt: (it, id) => item('encrypt', it, id, it.item),
    decrypt: (it, id, encrypted) => item('decrypt', it, id, encrypted),
  }
}

/** Ours. `turn` chooses the client of KMS, and where the cryptography comes from. */
export function ownParty({ dynamoDb, credentials, turn = 0 }, store) {
  const { table: tableName, logicalName: logicalKeyStoreName, kmsEndpoint: endpoint, kms } = store
  const storage = branchKeyTable({ tableName, client: sdkDynamoDbCalls(dynamoDb) })
  const create = (region) =>
    turn % 2 === 0 ? fetchKmsClient({ endpoint, credentials, region }) : sdkKmsClient(new KMSClient({ endpoint, credentials, region }))
  const keyStore = kmsBranchKeyStore({ storage, logicalKeyStoreName, kms, client: regionalKmsClients({ create }) })
  const { primitives } = options(turn)
  const told = ({ branchKey, ...rest }) => ({ ...rest, sha256: sha256(branchKey) })
  const encryptor = ({ config: { format: _, keys: __, table, ...rest } }, branchKeyId) =>
    structuredItemEncryptor({
      ...rest,
      tableName: table,
      primitives,
      keyring: hierarchicalKeyring({ keyStore, branchKeyId, ttlSeconds: TTL_SECONDS }),
    })
  return {
    name: 'itemseal',
    with: (change) => ownParty({ dynamoDb, credentials, turn }, { ...store, ...change }),
    createTable: () => storage.createTable(),
    createKey: (key) => keyStore.createKey(key),
    versionKey: (branchKeyIdentifier) => keyStore.versionKey({ branchKeyIdentifier }),
    active: async (id) => told(await keyStore.getActiveBranchKey(id)),
    version: async (id, version) => told(await keyStore.getBranchKeyVersion(id, version)),
    beacon: async (id) => sha256(await keyStore.getBeaconKey(id)),
    encrypt: async (it, id) => itemToJson(await encryptor(it, id).encryptItem(itemFromJson(it.item))),
    decrypt: async (it, id, encrypted) => itemToJson(await encryptor(it, id).decryptItem(itemFromJson(encrypted))),
  }
}

function sha256(key) {
  return createHash('sha256').update(key).digest('hex')
}
