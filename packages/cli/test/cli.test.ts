import { spawn } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { decrypt, encrypt, file, folder, ITEMS, itemseal, MAIN } from './run.ts'

const symmetric = (algorithm: string, length: number) => ({
  algorithm,
  encoding: 'RAW',
  type: 'symmetric',
  material: createHash('sha512').update(algorithm).digest().subarray(0, length).toString('base64'),
})
const encryptionKey = symmetric('AES', 32)
const signingKey = symmetric('HmacSHA256', 32)
const CONFIG = {
  format: 'classic',
  table: 'people',
  partitionKey: 'id',
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: { city: 'SIGN_ONLY', note: 'DO_NOTHING' } },
  keys: { provider: 'static', encryptionKey, signingKey },
}

const without = (config: typeof CONFIG, ...path: string[]) => {
  const copy = structuredClone(config) as Record<string, unknown>
  const last = path.pop()!
  delete path.reduce((object, name) => object[name] as Record<string, unknown>, copy)[last]
  return copy
}
const keyPair = (type: 'rsa' | 'ec', options: object) => {
  const pair = generateKeyPairSync(type as 'rsa', {
    modulusLength: 2048,
    ...options,
    publicKeyEncoding: { format: 'der', type: 'spki' },
    privateKeyEncoding: { format: 'pem', type: 'pkcs8' },
  })
  return {
    publicKey: (algorithm: string) => ({ algorithm, encoding: 'DER', type: 'public', material: pair.publicKey.toString('base64') }),
    privateKey: (algorithm: string) => ({ algorithm, encoding: 'PEM', type: 'private', material: pair.privateKey }),
  }
}

describe('itemseal encrypt and decrypt', () => {
  test('give back what went in, in the same order', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => JSON.stringify({ id: { S: String(i) }, text: { S: 'x'.repeat((i * 37) % 500) } }))
    const encrypted = await encrypt(CONFIG, many)
    expect(encrypted).toMatchObject({ status: 0, err: '' })
    expect(encrypted.out.length).toBe(1000)
    expect(encrypted.out.join().includes('x'.repeat(20))).toBe(false)
    expect(await decrypt(CONFIG, encrypted.out)).toEqual({ status: 0, out: many, err: '' })
  })

  test('read and write files that are named', async () => {
    const [input, encrypted, output] = [file(ITEMS.join('\n')), file(''), file('')]
    const config = file(CONFIG)
    expect(await itemseal(['encrypt', '--config', config, '--in', input, '--out', encrypted])).toEqual({ status: 0, out: [], err: '' })
    expect(await itemseal(['decrypt', '--config', config, '--in', encrypted, '--out', output])).toEqual({ status: 0, out: [], err: '' })
    expect(readFileSync(output, 'utf8')).toBe(`${ITEMS.join('\n')}\n`)
  })

  test('refuse to write the file that they read', async () => {
    const both = file(ITEMS.join('\n'))
    const run = await itemseal(['encrypt', '--config', file(CONFIG), '--in', both, '--out', both])
    expect(run).toMatchObject({ status: 2, out: [] })
    expect(readFileSync(both, 'utf8')).toBe(ITEMS.join('\n'))
  })

  test('skip blank lines, take the ends of lines of every system, and any line length', async () => {
    const long = JSON.stringify({ id: { S: '3' }, long: { S: 'é'.repeat(200_000) } })
    const encrypted = await itemseal(['encrypt', '--config', file(CONFIG)], `\n${ITEMS[0]}\r\n \t\n\n${long}`)
    expect(encrypted.out.length).toBe(2)
    expect((await decrypt(CONFIG, encrypted.out)).out).toEqual([ITEMS[0], long])
  })

  test('stop at the first line that fails, with its number, and write nothing for it', async () => {
    const encrypted = await encrypt(CONFIG, [...ITEMS, ...ITEMS])
    const lines = encrypted.out.map((line, i) => (i === 2 ? line.replace('London', 'Paris') : line))
    lines.splice(1, 0, '')
    const run = await decrypt(CONFIG, lines)
    expect(run).toMatchObject({ status: 1, out: ITEMS })
    expect(JSON.parse(run.err)).toEqual({ line: 4, code: 'NOT_AUTHENTIC', message: 'the signature does not match the item' })
  })

  test('go on after a failure if told to, and still exit 1', async () => {
    const encrypted = await encrypt(CONFIG)
    const run = await decrypt(CONFIG, ['not JSON', encrypted.out[0]!, '[]', '{"id":{"X":1}}', encrypted.out[1]!], '--keep-going')
    expect(run).toMatchObject({ status: 1, out: ITEMS })
    expect(
      run.err
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { line: 1, code: 'MALFORMED', message: 'not JSON' },
      { line: 3, code: 'MALFORMED', message: expect.stringContaining('not an item') },
      { line: 4, code: 'MALFORMED', message: expect.stringContaining('"id"') },
    ])
  })

  test('refuse text that is not UTF-8 rather than change it', async () => {
    const run = await itemseal(
      ['encrypt', '--config', file(CONFIG)],
      Buffer.concat([Buffer.from('{"id":{"S":"'), Buffer.of(0xff), Buffer.from('"}}')]),
    )
    expect(run).toMatchObject({ status: 1, out: [] })
    expect(JSON.parse(run.err)).toMatchObject({ line: 1, code: 'MALFORMED' })
  })

  test('refuse plaintext items unless told to let them pass', async () => {
    expect((await decrypt(CONFIG, ITEMS)).status).toBe(1)
    expect(await decrypt(CONFIG, ITEMS, '--allow-plaintext')).toEqual({ status: 0, out: ITEMS, err: '' })
    const foreign = JSON.stringify({ id: { S: '1' }, aws_dbe_foot: { B: 'AAEC' } }) // of the other format, and no plaintext
    expect(await decrypt(CONFIG, [foreign], '--allow-plaintext')).toMatchObject({
      status: 1,
      out: [],
      err: expect.stringContaining('UNSUPPORTED'),
    })
  })

  test('end quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [MAIN, 'encrypt', '--config', file(CONFIG)])
    let err = ''
    child.stderr.on('data', (piece: Buffer) => {
      err += piece.toString()
    })
    child.stdin.on('error', () => {})
    child.stdout.destroy()
    child.stdin.end(Array(5000).fill(ITEMS[0]).join('\n'))
    const [status] = (await once(child, 'close')) as [number]
    expect({ status, err }).toEqual({ status: 0, err: '' })
  })

  test('do not forget the lines that failed when nobody reads on', async () => {
    const child = spawn(process.execPath, [MAIN, 'encrypt', '--config', file(CONFIG), '--keep-going'])
    child.stderr.resume()
    child.stdin.on('error', () => {})
    child.stdout.destroy()
    child.stdin.end(['no item', ...Array(5000).fill(ITEMS[0])].join('\n'))
    expect((await once(child, 'close'))[0]).toBe(1)
  })

  test('write what they can when nobody hears of what they cannot', async () => {
    const child = spawn(process.execPath, [MAIN, 'encrypt', '--config', file(CONFIG), '--keep-going'])
    const out: Buffer[] = []
    child.stdout.on('data', (piece: Buffer) => out.push(piece))
    child.stderr.destroy()
    child.stdin.end([...Array(2000).fill('no item'), ...Array(2000).fill(ITEMS[0])].join('\n'))
    expect((await once(child, 'close'))[0]).toBe(1)
    expect(Buffer.concat(out).toString().trimEnd().split('\n')).toHaveLength(2000)
  })
})

describe('the keys of a configuration', () => {
  const rsa = keyPair('rsa', {})
  const ec = keyPair('ec', { namedCurve: 'secp384r1' })

  test.each([
    ['static keys with a description', { provider: 'static', encryptionKey, signingKey, description: { purpose: 'test' } }],
    ['a MAC with SHA-224', { provider: 'static', encryptionKey, signingKey: { ...signingKey, algorithm: 'HmacSHA224' } }],
    ['an AES key that wraps', { provider: 'wrapped', wrappingKey: encryptionKey, signingKey }],
    [
      'an AES key that wraps with padding',
      { provider: 'wrapped', wrappingKey: { ...encryptionKey, algorithm: 'AES/KWP/NoPadding' }, signingKey },
    ],
    [
      'an RSA key pair',
      {
        provider: 'wrapped',
        wrappingKey: rsa.publicKey('RSA'),
        unwrappingKey: rsa.privateKey('RSA'),
        signingKey: rsa.privateKey('SHA256withRSA'),
        verificationKey: rsa.publicKey('SHA256withRSA'),
      },
    ],
    ['an RSA private key alone', { provider: 'wrapped', wrappingKey: rsa.privateKey('RSA'), signingKey: rsa.privateKey('SHA224withRSA') }],
    [
      'RSA as the description wants it',
      {
        provider: 'wrapped',
        wrappingKey: rsa.privateKey('RSA'),
        signingKey,
        description: { 'amzn-ddb-wrap-alg': 'RSA/ECB/OAEPWithSHA-512AndMGF1Padding', 'amzn-ddb-env-alg': 'AES/128' },
      },
    ],
    [
      'RSA with PKCS #1',
      {
        provider: 'wrapped',
        wrappingKey: rsa.publicKey('RSA/ECB/PKCS1Padding'),
        unwrappingKey: rsa.privateKey('RSA'),
        signingKey,
        unwrapPkcs1: true,
      },
    ],
    ['ECDSA', { provider: 'static', encryptionKey, signingKey: ec.privateKey('SHA384withECDSA') }],
  ])('may be %s, in both dialects', async (_, keys) => {
    for (const dialect of ['java', 'python']) {
      const encrypted = await encrypt({ ...CONFIG, dialect, keys })
      expect(encrypted).toMatchObject({ status: 0, err: '' })
      expect(await decrypt({ ...CONFIG, dialect, keys }, encrypted.out)).toEqual({ status: 0, out: ITEMS, err: '' })
    }
  })

  test('open PKCS #1 only when told to', async () => {
    const keys = {
      provider: 'wrapped',
      wrappingKey: rsa.publicKey('RSA/ECB/PKCS1Padding'),
      unwrappingKey: rsa.privateKey('RSA'),
      signingKey,
    }
    const { out } = await encrypt({ ...CONFIG, keys })
    const run = await decrypt({ ...CONFIG, keys: { ...keys, wrappingKey: rsa.publicKey('RSA') } }, out)
    expect(run).toMatchObject({ status: 1, out: [] })
    expect(JSON.parse(run.err).code).toBe('UNSUPPORTED')
  })

  test('need only what the command needs', async () => {
    const { out } = await encrypt(CONFIG)
    expect((await decrypt({ ...CONFIG, keys: { provider: 'static', encryptionKey, verificationKey: signingKey } }, out)).status).toBe(0)
    expect((await encrypt({ ...CONFIG, actions: { default: 'SIGN_ONLY' }, keys: { provider: 'static', signingKey } })).status).toBe(0)
    expect((await encrypt({ ...CONFIG, keys: { provider: 'wrapped', wrappingKey: rsa.publicKey('RSA'), signingKey } })).status).toBe(0)
  })

  test('may come in versions from a file of the store', async () => {
    const store = {
      format: 'classic',
      table: 'metastore',
      partitionKey: 'N',
      sortKey: 'V',
      actions: { default: 'ENCRYPT_AND_SIGN' },
      keys: CONFIG.keys,
    }
    const [enc, int] = [symmetric('AES', 32).material, symmetric('AESWrap', 32).material]
    const material = JSON.stringify({
      N: { S: 'orders' },
      V: { N: '3' },
      t: { S: '0' },
      enc: { B: enc },
      encAlg: { S: 'AES' },
      int: { B: int },
      intAlg: { S: 'HmacSHA256' },
    })
    const items = file((await encrypt(store, [material])).out.join('\n'))
    const wrapped = {
      provider: 'wrapped',
      wrappingKey: { ...encryptionKey, material: enc },
      signingKey: { ...signingKey, material: int },
      description: { 'amzn-ddb-meta-id': 'orders#3' },
    }
    const { out } = await encrypt({ ...CONFIG, keys: wrapped })
    const keys = { provider: 'most-recent', materialName: 'orders', store: { table: 'metastore', items }, keys: CONFIG.keys }
    expect(await decrypt({ ...CONFIG, keys }, out)).toEqual({ status: 0, out: ITEMS, err: '' })
    expect(await encrypt({ ...CONFIG, keys })).toMatchObject({ status: 2, out: [] })
    expect(await decrypt({ ...CONFIG, keys }, out, '--out', items)).toMatchObject({
      status: 2,
      err: expect.stringContaining('a file that the configuration names and --out are the same file'),
    })
    expect(await decrypt({ ...CONFIG, keys }, out)).toMatchObject({ status: 0, out: ITEMS }) // it is as it was

    const noted = JSON.stringify({ ...JSON.parse(material), note: { S: 'of its owner' } })
    const actions = { default: 'ENCRYPT_AND_SIGN', attributes: { note: 'SIGN_ONLY' } }
    const notes = file((await encrypt({ ...store, actions }, [noted])).out.join('\n'))
    const withNotes = (signedOnlyFields: string[]) => ({ ...keys, store: { table: 'metastore', items: notes, signedOnlyFields } })
    expect((await decrypt({ ...CONFIG, keys: withNotes(['note']) }, out)).status).toBe(0)
    expect((await decrypt({ ...CONFIG, keys: withNotes([]) }, out)).status).toBe(1)
    expect((await decrypt({ ...CONFIG, keys: withNotes(['enc']) }, out)).err).toContain('keys.store.signedOnlyFields')
  })
})

describe('a wrong configuration exits 2 before anything is read, and names the key', () => {
  test.each([
    ['format', without(CONFIG, 'format'), 'format'],
    ['an unknown format', { ...CONFIG, format: 'modern' }, 'format'],
    ['table', without(CONFIG, 'table'), 'table'],
    ['partitionKey', without(CONFIG, 'partitionKey'), 'partitionKey'],
    ['actions', without(CONFIG, 'actions'), 'actions'],
    ['the default action', { ...CONFIG, actions: {} }, 'actions.default'],
    ['an unknown action', { ...CONFIG, actions: { default: 'SIGN' } }, 'actions.default'],
    [
      'an encrypted key attribute',
      { ...CONFIG, actions: { default: 'SIGN_ONLY', attributes: { id: 'ENCRYPT_AND_SIGN' } } },
      'actions: key attribute "id"',
    ],
    [
      'an unsigned key attribute',
      { ...CONFIG, actions: { default: 'SIGN_ONLY', attributes: { id: 'DO_NOTHING' } } },
      'actions: key attribute "id"',
    ],
    ['an unknown dialect', { ...CONFIG, dialect: 'ruby' }, 'dialect'],
    ['an unknown key', { ...CONFIG, colour: 'red' }, 'colour'],
    ['an unknown key within', { ...CONFIG, keys: { ...CONFIG.keys, salt: '' } }, 'keys.salt'],
    ['keys', without(CONFIG, 'keys'), 'keys'],
    ['an unknown provider', { ...CONFIG, keys: { provider: 'magic' } }, 'keys.provider'],
    ['the signing key', without(CONFIG, 'keys', 'signingKey'), 'keys.signingKey'],
    ['the encryption key', without(CONFIG, 'keys', 'encryptionKey'), 'keys.encryptionKey'],
    ['the wrapping key', { ...CONFIG, keys: { provider: 'wrapped', signingKey } }, 'keys.wrappingKey'],
    ['a key of a wrong length', { ...CONFIG, keys: { ...CONFIG.keys, encryptionKey: symmetric('AES', 20) } }, 'keys.encryptionKey'],
    [
      'a key that is not base64',
      { ...CONFIG, keys: { ...CONFIG.keys, encryptionKey: { ...encryptionKey, material: '§' } } },
      'keys.encryptionKey.material',
    ],
    [
      'an unknown algorithm',
      { ...CONFIG, keys: { ...CONFIG.keys, signingKey: { ...signingKey, algorithm: 'HmacFOO' } } },
      'keys.signingKey',
    ],
    [
      'an encoding of another kind',
      { ...CONFIG, keys: { ...CONFIG.keys, signingKey: { ...signingKey, encoding: 'DER' } } },
      'keys.signingKey.encoding',
    ],
    ['no JSON', '{', 'JSON'],
    ['no object', '[]', 'itemseal: the configuration: an object is wanted'],
    ['a sort key that is the partition key', { ...CONFIG, sortKey: 'id' }, 'sortKey: is the partitionKey'],
    [
      'an entry of the description that is the format’s own',
      { ...CONFIG, keys: { ...CONFIG.keys, description: { 'amzn-ddb-map-sym-mode': 'x' } } },
      'keys.description.amzn-ddb-map-sym-mode',
    ],
    [
      'a key within a key, once',
      { ...CONFIG, keys: { ...CONFIG.keys, signingKey: { ...signingKey, material: '§' } } },
      'itemseal: keys.signingKey.material: ',
    ],
  ])('%s', async (_, config, words) => {
    const run = await encrypt(config)
    expect(run).toMatchObject({ status: 2, out: [] })
    expect(run.err).toContain(words)
    expect(run.err).not.toContain(encryptionKey.material)
  })

  test('the verification key, and a file that is not there', async () => {
    expect(await decrypt({ ...CONFIG, keys: { provider: 'static', encryptionKey } }, [])).toMatchObject({
      status: 2,
      err: expect.stringContaining('keys.verificationKey'),
    })
    expect(await itemseal(['decrypt', '--config', join(folder, 'nothing')])).toMatchObject({
      status: 2,
      err: expect.stringContaining('--config'),
    })
    expect(await itemseal(['decrypt', '--config', file(CONFIG), '--in', join(folder, 'nothing')])).toMatchObject({
      status: 2,
      err: expect.stringContaining('--in'),
    })
  })
})

describe('itemseal', () => {
  test.each([
    [[]],
    [['seal']],
    [['encrypt']],
    [['encrypt', 'more']],
    [['encrypt', '--colour']],
    [['encrypt', '--json', '--config', 'x']],
    [['inspect', '--config', 'x']],
  ])('exits 2 when called as %j', async (args) => {
    expect(await itemseal(args)).toMatchObject({ status: 2, out: [], err: expect.stringContaining('--help') })
  })

  test('explains itself', async () => {
    const { status, out } = await itemseal(['--help'])
    expect(status).toBe(0)
    for (const word of ['encrypt', 'decrypt', 'inspect', '--config', '--keep-going', 'Exit status']) expect(out.join()).toContain(word)
    expect((await itemseal(['--version'])).out).toEqual([
      JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version,
    ])
  })

  test('decrypts the lines of an export, full and incremental, and refuses others', async () => {
    const { out } = await encrypt(CONFIG)
    const lines = (decrypted: string[]) => [
      `{"Item":${decrypted[0]}}`,
      `{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"id":{"S":"1"}},"NewImage":${decrypted[0]},"OldImage":${decrypted[1]}}`,
      '{"Metadata":{"WriteTimestampMicros":{"N":"1"}},"Keys":{"id":{"S":"1"}}}',
    ]
    const run = (input: string[]) => itemseal(['decrypt', '--export', '--config', file(CONFIG)], input.join('\n'))
    expect(await run(lines(out))).toEqual({ status: 0, out: lines(ITEMS), err: '' })
    const refused = await run([lines(out)[0]!, out[0]!])
    expect(refused).toMatchObject({ status: 1, out: [lines(ITEMS)[0]] })
    expect(JSON.parse(refused.err)).toMatchObject({ line: 2, code: 'MALFORMED' })
    expect((await itemseal(['encrypt', '--export', '--config', file(CONFIG)])).status).toBe(2)
  })

  test('inspects items without a key, for people and as JSON', async () => {
    const { out } = await encrypt({ ...CONFIG, keys: { provider: 'wrapped', wrappingKey: encryptionKey, signingKey } })
    const people = await itemseal(['inspect'], out.join('\n'))
    expect(people.status).toBe(0)
    expect(people.out.join('\n')).toMatch(/classic item[\s\S]*AESWrap[\s\S]*name +B, 32 bytes, perhaps encrypted/)
    const [facts, plain] = (await itemseal(['inspect', '--json'], [out[0], ITEMS[1]].join('\n'))).out.map((line) => JSON.parse(line))
    expect(facts).toMatchObject({
      format: 'classic',
      signatureLength: 32,
      wrappedKey: { algorithm: 'AESWrap', length: 40 },
      maybeEncrypted: ['name'],
    })
    expect(plain).toMatchObject({
      format: 'plaintext',
      attributes: [
        { name: 'id', type: 'S', size: 1 },
        { name: 'photo', type: 'B', size: 3 },
        { name: 'note', type: 'L' },
      ],
    })
  })
})
