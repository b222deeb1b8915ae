/**
 * Cases of the structured format for the peer programs: configurations over every keyring that needs no service, and random items over
 * all ten types. The same arguments give the same list.
 *
 * A case is `{ name, config, item, readConfig? }`: what was written with `config` is read with `readConfig`, if there is one, by
 * another party than wrote it.
 */
import { readFileSync } from 'node:fs'
import { attributeNames, binary, number, randomFrom, text, value } from './random-items.mjs'

export { sameItem } from './random-items.mjs'

const { keys: MATERIAL } = JSON.parse(readFileSync(new URL('keys.json', import.meta.url), 'utf8'))

const ENCRYPT = 'ENCRYPT_AND_SIGN'
const SIGN = 'SIGN_ONLY'
const CONTEXT = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT'
const NOTHING = 'DO_NOTHING'

const PADDINGS = ['OAEP_SHA1_MGF1', 'OAEP_SHA256_MGF1', 'OAEP_SHA384_MGF1', 'OAEP_SHA512_MGF1', 'PKCS1']
const CURVES = ['P-256', 'P-384', 'P-521']
const NUMBERS = { digits: 38, written: 126 }

/** What a peer program can do beyond what all can. Rust's key store takes no client but a real one. */
const PEERS = {
  'structured-java': { branchKeys: true },
  'structured-rust': { branchKeys: false },
}

/**
 * `count` cases for one peer. The keyrings take turns, so that about twenty cases hold each once; so do the types of the keys and the two
 * ways to leave attributes unsigned. All else is drawn from `seed`.
 */
export function structuredCases(seed, count, { peer }) {
  const kinds = keyringKinds(abilitiesOf(peer))
  return Array.from({ length: count }, (_, index) => {
    const random = randomFrom(seed * 65_537 + index)
    const { keys, readKeys, label } = kinds[index % kinds.length](random)
    const { config, item } = configAndItem(random, index + Math.floor(index / kinds.length), keys)
    const version = includes(config) ? 2 : 1
    return {
      name: `${String(index).padStart(4, '0')}: ${label}, ${config.algorithmSuite ?? 'default suite'}, version ${version}`,
      config,
      ...(readKeys === undefined ? {} : { readConfig: { ...config, keys: readKeys } }),
      item,
    }
  })
}

/** Cases on what orders, lengths and forms of numbers might be got wrong; the same for every peer. */
export function structuredOrderCases() {
  const names = ['\u{1F600}', '\uE000', '\uFFFD', 'a', 'A', 'zz', '\u00E9', '\uFFFF\uFFFF', '\u{10FFFF}', '\uD7FF']
  const members = ['\u{1F600}', '\uFFFD', '\uE000', 'a', 'A', '', '\u{1F600}a', '\uFFFDa']
  const bytes = ['AQ==', 'gA==', 'fw==', '', '/w==', 'gAE=', 'f4A=']
  const long = '12345678901234567890123456789012345678'
  const values = {
    S: { S: '\uFEFFna\u00EFve \u{1F511}\u0000' },
    N: { N: '-12.5' },
    B: { B: 'AP+A' },
    BOOL: { BOOL: true },
    'BOOL false': { BOOL: false },
    NULL: { NULL: true },
    SS: { SS: members },
    NS: { NS: ['10', '1', '2', '-3', '0.5'] },
    BS: { BS: bytes },
    L: { L: [{ SS: members }, { M: { inner: { BS: bytes } } }, { L: [] }] },
    M: { M: Object.fromEntries(names.map((name) => [name, { S: name }])) },
    'empty S': { S: '' },
    'empty B': { B: '' },
    'empty sets': { M: { SS: { SS: [] }, NS: { NS: [] }, BS: { BS: [] } } },
    'long numbers': { NS: [long, `-0.${long}`, `-${long.slice(0, 9)}.${long.slice(9)}`] },
  }
  const forms = ['1.50', '-1.500', '1E+2', '12.5e-3', '+7', '007', '.5', '5.', '0.00', '-0', '1E+100', '1E-130', '9.9E+125']
  const deep = (depth) => (depth === 1 ? { S: 'bottom' } : depth % 2 === 0 ? { L: [deep(depth - 1)] } : { M: { m: deep(depth - 1) } })
  const table = {
    'names of every width': Object.fromEntries(names.map((name, i) => [name, { S: `${i}` }])),
    'every type': values,
    'number forms': Object.fromEntries(forms.map((form, i) => [`n${i}`, { N: form }])),
    'set of number forms': { value: { NS: ['1.50', '1E+2', '12.5e-3', '+7', '007.1', '.5', '-0'] } },
    '32 deep': { value: deep(32) },
    'one attribute': {},
  }
  const cases = []
  for (const [what, item] of Object.entries(table)) {
    for (const action of [ENCRYPT, SIGN, CONTEXT]) cases.push([what, { default: action }, item])
  }
  const takingTurns = Object.fromEntries(names.map((name, i) => [name, [ENCRYPT, SIGN, CONTEXT][i % 3]]))
  const types = ['S', 'N', 'BOOL', 'NULL', 'B', 'BOOL false', 'SS', 'L', 'NS', 'M']
  cases.push([
    'names of every width, types taking turns',
    { default: CONTEXT },
    Object.fromEntries(names.map((name, i) => [name, values[types[i]]])),
  ])
  cases.push(['names of every width, actions taking turns', { attributes: takingTurns }, table['names of every width']])

  const keys = { keyring: 'raw-aes', namespace: 'orders', name: 'key', wrappingKey: MATERIAL['kek-256'] }
  const common = (actions) => ({ format: 'structured', table: 'orders', partitionKey: 'id', actions, algorithmSuite: '0x6700', keys })
  const ofActions = cases.map(([what, actions, item]) => ({
    name: `orders: ${what}${actions.default === undefined ? '' : `, all ${actions.default}`}`,
    config: common(actions),
    item: { id: { S: '1' }, ...item },
  }))
  const ofTables = ['\u{1F5C3}', '\uE000\uFFFD', 'Tabelle\u00FC', '\u8868', 'a'].flatMap((tableName) =>
    ['0x6700', '0x6701'].map((algorithmSuite) => ({
      name: `orders: table ${JSON.stringify(tableName)}, ${algorithmSuite}`,
      config: { ...common({ default: ENCRYPT }), table: tableName, sortKey: '\u{1F600}', algorithmSuite },
      item: { id: { N: '1' }, '\u{1F600}': { B: 'gA==' }, x: { S: 'x' } },
    })),
  )
  return [...ofActions, ...ofTables]
}

function abilitiesOf(peer) {
  const abilities = PEERS[peer] ?? PEERS[`structured-${peer}`]
  if (abilities === undefined) throw new Error(`no peer named ${peer}: there are ${Object.keys(PEERS).join(', ')}`)
  return abilities
}

function includes({ actions }) {
  return actions.default === CONTEXT || Object.values(actions.attributes ?? {}).includes(CONTEXT)
}

// ---------------------------------------------------------------- keyrings

/** A list of functions `(random) → { keys, readKeys?, label }`. */
function keyringKinds({ branchKeys }) {
  const aes = [128, 192, 256].map((bits) => (random) => ({
    keys: { keyring: 'raw-aes', ...keyName(random), wrappingKey: MATERIAL[`kek-${bits}`] },
    label: `raw AES ${bits}`,
  }))
  const rsa = PADDINGS.map((padding) => (random) => {
    const name = random.pick(['rsa-2048', 'rsa-2048', 'rsa-3072'])
    const keyring = { keyring: 'raw-rsa', ...keyName(random), padding }
    const [publicKey, privateKey] = [pem(name, 'public'), pem(name, 'private')]
    const label = `raw RSA ${name.slice(4)} ${padding}`
    if (random.chance(0.5)) return { keys: { ...keyring, publicKey, privateKey }, label }
    return { keys: { ...keyring, publicKey }, readKeys: { ...keyring, privateKey }, label }
  })
  const agreed = CURVES.map((curve) => (random) => {
    const [one, other] = random.chance(0.5) ? [`ec-${curve}`, `ec-${curve}-other`] : [`ec-${curve}-other`, `ec-${curve}`]
    const keyring = { keyring: 'raw-ecdh', curve, schema: 'static' }
    const label = `raw ECDH ${curve} static`
    const keys = { ...keyring, privateKey: pem(one, 'private'), publicKey: pem(other, 'public') }
    const readers = [
      undefined,
      { ...keyring, privateKey: pem(other, 'private'), publicKey: pem(one, 'public') },
      { keyring: 'raw-ecdh', curve, schema: 'discovery', privateKey: pem(other, 'private') },
    ]
    const readKeys = random.pick(readers)
    return { keys, ...(readKeys === undefined ? {} : { readKeys }), label }
  })
  const ephemeral = CURVES.map((curve) => (random) => {
    const name = random.pick([`ec-${curve}`, `ec-${curve}-other`])
    const keyring = { keyring: 'raw-ecdh', curve }
    return {
      keys: { ...keyring, schema: 'ephemeral', publicKey: pem(name, 'public') },
      readKeys: { ...keyring, schema: 'discovery', privateKey: pem(name, 'private') },
      label: `raw ECDH ${curve} ephemeral`,
    }
  })
  const hierarchical = (random) => ({
    keys: {
      keyring: 'hierarchical-static',
      branchKeyId: random.pick(['branch-key-1', '\u6839\u{1F511}', 'bd3842ff-3076-4092-9918-4395730050b8']),
      version: random.pick(['e9ce18a3-edb5-4272-9f86-1cacb7997ff6', '00000000-0000-4000-8000-000000000001']),
      branchKey: MATERIAL['kek-256'],
    },
    label: 'hierarchical',
  })
  const single = [...aes, ...rsa, ...agreed, ...ephemeral, ...(branchKeys ? [hierarchical] : [])]
  const multi = [1, 2, 3, 4].map((dataKeys) => (random) => {
    const members = Array.from({ length: dataKeys }, () => random.pick(single)(random))
    const [generator, ...children] = members.map(({ keys }) => keys)
    const readers = members.map(({ keys, readKeys = keys }) => readKeys)
    const readKeys = random.pick([
      { keyring: 'multi', generator: readers[0], children: readers.slice(1) },
      { keyring: 'multi', children: readers.toReversed() },
      random.pick(readers),
      { keyring: 'multi', children: [readers.at(-1)] },
    ])
    const label = `multi of ${members.map(({ label }) => label).join(' + ')}`
    return { keys: { keyring: 'multi', generator, children }, readKeys, label }
  })
  return [...single, ...multi]
}

function keyName(random) {
  return {
    namespace: random.pick(['namespace', 'n', '\u043F\u0440\u043E\u0441\u0442\u0440', '\u{1F511}', 'aws-kms-not']),
    name: random.pick(['name', 'k', 'cl\u00E9', '\u9375\u{1F511}', 'k'.repeat(200)]),
  }
}

function pem(name, type) {
  const label = `${type.toUpperCase()} KEY`
  return `-----BEGIN ${label}-----\n${MATERIAL[`${name}-${type}`].match(/.{1,64}/g).join('\n')}\n-----END ${label}-----\n`
}

// ---------------------------------------------------------------- items

const TABLES = ['table', 'Table-1.test_x', 't'.repeat(255), '\u0442\u0430\u0431\u043B\u0438\u0446\u0430', '\u{1F5C3}\uFFFD', '\u8868 1']
const PREFIXES = ['_', ':', '\u{1F4A4}', '\u043D\u0435', '\uE000x']

const KEY_VALUES = [
  (random) => ({ S: text(random, 1, 12) }),
  (random) => ({ N: number(random, NUMBERS) }),
  (random) => ({ B: binary(random, 1, 20) }),
]

/** The types of both keys and the forms of `unsigned` follow from `turn`. */
function configAndItem(random, turn, keys) {
  const prefix = turn % 4 >= 2 ? random.pick(PREFIXES) : undefined
  const [partitionKey, ...rest] = attributeNames(random, random.integer(2, 9)).filter(
    (name) => prefix === undefined || !name.startsWith(prefix),
  )
  const sortKey = rest.length > 0 && turn % 5 > 1 ? rest.shift() : undefined
  const listed = turn % 2 === 1 ? rest.splice(0, random.integer(0, 2)) : undefined
  const prefixed = prefix === undefined ? [] : attributeNames(random, random.integer(0, 2)).map((name) => prefix + name)
  const unsigned = [...new Set([...(listed ?? []), ...prefixed])]

  const item = Object.fromEntries([
    [partitionKey, KEY_VALUES[turn % 3](random)],
    ...(sortKey === undefined ? [] : [[sortKey, KEY_VALUES[Math.floor(turn / 3) % 3](random)]]),
    ...[...rest, ...unsigned].map((name) => [name, value(random, NUMBERS, random.integer(0, 5))]),
  ])

  const inContext = random.chance(0.5)
  const choices = inContext ? [CONTEXT, CONTEXT, CONTEXT, ENCRYPT, ENCRYPT, SIGN] : [ENCRYPT, ENCRYPT, ENCRYPT, SIGN]
  const otherwise = random.chance(0.25) ? undefined : random.pick(choices)
  const named = rest.filter(() => otherwise === undefined || random.chance(0.4)).map((name) => [name, random.pick(choices)])
  for (const name of unsigned) if (random.chance(0.6)) named.push([name, NOTHING])
  if (random.chance(0.1)) named.push(['not in this item', random.pick([ENCRYPT, SIGN])])
  if (inContext && otherwise !== CONTEXT && random.chance(0.5)) named.push([partitionKey, CONTEXT])

  const config = {
    format: 'structured',
    table: random.pick(TABLES),
    partitionKey,
    ...(sortKey === undefined ? {} : { sortKey }),
    actions: {
      ...(otherwise === undefined ? {} : { default: otherwise }),
      ...(named.length > 0 ? { attributes: Object.fromEntries(named) } : {}),
    },
    ...(listed === undefined
      ? {}
      : { allowedUnsignedAttributes: listed.length === 0 || random.chance(0.3) ? [...listed, 'never there'] : listed }),
    ...(prefix === undefined ? {} : { allowedUnsignedAttributePrefix: prefix }),
    ...random.pick([{}, { algorithmSuite: '0x6700' }, { algorithmSuite: '0x6700' }, { algorithmSuite: '0x6701' }]),
    keys,
  }
  return { config, item }
}
