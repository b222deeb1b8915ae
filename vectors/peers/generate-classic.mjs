/**
 * Writes vectors/classic/written-by-python.json and written-by-java.json: items the released clients encrypted, and read back.
 *
 *     node vectors/peers/generate-classic.mjs [--count 240] [--seed 1]
 */
import { parseArgs } from 'node:util'
import { classicCases, dialectCases, sameItem } from './classic-cases.mjs'
import { startPeer } from './run-peer.mjs'
import { writeVectors } from './vector-file.mjs'

const { values: options } = parseArgs({ options: { count: { type: 'string', default: '240' }, seed: { type: 'string', default: '1' } } })
const count = Number(options.count)
const seed = Number(options.seed)

for (const language of ['python', 'java']) {
  const peer = await startPeer(`classic-${language}`)
  const random = classicCases(seed, count, { peer: peer.name })
  const cases = [...(await written(peer, random, mustSurvive)), ...(await written(peer, dialectCases({ peer: peer.name }), mayChange))]
  await peer.close()

  const origin = `${peer.version}, node vectors/peers/generate-classic.mjs --count ${count} --seed ${seed}`
  const size = writeVectors(`classic/written-by-${language}.json`, origin, cases)
  console.log(`${peer.version}: ${cases.length} items (${random.length} random), ${Math.round(size / 1024)} KiB`)
}

/** Encrypts every case and has the same client decrypt it; `plaintext` is what came back. */
async function written(peer, cases, check) {
  const encrypted = (await peer.request(cases.map(({ config, item }) => ({ op: 'encrypt', config, item })))).map(itemOf(peer, cases))
  const requests = cases.map(({ config }, i) => ({ op: 'decrypt', config, item: encrypted[i] }))
  const decrypted = (await peer.request(requests)).map(itemOf(peer, cases))
  return cases.map(({ name, config, item }, i) => {
    const plaintext = sameItem(item, decrypted[i]) ? item : check(peer, name, decrypted[i])
    return { name, config, plaintext, encrypted: encrypted[i] }
  })
}

function itemOf(peer, cases) {
  return ({ item, error }, i) => {
    if (item === undefined) throw new Error(`${peer.name}, case ${cases[i].name}: ${error}`)
    return item
  }
}

function mustSurvive(peer, name) {
  throw new Error(`${peer.name} gave back another item, case ${name}`)
}

/** Numbers are normalised inside an encrypted value, and by the Python client rounded: a reader gets what was stored. */
function mayChange(_peer, _name, decrypted) {
  return decrypted
}
