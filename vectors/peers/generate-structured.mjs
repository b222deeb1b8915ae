/**
 * Writes vectors/structured/written-by-java.json and written-by-rust.json: items the released clients encrypted, and read back. A
 * client that this machine cannot run is named, and its file left as it is.
 *
 *     node vectors/peers/generate-structured.mjs [--count 320] [--seed 1] [--peer structured-java]
 */
import { parseArgs } from 'node:util'
import { peerNames, startPeer } from './run-peer.mjs'
import { sameItem, structuredCases, structuredOrderCases } from './structured-cases.mjs'
import { writeVectors } from './vector-file.mjs'

const { values: options } = parseArgs({
  options: { count: { type: 'string', default: '320' }, seed: { type: 'string', default: '1' }, peer: { type: 'string', multiple: true } },
})
const count = Number(options.count)
const seed = Number(options.seed)

for (const name of options.peer ?? peerNames.filter((name) => name.startsWith('structured-'))) {
  let peer
  try {
    peer = await startPeer(name)
  } catch (error) {
    console.log(`${name}: not run: ${error.message}`)
    continue
  }
  const cases = [...structuredCases(seed, count, { peer: name }), ...structuredOrderCases()]
  const vectors = await written(peer, cases)
  await peer.close()

  const language = name.slice('structured-'.length)
  const origin = `${peer.version}, node vectors/peers/generate-structured.mjs --count ${count} --seed ${seed}`
  const size = writeVectors(`structured/written-by-${language}.json`, origin, vectors)
  console.log(`${peer.version}: ${vectors.length} items (${count} random), ${Math.round(size / 1024)} KiB`)
}

/**
 * Encrypts every case and has the same client decrypt it. `config` is the reader's, and `plaintext` what it got: the item, but for the
 * forms of numbers, which are normalised inside an encrypted value.
 */
async function written(peer, cases) {
  const encrypted = (await peer.request(cases.map(({ config, item }) => ({ op: 'encrypt', config, item })))).map(itemOf(peer, cases))
  const readers = cases.map(({ config, readConfig = config }) => readConfig)
  const decrypted = (await peer.request(readers.map((config, i) => ({ op: 'decrypt', config, item: encrypted[i] })))).map(
    itemOf(peer, cases),
  )
  return cases.map(({ name, item }, i) => {
    const same = sameItem(item, decrypted[i])
    if (!same && !name.includes('number forms')) throw new Error(`${peer.name} gave back another item, case ${name}`)
    return { name, config: readers[i], plaintext: same ? item : decrypted[i], encrypted: encrypted[i] }
  })
}

function itemOf(peer, cases) {
  return ({ item, error }, i) => {
    if (item === undefined) throw new Error(`${peer.name}, case ${cases[i].name}: ${error}`)
    return item
  }
}
