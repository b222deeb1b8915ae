/**
 * The part of `npm run interop` with keys in KMS. Against emulators that nobody here wrote: both clients write, read, and are refused
 * under another context and with another key. Then peers and we read each other's items, against those emulators and against ours.
 */
import { KMSClient } from '@aws-sdk/client-kms'
import { sdkKmsClient } from '@itemseal/kms/sdk'
import { bothDirections, options, ours } from './directions.mjs'
import { kmsCases, kmsKeys } from './kms-cases.mjs'
import { sameItem } from './random-items.mjs'
import { emulatorNames, startEmulator, startOurs } from './run-emulator.mjs'
import { startPeer } from './run-peer.mjs'

const PEERS = ['structured-java', 'classic-java', 'classic-python']
const CLIENTS = {
  fetch: undefined, // what a configuration makes by itself
  SDK: ({ endpoint, region, credentials }) => sdkKmsClient(new KMSClient({ endpoint, region, credentials })),
}

/** Prints counts; whether all is well. What this machine cannot run is a line that says what is missing. */
export async function kmsInterop(seed, count) {
  const peers = []
  for (const name of PEERS) {
    const peer = await startPeer(name).catch((error) => console.log(`${name}: not run: ${error.message}`))
    await peer?.close()
    if (peer !== undefined) peers.push(name)
  }
  let well = true
  for (const name of [...emulatorNames, 'ours']) {
    const service = await (name === 'ours' ? startOurs() : startEmulator(name)).catch((error) =>
      console.log(`${name}: not run: ${error.message}`),
    )
    if (service === undefined) continue
    try {
      well = (await withService(service, peers, seed, count)) && well
    } finally {
      await service.close()
    }
  }
  return well
}

async function withService(service, peers, seed, count) {
  process.env.AWS_ACCESS_KEY_ID = service.credentials.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = service.credentials.secretAccessKey
  const keys = await kmsKeys(service)
  let well = true
  for (const [kind, kmsClient] of Object.entries(CLIENTS)) {
    for (const format of ['structured', 'classic']) {
      const failures = await alone(kmsCases(seed, keys[format].length * 4, keys, `${format}-java`), keys[format], kmsClient)
      console.log(
        `${service.version}: ${format}, ${kind} client: ${keys[format].map(({ label }) => label).join('; ')}: ${failures.length} failed`,
      )
      for (const failure of failures.slice(0, 10)) console.log(`    ${failure}`)
      well &&= failures.length === 0
    }
  }
  for (const name of peers) {
    const peer = await startPeer(name) // with these credentials in its environment
    try {
      well = (await bothDirections(peer, kmsCases(seed, count, keys, name), ` with ${service.name}`)) && well
    } finally {
      await peer.close()
    }
  }
  return well
}

/** Writes and reads without a peer, and is refused what it should not read. */
async function alone(cases, kinds, kmsClient) {
  const failures = []
  for (const [i, { name, config, readConfig, item }] of cases.entries()) {
    const how = { ...options(i), ...(kmsClient && { kmsClient }) }
    const { wrong } = kinds[i % kinds.length]
    try {
      const encrypted = await ours('encrypt', config, item, how)
      const back = await ours('decrypt', readConfig, encrypted, how)
      const again = await ours('decrypt', readConfig, await ours('encrypt', config, back, how), how) // numbers in normal form
      if (!sameItem(back, again) || Object.keys(back).length !== Object.keys(item).length) failures.push(`${name}: differs`)
      const moved = { ...encrypted, [config.partitionKey]: { S: 'of another item' } }
      if (!(await isRefused(() => ours('decrypt', readConfig, moved, how)))) failures.push(`${name}: read under another context`)
      if (wrong && !(await isRefused(() => ours('decrypt', { ...config, keys: wrong }, encrypted, how))))
        failures.push(`${name}: read with another key`)
    } catch (error) {
      failures.push(`${name}: ${error.code ?? error.name}: ${error.message}: ${reason(error)}`)
    }
  }
  return failures
}

/** Both formats refuse when the key cannot be had: nothing of the item was looked at. */
async function isRefused(step) {
  return step().then(
    () => false,
    (error) => error.code === 'NO_MATERIALS',
  )
}

function reason({ cause }) {
  return cause?.errors?.map((error) => error.message).join('; ') ?? cause?.message ?? ''
}
