import { createDecipheriv } from 'node:crypto'
import { describe, expect, test, vi } from 'vitest'
import type { AttributeValue } from '../../src/attribute-value.ts'
import { parseMaterialDescription, serializeMaterialDescription } from '../../src/classic/material-description.ts'
import type { ItemContext, MaterialsProvider } from '../../src/classic/materials.ts'
import { staticProvider } from '../../src/classic/static-provider.ts'
import { Cursor } from '../../src/cursor.ts'
import { itemToJson } from '../../src/dynamodb-json.ts'
import type { Item } from '../../src/item.ts'
import type { ClassicPrimitives } from '../../src/primitives.ts'
import { hmacSigner } from '../../src/signer.ts'
import { classicWebCrypto } from '../../src/webcrypto.ts'
import { mostAtOnce } from '../support/at-once.ts'
import { counting, encryptionKey, encryptorFor, provider, range, signingKey } from '../support/classic-encryptor.ts'
import { withCode } from '../support/expect-error.ts'

const SIGNATURE = '*amzn-ddb-map-sig*'
const DESCRIPTION = '*amzn-ddb-map-desc*'
const item: Item = { pk: { S: 'k' }, sk: { N: '1.0' }, name: { S: 'Ada Lovelace' }, city: { S: 'London' }, note: { S: 'free' } }
const actions = { attributes: { city: 'SIGN_ONLY', note: 'DO_NOTHING' } } as const
const hex = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
const bytesOf = (value: AttributeValue | undefined) => (value as { B: Uint8Array }).B
const describedBy = (encrypted: Item) => parseMaterialDescription(new Cursor(bytesOf(encrypted[DESCRIPTION]), 'material description'))

describe('a classic item', () => {
  test('is, byte for byte, the one that both peers decrypt (classic-item-format, 12)', async () => {
    const iv = range(0xa0, 16) // is what random bytes, encrypted twice, come to
    const decrypted = (block: Uint8Array) =>
      new Uint8Array(createDecipheriv('aes-128-ecb', range(0, 16), null).setAutoPadding(false).update(block))
    const random = decrypted(decrypted(iv))
    const encryptor = encryptorFor({
      tableName: 'T1',
      sortKey: undefined as never,
      dialect: 'python',
      provider: staticProvider({ encryptionKey: range(0, 16), signer: hmacSigner('HmacSHA256', range(0x20, 32)) }),
      actions: { attributes: { n: 'SIGN_ONLY', note: 'DO_NOTHING' } },
      primitives: { ...classicWebCrypto, randomBytes: () => random },
    })
    const plaintext = { pk: { S: 'k1' }, n: { N: '-1.50' }, x: { S: 'secret' }, note: { S: 'free' } }
    const encrypted = await encryptor.encryptItem(plaintext)
    expect(hex(bytesOf(encrypted.x))).toBe('a0a1a2a3a4a5a6a7a8a9aaabacadaeaff39fd059d13a5f154cd534e74f29bb2e')
    expect(hex(bytesOf(encrypted[SIGNATURE]))).toBe('9449eaccfa619df0375302e6f36aa4a41948037d884cda17cfdd267fedaf5bf8')
    expect(describedBy(encrypted)).toEqual({ 'amzn-ddb-map-signingAlg': 'HmacSHA256', 'amzn-ddb-map-sym-mode': '/CBC/PKCS5Padding' })
    expect(await encryptor.decryptItem(encrypted)).toEqual(plaintext)
  })

  test('shows its keys and what is only signed as they were, and nothing of what is encrypted', async () => {
    const encrypted = await encryptorFor({ actions }).encryptItem(item)
    expect(Object.keys(encrypted).sort()).toEqual([...Object.keys(item), DESCRIPTION, SIGNATURE].sort())
    for (const name of ['pk', 'sk', 'city', 'note']) expect(encrypted[name]).toEqual(item[name])
    expect(bytesOf(encrypted.name).length).toBe(48)
    expect(JSON.stringify(itemToJson(encrypted))).not.toContain('Lovelace') // too long to be in base64 by chance
  })

  test('comes back whole, and the objects of the caller are as they were', async () => {
    const frozen = Object.freeze({ ...item, list: Object.freeze({ L: Object.freeze([{ B: range(1, 3) }]) as never }) })
    const before = JSON.stringify(itemToJson(frozen))
    const encrypted = Object.freeze(await encryptorFor({ actions }).encryptItem(frozen))
    const stored = JSON.stringify(itemToJson(encrypted))
    expect(await encryptorFor({ actions }).decryptItem(encrypted)).toEqual(frozen)
    expect(JSON.stringify(itemToJson(frozen))).toBe(before)
    expect(JSON.stringify(itemToJson(encrypted))).toBe(stored)
  })

  test('is encrypted anew each time', async () => {
    const [a, b] = await Promise.all([encryptorFor().encryptItem(item), encryptorFor().encryptItem(item)])
    expect(bytesOf(a.name)).not.toEqual(bytesOf(b.name))
  })

  test('has an IV for each of its encrypted values that comes never again, alike as they may be', async () => {
    const names = Array.from({ length: 50 }, (_, i) => `a${i}`)
    const alike: Item = { ...item, ...Object.fromEntries(names.map((name) => [name, { S: '' }])) }
    const encryptor = encryptorFor({ actions })
    const items = await Promise.all(Array.from({ length: 20 }, () => encryptor.encryptItem(alike)))
    const values = items.flatMap((encrypted) => names.map((name) => hex(bytesOf(encrypted[name]))))
    expect(new Set(values.map((value) => value.slice(0, 32))).size).toBe(1000)
    expect(new Set(values.map((value) => value.slice(32))).size).toBe(1000)
  })

  test('is encrypted where it should be, whatever names items had before it, and though one comes between while it is looked at', async () => {
    const encryptor = encryptorFor({
      actions: { default: 'SIGN_ONLY', attributes: { a: 'ENCRYPT_AND_SIGN', b: 'ENCRYPT_AND_SIGN', d: 'DO_NOTHING' } },
    })
    const keys = { pk: { S: '1' }, sk: { S: '2' } }
    const value = { S: 'text' }
    let between: Promise<Item> | undefined
    const items: Item[] = [
      { ...keys, a: value, c: value },
      { ...keys, c: value, a: value },
      { c: value, ...keys, a: value },
      { ...keys, b: value, c: value, d: value },
      keys,
      { ...keys, c: value, d: value, b: value, a: value },
      {
        ...keys,
        get c() {
          between ??= encryptor.encryptItem(keys)
          return value
        },
        a: value,
      },
    ]
    for (const plaintext of [...items, ...[...items].reverse()]) {
      const encrypted = await encryptor.encryptItem(plaintext)
      const names = Object.keys(plaintext)
      expect(names.filter((name) => 'B' in encrypted[name]!)).toEqual(names.filter((name) => name === 'a' || name === 'b'))
      expect(await encryptor.decryptItem(encrypted)).toEqual({ ...plaintext })
    }
    expect(await encryptor.decryptItem((await between)!)).toEqual(keys)
  })

  test('may have attributes named as what every object has', async () => {
    const odd = JSON.parse(
      '{"pk":{"S":"1"},"sk":{"S":"1"},"__proto__":{"S":"mine"},"constructor":{"M":{"__proto__":{"N":"1"}}},"toString":{"S":""}}',
    ) as Item
    for (const actions of [{}, { default: 'SIGN_ONLY' }, { default: 'DO_NOTHING' }] as const) {
      const encrypted = await encryptorFor({ actions }).encryptItem(odd)
      expect(Object.keys(encrypted)).toContain('__proto__')
      const back = await encryptorFor({ actions }).decryptItem(encrypted)
      expect(JSON.stringify(back)).toBe(JSON.stringify(odd))
    }
  })

  test('may have nothing to encrypt: then it needs no encryption key, and in the Java dialect no description', async () => {
    const signOnly = {
      actions: { default: 'SIGN_ONLY' },
      provider: staticProvider({ signer: hmacSigner('HmacSHA256', signingKey) }),
    } as const
    const java = await encryptorFor(signOnly).encryptItem(item)
    const python = await encryptorFor({ ...signOnly, dialect: 'python' }).encryptItem(item)
    expect(java[DESCRIPTION]).toBeUndefined()
    expect(describedBy(python)).toEqual({ 'amzn-ddb-map-signingAlg': 'HmacSHA256' })
    for (const encrypted of [java, python]) expect(await encryptorFor(signOnly).decryptItem(encrypted)).toEqual(item)
  })

  test('gets its reserved attributes under other names, as in Java', async () => {
    const renamed = { signatureFieldName: 'sig', materialDescriptionFieldName: 'desc', descriptionBase: 'our-' }
    const encrypted = await encryptorFor(renamed).encryptItem(item)
    expect(Object.keys(encrypted).sort()).toEqual([...Object.keys(item), 'desc', 'sig'].sort())
    expect(parseMaterialDescription(new Cursor(bytesOf(encrypted.desc), 'd'))).toEqual({ 'our-sym-mode': '/CBC/PKCS5Padding' })
    expect(await encryptorFor(renamed).decryptItem(encrypted)).toEqual(item)
  })

  test('of a renamed table is read through an override of the encryption context', async () => {
    const encrypted = await encryptorFor({ tableName: 'old' }).encryptItem(item)
    await expect(encryptorFor({ tableName: 'new' }).decryptItem(encrypted)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
    const overriding = encryptorFor({ tableName: 'new', overrideEncryptionContext: (context) => ({ ...context, tableName: 'old' }) })
    expect(await overriding.decryptItem(encrypted)).toEqual(item)
  })

  test('is not signed for a table of which the override gives no name, such as one that is a promise', async () => {
    for (const overrideEncryptionContext of [async (context: ItemContext) => context, () => ({ tableName: '' })]) {
      const encryptor = encryptorFor({ overrideEncryptionContext: overrideEncryptionContext as never })
      await expect(encryptor.encryptItem(item)).rejects.toThrow(withCode('CONFIGURATION', 'tableName'))
      await expect(encryptor.decryptItem(await encryptorFor().encryptItem(item))).rejects.toThrow(withCode('CONFIGURATION', 'tableName'))
    }
  })

  test('without a value for a key is refused before the provider is asked', async () => {
    let asked = 0
    const asking: MaterialsProvider = {
      encryptionMaterials(...request) {
        asked++
        return provider.encryptionMaterials(...request)
      },
      decryptionMaterials: provider.decryptionMaterials,
    }
    for (const key of [undefined, null, '', 0])
      await expect(encryptorFor({ provider: asking }).encryptItem({ ...item, pk: key as never })).rejects.toThrow(
        withCode('MALFORMED', 'without its key attribute "pk"'),
      )
    expect(asked).toBe(0)
    await encryptorFor({ provider: asking }).encryptItem(item)
    expect(asked).toBe(1)
  })

  test('in one dialect is read by the other, unless Python has rounded', async () => {
    const tricky: Item = {
      pk: { S: 'k' },
      sk: { N: '1' },
      '😀': { S: '' },
      '\uffff': { S: '' },
      set: { BS: [range(0x7f, 1), range(0x80, 1)] },
      words: { SS: ['😀', '\uffff'] },
    }
    const actions = { default: 'SIGN_ONLY' } as const
    for (const [writer, reader] of [
      ['java', 'python'],
      ['python', 'java'],
    ] as const) {
      const encrypted = await encryptorFor({ actions, dialect: writer }).encryptItem(tricky)
      expect(await encryptorFor({ actions, dialect: reader }).decryptItem(encrypted)).toEqual(tricky)
    }
    const long: Item = { ...tricky, n: { N: '1.2345678901234567890123456789012345678' } }
    const encrypted = await encryptorFor({ actions, dialect: 'python' }).encryptItem(long)
    await expect(encryptorFor({ actions, dialect: 'java' }).decryptItem(encrypted)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
    expect(await encryptorFor({ actions, dialect: 'python' }).decryptItem(encrypted)).toEqual(long)
    const altered = { ...encrypted, n: { N: '1.2345678901234567890123456789099999999' } }
    await expect(encryptorFor({ actions, dialect: 'java' }).decryptItem(altered)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('keeps all digits of an encrypted number in the Python dialect', async () => {
    const long = { ...item, n: { N: '12345678901234567890123456789012345678' } }
    expect(await encryptorFor({ dialect: 'python' }).decryptItem(await encryptorFor({ dialect: 'python' }).encryptItem(long))).toEqual({
      ...long,
    })
  })

  test('verifies whatever order and form DynamoDB gives numbers and sets back in', async () => {
    const written: Item = {
      pk: { S: 'k' },
      sk: { N: '00.10' },
      n: { N: '1e3' },
      zero: { N: '-0' },
      set: { NS: ['3', '20', '1'] },
      words: { SS: ['b', 'a'] },
    }
    const encrypted = await encryptorFor({ actions: { default: 'SIGN_ONLY' } }).encryptItem(written)
    const returned = {
      ...encrypted,
      sk: { N: '0.1' },
      n: { N: '1000' },
      zero: { N: '0' },
      set: { NS: ['1', '3', '20'] },
      words: { SS: ['a', 'b'] },
    }
    expect(await encryptorFor({ actions: { default: 'SIGN_ONLY' } }).decryptItem(returned)).toMatchObject({
      sk: { N: '0.1' },
      n: { N: '1000' },
    })
  })
})

test('where there is no WebCrypto at all, that is what is told, of a key of 24 bytes too', async () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto) })
  try {
    for (const length of [16, 24]) {
      const keys = staticProvider({ encryptionKey: range(0, length), signer: hmacSigner('HmacSHA256', signingKey) })
      await expect(encryptorFor({ provider: keys }).encryptItem(item)).rejects.toThrow(withCode('UNSUPPORTED', 'no WebCrypto here'))
    }
  } finally {
    vi.unstubAllGlobals()
  }
})

describe('an item that is not encrypted at all', () => {
  test('is refused', async () => {
    await expect(encryptorFor().decryptItem(item)).rejects.toThrow(withCode('NOT_AUTHENTIC', 'without a signature'))
  })

  test('passes if plaintext items are allowed', async () => {
    expect(await encryptorFor({ plaintextItems: 'allow' }).decryptItem(item)).toEqual(item)
  })

  test('does not pass if it bears one of the two reserved attributes', async () => {
    const encryptor = encryptorFor({ plaintextItems: 'allow' })
    const { [SIGNATURE]: signature, ...unsigned } = await encryptor.encryptItem(item)
    await expect(encryptor.decryptItem(unsigned)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
    await expect(encryptor.decryptItem({ ...item, [SIGNATURE]: signature! })).rejects.toThrow(withCode('UNSUPPORTED'))
  })
})

describe('a configuration is refused', () => {
  test.each([
    ['without a table name', { tableName: '' }, 'tableName'],
    ['without a partition key', { partitionKey: '' }, 'partitionKey'],
    ['if it encrypts a key', { actions: { attributes: { pk: 'ENCRYPT_AND_SIGN' } } }, '"pk"'],
    ['if it leaves a key unsigned', { actions: { attributes: { sk: 'DO_NOTHING' } } }, '"sk"'],
    ['if it has an action for the signature', { actions: { attributes: { [SIGNATURE]: 'SIGN_ONLY' } } }, 'reserved'],
    ['if it has an action for the description', { actions: { attributes: { [DESCRIPTION]: 'DO_NOTHING' } } }, 'reserved'],
    ['if a key has a reserved name', { partitionKey: SIGNATURE }, 'reserved'],
    ['if the two reserved attributes have one name', { signatureFieldName: 'x', materialDescriptionFieldName: 'x' }, 'one field'],
    ['with an action of the other format', { actions: { attributes: { a: 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT' } } }, 'actions'],
    ['with an unknown action', { actions: { default: 'ENCRYPT' } }, 'actions'],
    ['with an unknown dialect', { dialect: 'cobol' }, 'dialect'],
  ])('%s', (_, wrong, words) => {
    expect(() => encryptorFor(wrong as never)).toThrow(withCode('CONFIGURATION', words))
  })

  test('with an AES key of another length, an empty or unknown signing key', () => {
    expect(() => staticProvider({ encryptionKey: range(0, 31) })).toThrow(withCode('CONFIGURATION', 'AES-CBC key'))
    expect(() => hmacSigner('HmacSHA256', new Uint8Array(0))).toThrow(withCode('CONFIGURATION', 'HMAC-SHA-256 key'))
    expect(() => hmacSigner('HmacMD5' as never, signingKey)).toThrow(withCode('CONFIGURATION', 'algorithm'))
  })

  test('never for an explicit SIGN_ONLY of a key', () => {
    expect(() => encryptorFor({ actions: { attributes: { pk: 'SIGN_ONLY' } } })).not.toThrow()
  })
})

describe('encrypting refuses', () => {
  test.each([
    ['an item without its partition key', { sk: { S: 'a' } }, 'MALFORMED', '"pk"'],
    ['an item without its sort key', { pk: { S: 'a' } }, 'MALFORMED', '"sk"'],
    ['a name that is no text', { ...item, 'n\ud800': { S: 'a' } }, 'MALFORMED', 'attribute "n\\ud800": lone surrogate'],
    ['an item that has a signature already', { ...item, [SIGNATURE]: { B: range(0, 3) } }, 'CONFIGURATION', 'reserved'],
    ['an item that has a description already', { ...item, [DESCRIPTION]: { B: range(0, 3) } }, 'CONFIGURATION', 'reserved'],
    ['an attribute that is no value, naming it', { ...item, age: 36 }, 'MALFORMED', '"age"'],
    ['no item', null, 'MALFORMED', 'item'],
    ['a list', [], 'MALFORMED', 'item'],
  ] as const)('%s', async (_, wrong, code, words) => {
    await expect(encryptorFor().encryptItem(wrong as never)).rejects.toThrow(withCode(code, words))
  })

  test('an item with attributes to encrypt when the provider has no key for them', async () => {
    const signs = staticProvider({ signer: hmacSigner('HmacSHA256', signingKey) })
    await expect(encryptorFor({ provider: signs }).encryptItem(item)).rejects.toThrow(withCode('NO_MATERIALS'))
  })

  test('when the provider has nothing to sign with', async () => {
    const verifies = staticProvider({ encryptionKey, verifier: hmacSigner('HmacSHA256', signingKey) })
    await expect(encryptorFor({ provider: verifies }).encryptItem(item)).rejects.toThrow(withCode('NO_MATERIALS'))
  })

  test.each([
    ['an ArrayBuffer', (bytes: Uint8Array) => new Uint8Array(bytes).buffer],
    ['signed bytes', (bytes: Uint8Array) => new Int8Array(bytes)],
    ['nothing', () => undefined],
  ])('when the cipher gives %s in place of a Uint8Array', async (_, change) => {
    const aesCbcEncrypt: ClassicPrimitives['aesCbcEncrypt'] = async (...args) =>
      change(await classicWebCrypto.aesCbcEncrypt(...args)) as never
    const encryptor = encryptorFor({ primitives: { ...classicWebCrypto, aesCbcEncrypt } })
    await expect(encryptor.encryptItem(item)).rejects.toThrow(withCode('MALFORMED'))
  })

  test('when the provider fails, with its failure as cause', async () => {
    const cause = new Error('the vault is closed')
    const failing = { ...provider, encryptionMaterials: () => Promise.reject(cause) }
    await expect(encryptorFor({ provider: failing }).encryptItem(item)).rejects.toThrow(
      expect.objectContaining({ code: 'NO_MATERIALS', cause }),
    )
  })
})

describe('decrypting refuses', () => {
  const rewritten = async (change: (description: Record<string, string>) => Record<string, string>, options = {}) => {
    const encrypted = await encryptorFor(options).encryptItem(item)
    return { ...encrypted, [DESCRIPTION]: { B: serializeMaterialDescription(change({ ...describedBy(encrypted) })) } }
  }

  test('another table', async () => {
    await expect(encryptorFor({ tableName: 'U' }).decryptItem(await encryptorFor().encryptItem(item))).rejects.toThrow(
      withCode('NOT_AUTHENTIC'),
    )
  })

  test('another signing key, before anything is decrypted', async () => {
    const { primitives, calls } = counting()
    const other = staticProvider({ encryptionKey, signer: hmacSigner('HmacSHA256', range(9, 32)) })
    await expect(encryptorFor({ provider: other, primitives }).decryptItem(await encryptorFor().encryptItem(item))).rejects.toThrow(
      withCode('NOT_AUTHENTIC'),
    )
    expect(calls.aesCbcDecrypt).toBeUndefined()
  })

  test('another encryption key', async () => {
    const other = staticProvider({ encryptionKey: range(9, 32), signer: hmacSigner('HmacSHA256', signingKey) })
    const code = await encryptorFor({ provider: other })
      .decryptItem(await encryptorFor().encryptItem(item))
      .catch((error) => error.code)
    expect(['NOT_AUTHENTIC', 'MALFORMED']).toContain(code) // one time in 256 the padding happens to be right
  })

  test('a cipher mode that the peers do not write', async () => {
    for (const mode of ['/CTR/NoPadding', '/GCM/NoPadding', '']) {
      await expect(encryptorFor().decryptItem(await rewritten((d) => ({ ...d, 'amzn-ddb-map-sym-mode': mode })))).rejects.toThrow(
        withCode('UNSUPPORTED', 'sym-mode'),
      )
    }
    await expect(encryptorFor().decryptItem(await rewritten(({ 'amzn-ddb-map-sym-mode': _, ...d }) => d))).rejects.toThrow(
      withCode('UNSUPPORTED', 'sym-mode'),
    )
  })

  test('a signature algorithm that is not that of the key', async () => {
    const weaker = await rewritten((d) => ({ ...d, 'amzn-ddb-map-signingAlg': 'HmacSHA1' }))
    await expect(encryptorFor().decryptItem(weaker)).rejects.toThrow(withCode('UNSUPPORTED', 'signingAlg'))
  })

  test('an item that lacks an entry of the configured description', async () => {
    const named = staticProvider({ encryptionKey, signer: hmacSigner('HmacSHA256', signingKey), description: { key: 'one' } })
    expect(await encryptorFor({ provider: named }).decryptItem(await encryptorFor({ provider: named }).encryptItem(item))).toEqual(item)
    await expect(encryptorFor({ provider: named }).decryptItem(await encryptorFor().encryptItem(item))).rejects.toThrow(
      withCode('NO_MATERIALS'),
    )
  })

  test('a signature or a description that is not binary, or not that alone', async () => {
    const encrypted = await encryptorFor().encryptItem(item)
    for (const [field, name] of [
      [SIGNATURE, 'sig'],
      [DESCRIPTION, 'desc'],
    ] as const) {
      const right = encrypted[field]
      for (const other of [{ S: 'x' }, { ...right, S: 'x' }, Object.create(right!), [], 5]) {
        const changed = { ...encrypted, [field]: other as AttributeValue }
        await expect(encryptorFor().decryptItem(changed)).rejects.toThrow(withCode('MALFORMED', name))
      }
    }
  })

  test('an attribute that is stored in clear though it should be encrypted', async () => {
    const clear = await encryptorFor({ actions: { default: 'SIGN_ONLY' } }).encryptItem(item)
    await expect(encryptorFor().decryptItem(clear)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('without a word of the item in the message', async () => {
    const encrypted = await encryptorFor({ actions }).encryptItem(item)
    const error = (await encryptorFor({ actions })
      .decryptItem({ ...encrypted, city: { S: 'Paris' } })
      .catch((error: unknown) => error)) as Error
    expect(error.message).toBe('the signature does not match the item')
  })
})

describe('the number of primitive calls', () => {
  test('of an item of a thousand attributes, some dozens are under way at the same time', async () => {
    const { primitives, most, waits } = mostAtOnce(classicWebCrypto)
    const encryptor = encryptorFor({ primitives })
    const wide = Object.fromEntries(['pk', 'sk', ...Array.from({ length: 1000 }, (_, i) => `x${i}`)].map((name) => [name, { S: name }]))
    expect(await encryptor.decryptItem(await encryptor.encryptItem(wide))).toEqual(wide)
    expect(most()).toBeGreaterThan(10)
    expect(waits()).toBeLessThan(4) // and not again for each batch
    expect(most()).toBeLessThan(140) // of values, and of names that are new
  })

  for (const n of [1, 10, 100]) {
    test(`for ${n} encrypted and ${n} signed attributes is one cipher call, one signature, and a digest per signed value`, async () => {
      const { primitives, calls } = counting()
      const attributes = Object.fromEntries(
        Array.from(
          { length: n },
          (_, i) =>
            [
              [`e${i}`, { S: `${i}` }],
              [`s${i}`, { S: `${i}` }],
            ] as const,
        ).flat(),
      )
      const wide: Item = { pk: { S: 'k' }, sk: { S: 's' }, ...attributes }
      const encryptor = encryptorFor({
        primitives,
        actions: { attributes: Object.fromEntries(Array.from({ length: n }, (_, i) => [`s${i}`, 'SIGN_ONLY'])) },
      })
      const encrypted = await encryptor.encryptItem(wide)
      await encryptor.decryptItem(encrypted)
      const signed = 2 * n + 2
      const names = signed + 3 // the table's and the two markers'; once for ever
      expect(calls).toEqual({ importKey: 2, randomBytes: 1, aesCbcEncrypt: 1, aesCbcDecrypt: 1, hmac: 2, digest: names + 2 * signed })
      await encryptor.encryptItem(wide)
      expect(calls.digest).toBe(names + 3 * signed)
    })
  }

  test('does not grow when nothing is encrypted: no cipher call at all', async () => {
    const { primitives, calls } = counting()
    await encryptorFor({ primitives, actions: { default: 'SIGN_ONLY' } }).encryptItem(item)
    expect(calls.aesCbcEncrypt).toBeUndefined()
    expect(calls.randomBytes).toBeUndefined()
  })
})
