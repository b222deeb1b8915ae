/**
 * Writes vectors/kms: items that the released clients encrypted under keys of our KMS emulator, and read back, beside the file of its
 * keys. Configurations lack the `endpoint`, which is the emulator's of the day.
 *
 *     node vectors/peers/generate-kms.mjs [--count 2] [--seed 1]      count: of each kind of keys
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { kmsCases, kmsKeys } from './kms-cases.mjs'
import { sameItem } from './random-items.mjs'
import { startOurs } from './run-emulator.mjs'
import { startPeer } from './run-peer.mjs'

const { values: options } = parseArgs({ options: { count: { type: 'string', default: '2' }, seed: { type: 'string', default: '1' } } })
const FOLDER = new URL('../kms/', import.meta.url)
const LEAST = 20
const FILES = {
  'structured-java': 'structured-written-by-java.json',
  'classic-java': 'classic-written-by-java.json',
  'classic-python': 'classic-written-by-python.json',
}

mkdirSync(FOLDER, { recursive: true })
const keyFile = fileURLToPath(new URL('keys.json', FOLDER))
rmSync(keyFile, { force: true })
const kms = await startOurs(keyFile)
process.env.AWS_ACCESS_KEY_ID = kms.credentials.accessKeyId
process.env.AWS_SECRET_ACCESS_KEY = kms.credentials.secretAccessKey
try {
  const keys = await kmsKeys(kms)
  for (const [name, file] of Object.entries(FILES)) {
    const peer = await startPeer(name)
    const kinds = keys[name.split('-')[0]].length
    const cases = kmsCases(Number(options.seed), Math.max(kinds * Number(options.count), LEAST), keys, name)
    const vectors = await written(peer, cases).finally(() => peer.close())
    const origin = `${peer.version}, node vectors/peers/generate-kms.mjs --count ${options.count} --seed ${options.seed}`
    const lines = vectors.map((vector) => JSON.stringify(vector, (key, value) => (key === 'endpoint' ? undefined : value)))
    writeFileSync(new URL(file, FOLDER), `{\n"origin": ${JSON.stringify(origin)},\n"cases": [\n${lines.join(',\n')}\n]\n}\n`)
    console.log(`${peer.version}: ${vectors.length} items`)
  }
} finally {
  await kms.close()
}

/** What the same client reads: the item, but for numbers, which come back in normal form where they were encrypted. */
async function written(peer, cases) {
  const itemOf = ({ item, error }, i) => {
    if (item === undefined) throw new Error(`${peer.name}, case ${cases[i].name}: ${error}`)
    return item
  }
  const encrypted = (await peer.request(cases.map(({ config, item }) => ({ op: 'encrypt', config, item })))).map(itemOf)
  const decrypted = (await peer.request(cases.map(({ readConfig }, i) => ({ op: 'decrypt', config: readConfig, item: encrypted[i] })))).map(
    itemOf,
  )
  return cases.map(({ name, readConfig: config, item }, i) => ({
    name,
    config,
    plaintext: sameItem(item, decrypted[i]) ? item : decrypted[i],
    encrypted: encrypted[i],
  }))
}
