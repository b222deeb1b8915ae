/**
 * The two directions of an interoperability check: what a peer wrote and we read, and the other way round.
 */
import { encryptorFromConfig } from '@itemseal/cli/config'
import { nodeKeyTools } from '@itemseal/cli/node-keys'
import { itemFromJson, itemToJson, webCrypto } from '@itemseal/core'
import { nodeCrypto } from '@itemseal/node'
import { sameItem } from './random-items.mjs'

export const PROVIDERS = [nodeCrypto, webCrypto]

/** Both directions with one peer, on cases `{ name, config, readConfig?, item }`. Prints a line for each; whether all is well. */
export async function bothDirections(peer, cases, where = '') {
  const written = await peer.request(cases.map(({ config, item }) => ({ op: 'encrypt', config, item })))
  const reread = await peer.request(
    cases.map(({ config, readConfig = config }, i) => ({ op: 'decrypt', config: readConfig, item: written[i].item ?? {} })),
  )
  const known = await Promise.all(
    cases.map(async (it, i) => ({ ...it, changed: [reread[i].item, await ownRoundTrip(it, i).catch(() => undefined)] })),
  )
  const read = report(`${name(peer)} wrote${where}, we read`, await weRead(written, known))
  return report(`we wrote${where}, ${peer.name} read`, await theyRead(peer, known)) && read
}

/** Encrypts or decrypts an item in JSON as a configuration says. */
export async function ours(command, config, item, options) {
  const encryptor = encryptorFromConfig(config, command, options)
  return itemToJson(await encryptor[`${command}Item`](itemFromJson(item)))
}

/** The providers of cryptography take turns. */
export function options(i) {
  return { primitives: PROVIDERS[i % PROVIDERS.length], tools: nodeKeyTools, environment: process.env }
}

const name = (peer) => `${peer.name} (${peer.version})`

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

/** Prints how many of the outcomes are of which result; whether all is well. */
export function report(title, outcomes) {
  const count = (result) => outcomes.filter((outcome) => outcome.result === result).length
  console.log(
    `${title}: ${count('same')} same, ${count('changed')} as one of the two changes them when alone, ${count('unsupported')} not supported by the peer, ${count('failed')} failed`,
  )
  for (const { why } of outcomes.filter(({ result }) => result === 'failed').slice(0, 10)) console.log(`    ${why}`)
  return count('failed') === 0 && count('same') > 0
}
