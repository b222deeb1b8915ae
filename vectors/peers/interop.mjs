/**
 * `npm run interop [-- --count 300 --seed 1 --peer classic-java]`: live, in both directions. Each peer writes random items
 * and we read them; we write random items and the peer reads them. Prints counts; exits 1 if any item differs. A peer that
 * this machine cannot run is a line that says what is missing.
 */
import { parseArgs } from 'node:util'
import { encryptorFromConfig } from '@itemseal/cli/config'
import { nodeKeyTools } from '@itemseal/cli/node-keys'
import { itemFromJson, itemToJson, webCrypto } from '@itemseal/core'
import { nodeCrypto } from '@itemseal/node'
import { classicCases, dialectCases, sameItem } from './classic-cases.mjs'
import { peerNames, startPeer } from './run-peer.mjs'
import { structuredCases, structuredOrderCases } from './structured-cases.mjs'

const { values } = parseArgs({
  options: { count: { type: 'string', default: '300' }, seed: { type: 'string' }, peer: { type: 'string', multiple: true } },
})
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const PROVIDERS = [nodeCrypto, webCrypto]
let failed = false

console.log(`seed ${seed}`)
for (const name of values.peer ?? peerNames) {
  let peer
  try {
    peer = await startPeer(name)
  } catch (error) {
    console.log(`${name}: not run: ${error.message}`)
    continue
  }
  const cases = casesFor(name)
  const written = await peer.request(cases.map(({ config, item }) => ({ op: 'encrypt', config, item })))
  const reread = await peer.request(
    cases.map(({ config, readConfig = config }, i) => ({ op: 'decrypt', config: readConfig, item: written[i].item ?? {} })),
  )
  const known = await Promise.all(cases.map(async (it, i) => ({ ...it, changed: [reread[i].item, await ownRoundTrip(it, i)] })))
  report(`${name} (${peer.version}) wrote, we read`, await weRead(written, known))
  report(`we wrote, ${name} read`, await theyRead(peer, known))
  await peer.close()
}
process.exitCode = failed ? 1 : 0

function casesFor(name) {
  const count = Number(values.count)
  if (name.startsWith('structured-')) return [...structuredCases(seed, count, { peer: name }), ...structuredOrderCases()]
  return [...classicCases(seed, count, { peer: name }), ...dialectCases({ peer: name })]
}

async function weRead(written, cases) {
  return Promise.all(
    cases.map((it, i) =>
      outcome(it, i, written[i], async ({ config, readConfig = config }, options) => ours('decrypt', readConfig, written[i].item, options)),
    ),
  )
}

async function theyRead(peer, cases) {
  const encrypted = await Promise.all(
    cases.map((it, i) =>
      ours('encrypt', it.config, it.item, options(i)).then(
        (item) => ({ item }),
        (error) => ({ error: `${error.code}: ${error.message}` }),
      ),
    ),
  )
  const read = await peer.request(
    cases.map(({ config, readConfig = config }, i) => ({ op: 'decrypt', config: readConfig, item: encrypted[i].item ?? {} })),
  )
  return Promise.all(cases.map((it, i) => outcome(it, i, encrypted[i].error ? encrypted[i] : read[i], async () => read[i].item)))
}

/**
 * `same`; `changed` if it is what the peer, or we, make of this item when writing and reading it alone (Python rounds numbers to 28
 * digits; Java and we encrypt a negative zero as zero); `unsupported` by the peer; or what went wrong.
 */
async function outcome(it, i, answer, read) {
  if (answer.error?.startsWith('unsupported: ')) return { result: 'unsupported' }
  if (answer.error) return { result: 'failed', why: `${it.name}: ${answer.error}` }
  try {
    const item = await read(it, options(i))
    if (sameItem(item, it.item)) return { result: 'same' }
    if (it.changed.some((changed) => changed && sameItem(item, changed))) return { result: 'changed' }
    return { result: 'failed', why: `${it.name}: differs` }
  } catch (error) {
    return { result: 'failed', why: `${it.name}: ${error.code ?? error.name}: ${error.message}` }
  }
}

async function ownRoundTrip({ config, readConfig = config, item }, i) {
  return ours('decrypt', readConfig, await ours('encrypt', config, item, options(i)), options(i))
}

/** The providers take turns. */
function options(i) {
  return { primitives: PROVIDERS[i % PROVIDERS.length], tools: nodeKeyTools }
}

async function ours(command, config, item, options) {
  const encryptor = encryptorFromConfig(config, command, options)
  return itemToJson(await encryptor[`${command}Item`](itemFromJson(item)))
}

function report(title, outcomes) {
  const count = (result) => outcomes.filter((outcome) => outcome.result === result).length
  console.log(
    `${title}: ${count('same')} same, ${count('changed')} as one of the two changes them when alone, ${count('unsupported')} not supported by the peer, ${count('failed')} failed`,
  )
  for (const { why } of outcomes.filter(({ result }) => result === 'failed').slice(0, 10)) console.log(`    ${why}`)
  failed ||= count('failed') > 0 || count('same') === 0
}
