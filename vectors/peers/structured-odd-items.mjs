/**
 * Items that no client writes, but that hold together: header, commitment, context and footer are right for what is odd in them. What
 * the released clients make of each settles how a reader has to take it.
 *
 *     node vectors/peers/structured-odd-items.mjs
 */
import { createCipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { peerNames, startPeer } from './run-peer.mjs'

const { keys: MATERIAL } = JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8'))

const NAMESPACE = 'odd'
const NAME = 'key'
const WRAPPING_KEY = Buffer.from(MATERIAL['kek-256'], 'base64')
const TABLE = 'odd'

const config = {
  format: 'structured',
  table: TABLE,
  partitionKey: 'id',
  actions: { default: 'SIGN_ONLY' },
  algorithmSuite: '0x6700',
  keys: { keyring: 'raw-aes', namespace: NAMESPACE, name: NAME, wrappingKey: MATERIAL['kek-256'] },
}

/** A list of `{ name, config, item }`; each of the names says what is odd. */
export function oddItems() {
  const key = { legend: 's', value: { S: '1' } }
  const plain = (legend) => ({ legend, value: { S: 'x' } })
  const version1 = { ...BASE, 'aws-crypto-attr.id': 'AAEx' }
  const version2 = (attributes, legend) => ({ ...BASE, ...attributes, 'aws-crypto-legend': legend })
  const idAndX = { 'aws-crypto-attr.id': '1', 'aws-crypto-attr.x': 'x' }
  const onlyX = { 'aws-crypto-attr.x': 'x' }
  const stored = (entries) => ({
    attributes: { id: key, x: plain('e') },
    stored: entries,
    context: { ...version1, ...Object.fromEntries(entries) },
  })
  const value = (type, ...parts) => ({ attributes: { id: key, x: { legend: 'e', bytes: [hex(type), join(...parts)] } }, context: version1 })

  const specifications = {
    'nothing odd, version 1': { attributes: { id: key, x: plain('e') }, context: version1 },
    'nothing odd, version 2': { version: 2, attributes: { id: plain2('1'), x: plain('c') }, context: version2(idAndX, 'SS') },

    'legend: c in version 1, context of version 1': { attributes: { id: key, x: plain('c') }, context: version1 },
    'legend: c for the key in version 1, context of version 1': { attributes: { id: plain2('1'), x: plain('e') }, context: version1 },
    'legend: c in version 1, context of version 2': { attributes: { id: plain2('1'), x: plain('c') }, context: version2(idAndX, 'SS') },
    'legend: no c in version 2': { version: 2, attributes: { id: key, x: plain('e') }, context: version2({}, '') },
    'legend: no c in version 2, none in the context': { version: 2, attributes: { id: key, x: plain('e') }, context: BASE },
    'legend: s for the key in version 2': { version: 2, attributes: { id: key, x: plain('c') }, context: version2(onlyX, 'S') },
    'legend: e for the key in version 1': { attributes: { id: { ...key, legend: 'e' }, x: plain('s') }, context: version1 },
    'legend: e for the key in version 2': {
      version: 2,
      attributes: { id: { ...key, legend: 'e' }, x: plain('c') },
      context: version2(onlyX, 'S'),
    },
    'legend: another letter': { attributes: { id: key, x: plain('d') }, context: version1 },

    'header: version 0': { version: 0, attributes: { id: key, x: plain('e') }, context: version1 },
    'header: version 3': { version: 3, attributes: { id: key, x: plain('e') }, context: version1 },
    'header: flavor 2': { flavor: 2, attributes: { id: key, x: plain('e') }, context: version1 },
    'header: flavor 1 without public key': { flavor: 1, attributes: { id: key, x: plain('e') }, context: version1 },

    'stored context: a foreign entry': stored([['foo', 'bar']]),
    'stored context: a foreign entry of the reserved prefix': stored([['aws-crypto-foo', 'bar']]),
    'stored context: an empty value': stored([['foo', '']]),
    'stored context: an empty name': stored([['', 'bar']]),
    'stored context: public key without signature': stored([['aws-crypto-public-key', 'AA==']]),
    'stored context: a required entry once more': stored([['aws-crypto-table-name', TABLE]]),
    'stored context: a required entry contradicted': { ...stored([['aws-crypto-table-name', 'other']]), context: version1 },
    'stored context: not in order': stored([
      ['b', '1'],
      ['a', '2'],
    ]),
    'stored context: twice the same': stored([
      ['a', '1'],
      ['a', '1'],
    ]),
    'stored context: in UTF-8 order': stored([
      ['\uE000', '1'],
      ['\u{1F600}', '2'],
    ]),
    'stored context: in UTF-16 order': stored([
      ['\u{1F600}', '2'],
      ['\uE000', '1'],
    ]),

    'S: invalid UTF-8': value('0001', hex('ff')),
    'S: an encoded surrogate': value('0001', hex('eda080')),
    'N: not normalised': value('0002', '1.50'),
    'N: not a number': value('0002', 'abc'),
    'N: empty': value('0002'),
    'N: 40 digits': value('0002', '1'.repeat(40)),
    'BOOL: 2': value('0004', hex('02')),
    'BOOL: empty': value('0004'),
    'BOOL: two bytes': value('0004', hex('0101')),
    'NULL: with a byte': value('0000', hex('00')),
    'type 0003': value('0003'),
    'SS: not in order': value('0101', u32(2), counted('b'), counted('a')),
    'SS: twice the same': value('0101', u32(2), counted('a'), counted('a')),
    'SS: bytes after it': value('0101', u32(0), 'x'),
    'NS: not normalised': value('0102', u32(2), counted('1.0'), counted('2')),
    'NS: equal once normalised': value('0102', u32(2), counted('1'), counted('1.0')),
    'NS: not a number': value('0102', u32(1), counted('x')),
    'BS: not in order': value('01ff', u32(2), counted('b'), counted('a')),
    'BS: twice the same': value('01ff', u32(2), counted('a'), counted('a')),
    'L: bytes after it': value('0300', u32(0), 'x'),
    'L: member past the end': value('0300', u32(1), hex('0001'), u32(9), 'x'),
    'L: set longer than its stated length': value('0300', u32(1), hex('0101'), u32(3), u32(0)),
    'L: list longer than its stated length': value('0300', u32(1), hex('0300'), u32(0), u32(0)),
    'L: set shorter than its stated length': value('0300', u32(1), hex('0101'), u32(5), u32(0), 'x'),
    'L: list shorter than its stated length': value('0300', u32(1), hex('0300'), u32(5), u32(0), 'x'),
    'L: 32 deep': value('0300', u32(1), nestedLists(31)),
    'L: 33 deep': value('0300', u32(1), nestedLists(32)),
    'M: not in order': value('0200', u32(2), entry('b'), entry('a')),
    'M: twice the same key': value('0200', u32(2), entry('a'), entry('a')),
    'M: an empty key': value('0200', u32(1), entry('')),
    'M: a key of 40,000 characters and 80,000 bytes': value('0200', u32(1), entry('\u00E9'.repeat(40_000))),
    'M: a key of 65,535 bytes': value('0200', u32(1), entry('k'.repeat(65_535))),
    'M: a key of another type': value('0200', u32(1), hex('0002'), counted('1'), nested('0001', 'v')),
  }
  return Object.entries(specifications).map(([name, specification]) => ({ name, config, item: written(specification) }))
}

/** One EDK under raw AES, suite 0x6700. `context` is the full one, `stored` the header's entries as they are to stand there. */
function written({ version = 1, flavor = 0, attributes, stored = [], context }) {
  const [dataKey, intermediateKey, messageId, iv] = [32, 32, 32, 12].map((length) => randomBytes(length))
  const aad = serialize(Object.entries(context).sort(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  const wrapped = join(
    seal(derive(intermediateKey, 'AWS_MPL_INTERMEDIATE_KEYWRAP_ENC'), Buffer.alloc(12), aad, dataKey),
    seal(WRAPPING_KEY, iv, aad, intermediateKey),
  )
  const names = Object.keys(attributes).sort((a, b) => a.length - b.length || Buffer.compare(Buffer.from(a), Buffer.from(b)))
  const legend = names.map((name) => attributes[name].legend).join('')
  const unfinished = join(
    Buffer.from([version, flavor]),
    messageId,
    short(legend),
    serialize(stored),
    Buffer.from([1]),
    short(NAMESPACE),
    short(join(NAME, u32(128), u32(12), iv)),
    short(wrapped),
  )
  const commitment = createHmac('sha512', derive(dataKey, join('AWS_DBE_COMMIT_KEY', messageId)))
    .update(unfinished)
    .digest()
  const header = join(unfinished, commitment.subarray(0, 32))

  const rootKey = derive(dataKey, join('AWS_DBE_DERIVE_KEY', messageId))
  const item = {}
  const record = [header, u64(aad.length), aad]
  let index = 0
  for (const name of names) {
    const { legend, value, bytes: [type, content] = [hex('0001'), Buffer.from(value.S)] } = attributes[name]
    const path = join(TABLE, u64(1), '$', u64(name.length), name)
    if (legend === 'e') {
      const stream = createCipheriv('aes-256-ctr', rootKey, join('AwsDbeField', Buffer.from([44]), u32(3 * index++))).update(
        Buffer.alloc(44),
      )
      const sealed = seal(stream.subarray(0, 32), stream.subarray(32), path, content)
      item[name] = { B: join(type, sealed).toString('base64') }
      record.push(path, u64(sealed.length), 'ENCRYPTED', type, sealed)
    } else {
      item[name] = value
      record.push(path, u64(content.length), 'PLAINTEXT', type, content)
    }
  }
  const hash = createHash('sha384')
    .update(join(...record))
    .digest()
  const tag = createHmac('sha384', derive(intermediateKey, 'AWS_MPL_INTERMEDIATE_KEYWRAP_MAC')).update(hash).digest()
  return { ...item, aws_dbe_head: { B: header.toString('base64') }, aws_dbe_foot: { B: tag.toString('base64') } }
}

const BASE = { 'aws-crypto-table-name': TABLE, 'aws-crypto-partition-name': 'id' }

const plain2 = (text) => ({ legend: 'c', value: { S: text } })
const hex = (text) => Buffer.from(text, 'hex')
const join = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)))
const short = (part) => join(Buffer.from([Buffer.byteLength(part) >> 8, Buffer.byteLength(part) & 0xff]), part)
const counted = (part) => join(u32(Buffer.byteLength(part)), part)
const nested = (type, content) => join(hex(type), counted(content))
const entry = (key) => join(nested('0001', key), nested('0001', 'v'))
const nestedLists = (depth) => (depth === 1 ? nested('0001', 'v') : nested('0300', join(u32(1), nestedLists(depth - 1))))
const serialize = (entries) => join(u16(entries.length), ...entries.flatMap(([name, value]) => [short(name), short(value)]))

const u16 = (n) => Buffer.from([n >> 8, n & 0xff])

function u32(n) {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(n)
  return bytes
}

function u64(n) {
  return join(u32(0), u32(n))
}

function derive(key, info) {
  return Buffer.from(hkdfSync('sha512', key, Buffer.alloc(0), info, 32))
}

function seal(key, iv, aad, plaintext) {
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad)
  return join(cipher.update(plaintext), cipher.final(), cipher.getAuthTag())
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const peerName of peerNames.filter((name) => name.startsWith('structured-'))) {
    try {
      const peer = await startPeer(peerName)
      const items = oddItems()
      const answers = await peer.request(items.map(({ config, item }) => ({ op: 'decrypt', config, item })))
      await peer.close()
      console.log(`${peerName} (${peer.version})`)
      answers.forEach(({ item, error }, i) => {
        const what = item === undefined ? `refused: ${error.replaceAll('\n', ' ')}` : `read ${JSON.stringify(item.x)}`
        console.log(`    ${items[i].name}: ${what.slice(0, 160)}`)
      })
    } catch (error) {
      console.log(`${peerName}: not run: ${error.message}`)
    }
  }
}
