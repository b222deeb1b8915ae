/**
 * Writes vectors/structured/odd.json: the odd items on which we and the released Java client agree, read or refused.
 *
 *     node vectors/peers/generate-odd.mjs        (after the project's build)
 */
import { encryptorFromConfig } from '@itemseal/cli/config'
import { nodeKeyTools } from '@itemseal/cli/node-keys'
import { itemFromJson, itemToJson } from '@itemseal/core'
import { startPeer } from './run-peer.mjs'
import { oddItems } from './structured-odd-items.mjs'
import { writeVectors } from './vector-file.mjs'

const items = oddItems()
const peer = await startPeer('structured-java')
const answers = await peer.request(items.map(({ config, item }) => ({ op: 'decrypt', config, item })))
await peer.close()

const cases = []
for (const [i, { name, config, item }] of items.entries()) {
  const ours = await encryptorFromConfig(config, 'decrypt', { tools: nodeKeyTools })
    .decryptItem(itemFromJson(item))
    .then(
      (read) => ({ plaintext: itemToJson(read) }),
      (error) => ({ error: error.code }),
    )
  if ((ours.plaintext === undefined) === (answers[i].item === undefined)) cases.push({ name, config, encrypted: item, ...ours })
  else console.log(`we differ: ${name}: ${ours.error ?? 'read'}, ${answers[i].error ?? 'read'}`)
}
const size = writeVectors('structured/odd.json', `${peer.version}, node vectors/peers/generate-odd.mjs`, cases)
console.log(`${cases.length} of ${items.length} items, ${Math.round(size / 1024)} KiB`)
