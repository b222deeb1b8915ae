/**
 * Cases of the classic format for the peer programs: configurations over every kind of key a released client can both
 * write with and read with, and random items over all ten types. The same arguments give the same list.
 */
import { readFileSync } from 'node:fs'
import { attributeNames, keyValue, randomFrom, value } from './random-items.mjs'

export { sameItem } from './random-items.mjs'

const { keys: MATERIAL } = JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8'))

const ENCRYPT = 'ENCRYPT_AND_SIGN'
const SIGN = 'SIGN_ONLY'
const NOTHING = 'DO_NOTHING'

const WRAP_ALGORITHM = 'amzn-ddb-wrap-alg'
const ENVELOPE_ALGORITHM = 'amzn-ddb-env-alg'

/** What each released client can do, found by running it. `written` bounds the digits of a number as it is written out. */
const PEERS = {
  'classic-python': {
    dialect: 'python',
    digits: 28,
    written: 38,
    macs: ['HmacSHA256', 'HmacSHA384', 'HmacSHA512', 'HmacSHA224'],
    rsaSignatures: ['SHA256withRSA', 'SHA384withRSA', 'SHA512withRSA', 'SHA224withRSA'],
    ecSignatures: [],
    aesWraps: ['AES', 'AESWrap', 'AES/ECB/PKCS5Padding'],
    rsaWraps: [
      'RSA',
      'RSA/ECB/OAEPWithSHA-256AndMGF1Padding',
      'RSA/ECB/OAEPWithSHA-1AndMGF1Padding',
      'RSA/ECB/OAEPWithSHA-384AndMGF1Padding',
      'RSA/ECB/OAEPWithSHA-512AndMGF1Padding',
      'RSA/ECB/PKCS1Padding',
    ],
    contentKeys: [undefined, 'AES/128', 'AES/192', 'AES/256'],
  },
  'classic-java': {
    dialect: 'java',
    digits: 38,
    written: 126,
    macs: ['HmacSHA256', 'HmacSHA384', 'HmacSHA512', 'HmacSHA224', 'HmacSHA1'],
    rsaSignatures: ['SHA256withRSA', 'SHA384withRSA', 'SHA512withRSA', 'SHA224withRSA', 'SHA1withRSA'],
    ecSignatures: [
      ['SHA256withECDSA', 'P-256'],
      ['SHA384withECDSA', 'P-384'],
      ['SHA512withECDSA', 'P-521'],
      ['SHA512withECDSA', 'P-256'],
      ['SHA256withECDSA', 'P-384'],
    ],
    aesWraps: ['AES', 'AESWrap', 'AES/KW/NoPadding', 'AES/KWP/NoPadding', 'AES/ECB/PKCS5Padding'],
    rsaWraps: [
      'RSA',
      'RSA/ECB/OAEPWithSHA-256AndMGF1Padding',
      'RSA/ECB/OAEPWithSHA-1AndMGF1Padding',
      'RSA/ECB/OAEPWithSHA1AndMGF1Padding',
      'RSA/ECB/OAEPPadding',
      'RSA/ECB/OAEPWithSHA-224AndMGF1Padding',
      'RSA/ECB/OAEPWithSHA-384AndMGF1Padding',
      'RSA/ECB/OAEPWithSHA-512AndMGF1Padding',
      'RSA/ECB/OAEPWithMD5AndMGF1Padding',
      'RSA/ECB/PKCS1Padding',
    ],
    contentKeys: [undefined, 'AES/128', 'AES/192', 'AES/256', 'AES'],
  },
}

/**
 * `count` cases `{ name, config, item }` for one peer. The kinds of keys take turns, so that about thirty cases hold each once; all
 * else is drawn from `seed`. A number has no more digits than the peer keeps.
 */
export function classicCases(seed, count, { peer }) {
  const abilities = abilitiesOf(peer)
  const kinds = keyKinds(abilities)
  return Array.from({ length: count }, (_, index) => {
    const random = randomFrom(seed * 65_537 + index)
    const kind = kinds[index % kinds.length]
    const { keys, label, signOnly } = kind(random, Math.floor(index / kinds.length))
    return { name: `${String(index).padStart(4, '0')}: ${label}`, ...configAndItem(random, abilities, keys, signOnly) }
  })
}

/**
 * Cases on which the released clients' signatures differ, and the forms of numbers that no table returns but that may be handed to
 * `encrypt`: see sections 2.2, 2.3 and 5.4 of the format. The same for both peers but for the dialect.
 */
export function dialectCases({ peer }) {
  const { dialect } = abilitiesOf(peer)
  const names = ['\u{1F600}', '\uE000', '\uFFFD', 'a', 'A']
  const members = ['\u{1F600}', '\uFFFD', '\uE000', 'a', 'A', '']
  const bytes = ['AQ==', 'gA==', 'fw==', '', '/w==', 'gAE=', 'f4A=']
  const long = '12345678901234567890123456789012345678'
  const table = {
    'attribute names': Object.fromEntries(names.map((name, i) => [name, { S: `${i}` }])),
    'string set': { value: { SS: members } },
    'binary set': { value: { BS: bytes } },
    'map keys': { value: { M: Object.fromEntries(names.map((name) => [name, { S: name }])) } },
    'nested in a list': { value: { L: [{ SS: members }, { M: { inner: { BS: bytes } } }] } },
    'number of 38 digits': { value: { N: long } },
    'negative number of 29 digits': { value: { N: '-0.12345678901234567890123456785' } },
    'number set of 38 digits': { value: { NS: [long, '0.5', `-${long}`] } },
    'negative zero': { value: { N: '-0' } },
    'all at once': { '\u{1F600}': { BS: bytes }, '\uE000': { SS: members }, '\uFFFD': { N: long } },
  }
  const forms = ['1.50', '-1.500', '1E+2', '12.5e-3', '+7', '007', '.5', '5.', '0.00', '-0', '1E+100', '1E-130', '9.9E+125']
  const cases = []
  for (const action of [SIGN, ENCRYPT]) {
    const word = action === SIGN ? 'signed' : 'encrypted'
    for (const [what, item] of Object.entries(table)) cases.push([`order-sensitive ${word}: ${what}`, action, item])
    cases.push([`number forms ${word}`, action, Object.fromEntries(forms.map((form, i) => [`n${i}`, { N: form }]))])
  }
  const keys = { provider: 'static', encryptionKey: secret('aes-256', 'AES'), signingKey: secret('mac-32', 'HmacSHA256') }
  return cases.map(([name, action, item]) => ({
    name,
    config: { format: 'classic', table: 'dialects', partitionKey: 'id', actions: { default: action }, dialect, keys },
    item: { id: { S: '1' }, ...item },
  }))
}

/**
 * Whether the two clients sign this item differently: by order, or because a signed number is longer than Python keeps or is a
 * negative zero. `item` may be plain or encrypted: what is encrypted never makes a difference.
 */
export function dialectsDiffer({ config, item }) {
  const signed = Object.keys(item).filter((name) => !name.startsWith('*amzn-ddb-map-') && actionOf(config, name) !== NOTHING)
  const plain = signed.filter((name) => actionOf(config, name) === SIGN)
  return stringsDiffer(signed) || plain.some((name) => valuesDiffer(item[name]))
}

/** Whether the Python client gives back another value than was encrypted: it keeps 28 digits of a number. */
export function pythonRounds({ config, item }) {
  return Object.keys(item).some(
    (name) => actionOf(config, name) === ENCRYPT && numbersIn(item[name]).some((n) => significant(n).length > 28),
  )
}

function abilitiesOf(peer) {
  const abilities = PEERS[peer] ?? PEERS[`classic-${peer}`]
  if (abilities === undefined) throw new Error(`no peer named ${peer}: there are ${Object.keys(PEERS).join(', ')}`)
  return abilities
}

function actionOf(config, name) {
  if (name === config.partitionKey || name === config.sortKey) return SIGN
  const { attributes = {}, default: otherwise = ENCRYPT } = config.actions
  return Object.hasOwn(attributes, name) ? attributes[name] : otherwise
}

function stringsDiffer(strings) {
  const byUnit = [...strings].sort()
  const byPoint = [...strings].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))
  return byUnit.some((string, i) => string !== byPoint[i])
}

function binariesDiffer(members) {
  const bytes = members.map((member) => Buffer.from(member, 'base64'))
  const flipped = (buffer) => buffer.map((byte) => byte ^ 0x80)
  const unsigned = [...bytes].sort(Buffer.compare)
  const signed = [...bytes].sort((a, b) => Buffer.compare(flipped(a), flipped(b)))
  return signed.some((buffer, i) => !buffer.equals(unsigned[i]))
}

function valuesDiffer(value) {
  const [[type, content]] = Object.entries(value)
  if (type === 'N') return numbersDiffer(content)
  if (type === 'NS') return content.some(numbersDiffer)
  if (type === 'SS') return stringsDiffer(content)
  if (type === 'BS') return binariesDiffer(content)
  if (type === 'L') return content.some(valuesDiffer)
  if (type === 'M') return stringsDiffer(Object.keys(content)) || Object.values(content).some(valuesDiffer)
  return false
}

/** More than 28 significant digits, an integer written with more than 38 (Python refuses it), or a negative zero. */
function numbersDiffer(number) {
  const digits = coefficient(number)
  return significant(number).length > 28 || digits.length > 38 || (digits === '' && number.startsWith('-'))
}

const coefficient = (number) => number.replace(/e.*$/i, '').replace(/[-+.]/g, '').replace(/^0+/, '')
const significant = (number) => coefficient(number).replace(/0+$/, '')

function numbersIn(value) {
  const [[type, content]] = Object.entries(value)
  if (type === 'N') return [content]
  if (type === 'NS') return content
  if (type === 'L') return content.flatMap(numbersIn)
  if (type === 'M') return Object.values(content).flatMap(numbersIn)
  return []
}

// ---------------------------------------------------------------- keys

/** A list of functions `(random, turn) → { keys, label, signOnly? }`; `turn` counts how often the kind has come up. */
function keyKinds({ macs, rsaSignatures, ecSignatures, aesWraps, rsaWraps, contentKeys }) {
  const macKey = (algorithm) => (random) => ({ keys: { signingKey: secret(random.pick(MAC_KEYS), algorithm) }, label: algorithm })
  const rsaKey = (algorithm) => (random) => {
    const name = random.pick(['rsa-2048-signing', 'rsa-2048-signing', 'rsa-3072'])
    return { keys: pair(random, name, algorithm, 'signingKey', 'verificationKey'), label: `${algorithm} ${name.slice(4, 8)}` }
  }
  const ecKey = (algorithm, curve) => (random) => ({
    keys: pair(random, `ec-${curve}`, algorithm, 'signingKey', 'verificationKey'),
    label: `${algorithm} ${curve}`,
  })
  const signers = [...macs.map(macKey), ...rsaSignatures.map(rsaKey), ...ecSignatures.map((args) => ecKey(...args))]

  const fixed = signers.map((signer) => (random, turn) => {
    const { keys, label } = signer(random)
    const bits = [128, 192, 256][turn % 3]
    const encryptionKey = secret(`aes-${bits}`, 'AES')
    return { keys: describe(random, { provider: 'static', encryptionKey, ...keys }), label: `static AES ${bits}, ${label}` }
  })

  const withoutEncryption = (random, turn) => {
    const { keys, label } = signers[turn % signers.length](random)
    return { keys: describe(random, { provider: 'static', ...keys }), label: `sign only, ${label}`, signOnly: true }
  }

  const wrapped = [...aesWraps, ...rsaWraps].map((algorithm, row) => (random, turn) => {
    const signer = signers[(turn + row) % signers.length](random)
    const contentKey = contentKeys[turn % contentKeys.length]
    const [family, ...rest] = algorithm.split('/')
    // a transformation is asked for by the key's algorithm name or by the description: the same to every reader
    const inDescription = rest.length > 0 && random.chance(0.5)
    const name = inDescription ? family : algorithm
    const wrapping = family === 'RSA' ? rsaWrapping(random, name) : { wrappingKey: secret(`kek-${random.pick([128, 192, 256])}`, name) }
    const described = describe(random, { provider: 'wrapped', ...wrapping, ...signer.keys })
    const description = {
      ...described.description,
      ...(inDescription ? { [WRAP_ALGORITHM]: algorithm } : {}),
      ...(contentKey === undefined ? {} : { [ENVELOPE_ALGORITHM]: contentKey }),
    }
    return {
      keys: {
        ...described,
        ...(Object.keys(description).length > 0 ? { description } : {}),
        ...(algorithm === 'RSA/ECB/PKCS1Padding' ? { unwrapPkcs1: true } : {}),
      },
      label: `wrapped ${algorithm}, ${contentKey ?? 'default content key'}, ${signer.label}`,
    }
  })

  return [...fixed, withoutEncryption, ...wrapped]
}

const MAC_KEYS = ['mac-8', 'mac-20', 'mac-32', 'mac-32', 'mac-64', 'mac-129']

function rsaWrapping(random, algorithm) {
  return pair(random, random.pick(['rsa-2048', 'rsa-2048', 'rsa-3072']), algorithm, 'unwrappingKey', 'wrappingKey')
}

function describe(random, keys) {
  if (random.chance(0.6)) return keys
  const description = random.pick([
    { purpose: 'test' },
    { purpose: '', '\u00FCber': 'na\u00EFve \u{1F511}' },
    { '\uFFFD': '1', '\u{1F600}': '2', a: 'x'.repeat(300) },
  ])
  return { ...keys, description }
}

function secret(name, algorithm) {
  return { algorithm, encoding: 'RAW', type: 'symmetric', material: MATERIAL[name] }
}

function pair(random, name, algorithm, privateRole, publicRole) {
  const encoding = random.pick(['DER', 'PEM'])
  const key = (type) => ({ algorithm, encoding, type, material: encoded(encoding, type, MATERIAL[`${name}-${type}`]) })
  return { [privateRole]: key('private'), [publicRole]: key('public') }
}

function encoded(encoding, type, base64) {
  if (encoding === 'DER') return base64
  const label = `${type.toUpperCase()} KEY`
  return `-----BEGIN ${label}-----\n${base64.match(/.{1,64}/g).join('\n')}\n-----END ${label}-----\n`
}

// ---------------------------------------------------------------- items

function configAndItem(random, abilities, keys, signOnly = false) {
  const names = attributeNames(random, random.integer(1, 9))
  const [partitionKey, ...others] = names
  const sortKey = others.length > 0 && random.chance(0.6) ? others.shift() : undefined
  const keyNames = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]

  const item = Object.fromEntries([
    ...keyNames.map((name) => [name, keyValue(random, abilities)]),
    ...others.map((name) => [name, value(random, abilities, random.integer(0, 5))]),
  ])

  const choices = signOnly ? [SIGN, SIGN, NOTHING] : [ENCRYPT, ENCRYPT, SIGN, NOTHING]
  const otherwise = random.pick(signOnly ? [SIGN, SIGN, NOTHING] : [ENCRYPT, ENCRYPT, ENCRYPT, SIGN, NOTHING])
  const named = others.filter(() => random.chance(0.4))
  if (random.chance(0.1)) named.push('not in this item')
  const attributes = Object.fromEntries(named.map((name) => [name, random.pick(choices)]))

  const config = {
    format: 'classic',
    table: random.pick(['table', 'Table-1.test_x', 'tbl', 't'.repeat(255)]),
    partitionKey,
    ...(sortKey === undefined ? {} : { sortKey }),
    actions: { default: otherwise, ...(named.length > 0 ? { attributes } : {}) },
    dialect: abilities.dialect,
    keys,
  }
  return { config, item }
}
