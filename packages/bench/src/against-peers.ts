/**
 * A run against the released clients: starts those that can be, times them, prints, ends them.
 *
 * @module
 */
import { peerLine } from './peer-report.ts'
import { measurePeers, type PeerResult, peerCases, runtimeOf, startOurs, startPeers } from './peers.ts'
import type { Keep } from './results.ts'
import type { Schedule } from './timing.ts'

export async function againstPeers(only: string, schedule: Schedule, keep?: Keep): Promise<void> {
  const { peers, missing } = await startPeers()
  const ours = startOurs()
  try {
    const ran = await Promise.all(peers.map(async (peer) => ({ name: peer.name, version: peer.version, runtime: await runtimeOf(peer) })))
    for (const { name, version, runtime } of ran) console.log(`${name}: ${version}, ${runtime}`)
    for (const [name, what] of Object.entries(missing)) console.log(`${name}: not run: ${what}`)
    const results: PeerResult[] = []
    for (const it of peerCases(only)) {
      const result = await measurePeers(it, ours, peers, schedule)
      results.push(result)
      console.log(peerLine(result))
    }
    keep?.('peers', { ran, missing, results })
  } finally {
    for (const own of ours) own.close()
    await Promise.all(peers.map((peer) => peer.close()))
  }
}
