/**
 * `npm run interop [-- --count 300 --seed 1 --peer classic-java --part peers|kms|keys]`: live, in both directions. Each peer writes random items
 * and we read them; we write random items and the peer reads them. Prints counts; exits 1 if any item differs. A peer that
 * this machine cannot run is a line that says what is missing. Then the same with keys in KMS (`interop-kms.mjs`), and
 * with branch keys in a table (`branch-key-exchange.mjs`).
 */
import { parseArgs } from 'node:util'
import { branchKeyExchange } from './branch-key-exchange.mjs'
import { classicCases, dialectCases } from './classic-cases.mjs'
import { bothDirections } from './directions.mjs'
import { kmsInterop } from './interop-kms.mjs'
import { metaStoreExchange } from './meta-store-exchange.mjs'
import { peerNames, startPeer } from './run-peer.mjs'
import { structuredCases, structuredOrderCases } from './structured-cases.mjs'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string' },
    peer: { type: 'string', multiple: true },
    part: { type: 'string' },
  },
})
const seed = Number(values.seed ?? Date.now() % 1_000_000)
const runs = (part) => values.part === undefined || values.part === part
let failed = false

console.log(`seed ${seed}`)
for (const name of runs('peers') ? (values.peer ?? peerNames) : []) {
  let peer
  try {
    peer = await startPeer(name)
  } catch (error) {
    console.log(`${name}: not run: ${error.message}`)
    continue
  }
  if (!(await bothDirections(peer, casesFor(name)))) failed = true
  if (name.startsWith('classic-') && !(await metaStoreExchange(peer, seed))) failed = true
  await peer.close()
}
if (runs('kms') && !(await kmsInterop(seed, Number(values.count)))) failed = true
if (runs('keys') && !(await branchKeyExchange(seed, Number(values.count)))) failed = true
process.exitCode = failed ? 1 : 0

function casesFor(name) {
  const count = Number(values.count)
  if (name.startsWith('structured-')) return [...structuredCases(seed, count, { peer: name }), ...structuredOrderCases()]
  return [...classicCases(seed, count, { peer: name }), ...dialectCases({ peer: name })]
}
