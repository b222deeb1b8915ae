/**
 * Writes vectors/classic/own.json: items that we encrypted and the peers read, and items that must be refused.
 *
 *     node vectors/peers/generate-own.mjs        (after the project's build)
 */
import { encryptorFromConfig } from '@itemseal/cli/config'
import { nodeKeyTools } from '@itemseal/cli/node-keys'
import { itemFromJson, itemToJson } from '@itemseal/core'
import { nodeCrypto } from '@itemseal/node'
import { classicCases, sameItem } from './classic-cases.mjs'
import { peerNames, startPeer } from './run-peer.mjs'
import { writeVectors } from './vector-file.mjs'

const SEED = 2016
const COUNT = 60
const SIGNATURE = '*amzn-ddb-map-sig*'
const DESCRIPTION = '*amzn-ddb-map-desc*'
const options = { primitives: nodeCrypto, tools: nodeKeyTools }

const cases = []
for (const name of peerNames.filter((name) => name.startsWith('classic-'))) {
  const peer = await startPeer(name)
  const known = classicCases(SEED, COUNT, { peer: name })
  const encrypted = await Promise.all(known.map(({ config, item }) => encrypt(config, item)))
  const read = await peer.request(known.map(({ config }, i) => ({ op: 'decrypt', config, item: encrypted[i] })))
  await peer.close()
  for (const [i, { name: title, config, item }] of known.entries()) {
    if (!read[i].item || !sameItem(read[i].item, item)) throw new Error(`${name} does not read ${title}: ${read[i].error ?? 'differs'}`)
    cases.push({ name: `read by ${name}, ${title}`, config, plaintext: item, encrypted: encrypted[i] })
  }
}
const positive = cases.length
cases.push(...(await negatives(cases[0].config)))
const size = writeVectors('classic/own.json', 'itemseal, node vectors/peers/generate-own.mjs', cases)
console.log(`${positive} items read by the peers, ${cases.length - positive} to be refused, ${Math.round(size / 1024)} KiB`)

async function encrypt(config, item) {
  return itemToJson(await encryptorFromConfig(config, 'encrypt', options).encryptItem(itemFromJson(item)))
}

/** One item, wronged in each way, and the code of the refusal. */
async function negatives({ keys }) {
  const config = {
    format: 'classic',
    table: 'people',
    partitionKey: 'id',
    actions: { default: 'ENCRYPT_AND_SIGN', attributes: { city: 'SIGN_ONLY', note: 'DO_NOTHING' } },
    keys: { ...keys, description: {} },
  }
  const wrapping = {
    ...config,
    keys: { provider: 'wrapped', wrappingKey: { ...keys.encryptionKey, algorithm: 'AESWrap' }, signingKey: keys.signingKey },
  }
  const item = { id: { S: '1' }, name: { S: 'Ada' }, born: { N: '1815' }, city: { S: 'London' }, note: { S: 'free' } }
  const [good, other, wrapped] = await Promise.all([encrypt(config, item), encrypt(config, item), encrypt(wrapping, item)])
  const { name, [SIGNATURE]: signature, [DESCRIPTION]: description, ...rest } = good
  const described = (entries, from = good) => ({ ...from, [DESCRIPTION]: { B: serialized(entries) } })
  const entries = entriesOf(good[DESCRIPTION].B)
  const wrappedEntries = entriesOf(wrapped[DESCRIPTION].B)
  const without = (from, key) => Object.fromEntries(Object.entries(from).filter(([title]) => title !== key))

  const refused = (title, error, encrypted, by = config) => ({ name: `refused: ${title}`, config: by, encrypted, error })
  return [
    refused('no signature and no description', 'NOT_AUTHENTIC', { name, ...rest }),
    refused('no signature', 'NOT_AUTHENTIC', without(good, SIGNATURE)),
    refused('no description', 'UNSUPPORTED', without(good, DESCRIPTION)),
    refused('an empty signature', 'NOT_AUTHENTIC', { ...good, [SIGNATURE]: { B: '' } }),
    refused('a signature that is text', 'MALFORMED', { ...good, [SIGNATURE]: { S: 'signed' } }),
    refused('a signature with one bit changed', 'NOT_AUTHENTIC', { ...good, [SIGNATURE]: flipped(signature, 5) }),
    refused('a signature cut short', 'NOT_AUTHENTIC', { ...good, [SIGNATURE]: cut(signature, 31) }),
    refused('an encrypted value with one bit of its IV changed', 'NOT_AUTHENTIC', { ...good, name: flipped(name, 3) }),
    refused('an encrypted value with one bit of its ciphertext changed', 'NOT_AUTHENTIC', { ...good, name: flipped(name, 20) }),
    refused('an encrypted value cut by a block', 'NOT_AUTHENTIC', { ...good, name: cut(name, 16) }),
    refused('an encrypted value in clear', 'NOT_AUTHENTIC', { ...good, name: { S: 'Ada' } }),
    refused('an encrypted value of another item', 'NOT_AUTHENTIC', { ...good, name: other.name }),
    refused('two encrypted values in place of each other', 'NOT_AUTHENTIC', { ...good, name: good.born, born: name }),
    refused('a signed value changed', 'NOT_AUTHENTIC', { ...good, city: { S: 'Paris' } }),
    refused('a signed value of another type', 'NOT_AUTHENTIC', { ...good, city: { SS: ['London'] } }),
    refused('the key changed', 'NOT_AUTHENTIC', { ...good, id: { S: '2' } }),
    refused('an attribute added', 'NOT_AUTHENTIC', { ...good, extra: { S: 'x' } }),
    refused('an attribute removed', 'NOT_AUTHENTIC', without(good, 'born')),
    refused('an attribute renamed', 'NOT_AUTHENTIC', { ...without(good, 'born'), bore: good.born }),
    refused('another table', 'NOT_AUTHENTIC', good, { ...config, table: 'peoples' }),
    refused('an action changed from encrypted to signed', 'NOT_AUTHENTIC', good, {
      ...config,
      actions: { ...config.actions, attributes: { ...config.actions.attributes, born: 'SIGN_ONLY' } },
    }),
    refused('a signed attribute that the reader does not sign', 'NOT_AUTHENTIC', good, {
      ...config,
      actions: { ...config.actions, attributes: { ...config.actions.attributes, city: 'DO_NOTHING' } },
    }),
    refused('a description of another version', 'MALFORMED', { ...good, [DESCRIPTION]: flipped(description, 3) }),
    refused('a description cut inside an entry', 'MALFORMED', { ...good, [DESCRIPTION]: cut(description, 20) }),
    refused('a description with an entry twice', 'MALFORMED', {
      ...good,
      [DESCRIPTION]: { B: serialized([...Object.entries(entries), ...Object.entries(entries)]) },
    }),
    refused('a description without a cipher mode', 'UNSUPPORTED', described(without(entries, 'amzn-ddb-map-sym-mode'))),
    refused('a description with another cipher mode', 'UNSUPPORTED', described({ ...entries, 'amzn-ddb-map-sym-mode': '/CTR/NoPadding' })),
    refused(
      'a description with another signature algorithm',
      'UNSUPPORTED',
      described({ ...entries, 'amzn-ddb-map-signingAlg': 'HmacSHA1' }),
    ),
    refused('a provider whose description the item lacks', 'NO_MATERIALS', good, {
      ...config,
      keys: { ...config.keys, description: { purpose: 'other' } },
    }),
    refused('no wrapped key', 'NO_MATERIALS', described(without(wrappedEntries, 'amzn-ddb-env-key'), wrapped), wrapping),
    refused(
      'a wrapped key of another key',
      'NO_MATERIALS',
      described({ ...wrappedEntries, 'amzn-ddb-env-key': 'A'.repeat(56) }, wrapped),
      wrapping,
    ),
    refused(
      'a wrapped key for another cipher',
      'UNSUPPORTED',
      described({ ...wrappedEntries, 'amzn-ddb-env-alg': 'DESede' }, wrapped),
      wrapping,
    ),
    refused(
      'a wrapped key of another length than said',
      'NO_MATERIALS',
      described({ ...wrappedEntries, 'amzn-ddb-env-alg': 'AES/128' }, wrapped),
      wrapping,
    ),
    refused(
      'a key wrapping that the key does not open',
      'UNSUPPORTED',
      described({ ...wrappedEntries, 'amzn-ddb-wrap-alg': 'AES/GCM/NoPadding' }, wrapped),
      wrapping,
    ),
  ]
}

function flipped({ B }, place) {
  const bytes = Buffer.from(B, 'base64')
  bytes[place] ^= 1
  return { B: bytes.toString('base64') }
}

function cut({ B }, length) {
  return { B: Buffer.from(B, 'base64').subarray(0, length).toString('base64') }
}

function entriesOf(description) {
  const bytes = Buffer.from(description, 'base64')
  const texts = []
  for (let offset = 4; offset < bytes.length; ) {
    const end = offset + 4 + bytes.readUInt32BE(offset)
    texts.push(bytes.toString('utf8', offset + 4, end))
    offset = end
  }
  return Object.fromEntries(texts.flatMap((text, i) => (i % 2 === 0 ? [[text, texts[i + 1]]] : [])))
}

/** Of an object, or of a list of entries. */
function serialized(entries) {
  const texts = (Array.isArray(entries) ? entries : Object.entries(entries)).flat()
  const parts = texts.flatMap((text) => {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(Buffer.byteLength(text))
    return [length, Buffer.from(text)]
  })
  return Buffer.concat([Buffer.alloc(4), ...parts]).toString('base64')
}
