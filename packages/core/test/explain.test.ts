import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ClassicItemEncryptorOptions } from '../src/classic/encryptor.ts'
import { classicItemEncryptor, staticProvider, wrappedProvider } from '../src/classic/index.ts'
import { explainFailure, type FailureCause, type FailureExplanation, type FailureHints, type FailureSubject } from '../src/explain.ts'
import { type AttributeValue, aesKeyWrapper, hmacSigner, type Item, rsaOaepKeyWrapper, webCrypto } from '../src/index.ts'
import { defaultMaterialsManager, type MaterialsManager, rawAesKeyring, rawRsaKeyring } from '../src/materials/index.ts'
import type { ClassicPrimitives, Hash, Primitives } from '../src/primitives.ts'
import { type StructuredItemEncryptorOptions, structuredItemEncryptor } from '../src/structured/index.ts'
import { classicWebCrypto } from '../src/webcrypto.ts'
import { provider, range, signingKey } from './support/classic-encryptor.ts'
import { bytesOf, KEYRING, tableWith } from './support/structured-encryptors.ts'
import { rsaKeys } from './support/structured-keys.ts'

const ATTRIBUTES = { read: 'SIGN_ONLY', count: 'SIGN_ONLY', tags: 'SIGN_ONLY', free: 'DO_NOTHING' } as const
const ITEM: Item = {
  pk: { S: 'one' },
  sk: { N: '7' },
  read: { S: '25' },
  count: { N: '1200' },
  tags: { SS: ['a', 'b', 'c'] },
  free: { S: 'anything' },
  secret: { S: 'hidden' },
  private: { L: [{ S: 'x' }, { N: '3' }] },
}
const RSA = rsaKeys()
const RSA_KEYRING = rawRsaKeyring({ namespace: 'tests', name: 'rsa', keyWrapper: rsaOaepKeyWrapper('OAEP_SHA256_MGF1', RSA) })

const CLASSIC: ClassicItemEncryptorOptions = {
  tableName: 'T',
  partitionKey: 'pk',
  sortKey: 'sk',
  provider,
  actions: { attributes: ATTRIBUTES },
}
const STRUCTURED: StructuredItemEncryptorOptions = tableWith({
  tableName: 'T',
  sortKey: 'sk',
  actions: { default: 'ENCRYPT_AND_SIGN', attributes: ATTRIBUTES },
  allowedUnsignedAttributes: ['free'],
})

/** What both formats share: how an item is written, and how its refusal under other options is explained. */
interface Format {
  write(item?: Item, options?: object): Promise<Item>
  subject(options?: object): FailureSubject
}

const classic: Format = {
  write: (item = ITEM, options = {}) => classicItemEncryptor({ ...CLASSIC, ...options }).encryptItem(item),
  subject: (options = {}) => ({ classic: { ...CLASSIC, ...options } }),
}
const structured: Format = {
  write: (item = ITEM, options = {}) => structuredItemEncryptor({ ...STRUCTURED, ...options }).encryptItem(item),
  subject: (options = {}) => ({ structured: { ...STRUCTURED, ...options } }),
}
const FORMATS = [
  ['classic', classic],
  ['structured', structured],
] as const

function causeOf(explanation: FailureExplanation): FailureCause | undefined {
  if (!explanation.refused) throw new Error('not refused')
  return explanation.cause
}

async function explained(subject: FailureSubject, item: Item, hints?: FailureHints): Promise<FailureCause | undefined> {
  return causeOf(await explainFailure(subject, item, hints))
}

function without(item: Item, ...names: string[]): Item {
  return Object.fromEntries(Object.entries(item).filter(([name]) => !names.includes(name)))
}

function renamed(item: Item, from: string, to: string): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name === from ? to : name, value]))
}

function flipped(item: Item, name: string, at: number, bit = 1): Item {
  const B = new Uint8Array(bytesOf(item, name))
  B[at]! ^= bit
  return { ...item, [name]: { B } }
}

function base64(item: Item, name: string): AttributeValue {
  return { S: Buffer.from(bytesOf(item, name)).toString('base64') }
}

/** Primitives of a writer that signs something else than we do. */
function signing<P extends ClassicPrimitives>(p: P, from: string, to: string): P {
  const [old, other] = [from, to].map((hex) => Buffer.from(hex.replaceAll(' ', ''), 'hex')) as [Buffer, Buffer]
  const digest = (hash: Hash, data: Uint8Array) => {
    const at = Buffer.from(data).indexOf(old)
    return p.digest(hash, at < 0 ? data : new Uint8Array(Buffer.concat([data.subarray(0, at), other, data.subarray(at + old.length)])))
  }
  return { ...p, digest }
}

const hexOf = (text: string) => Buffer.from(text).toString('hex')

describe.each(FORMATS)('of the %s format', (name, { write, subject }) => {
  test('an item that verifies is not refused', async () => {
    expect(await explainFailure(subject(), await write())).toEqual({ refused: false })
  })

  test('an item without signature and header is not encrypted', async () => {
    const explanation = await explainFailure(subject(), ITEM)
    expect(explanation).toMatchObject({ refused: true, code: 'NOT_AUTHENTIC', cause: { kind: 'not-encrypted' }, attempts: 0 })
  })

  test('an item of the other format is recognised', async () => {
    const [other, { write: writeOther }] = FORMATS.find(([other]) => other !== name)!
    expect(await explained(subject(), await writeOther())).toEqual({ kind: 'other-format', written: other })
  })

  test('a lost signature or footer is a removed attribute', async () => {
    const lost = name === 'classic' ? '*amzn-ddb-map-sig*' : 'aws_dbe_foot'
    expect(await explained(subject(), without(await write(), lost))).toEqual({ kind: 'attribute-removed', count: 1, candidates: [lost] })
  })

  test('another table name is found among the hints', async () => {
    const item = await write(ITEM, { tableName: 'T-old' })
    const hints = { tableNames: ['T-new', 'T-old'] }
    expect(await explained(subject(), item, hints)).toEqual({ kind: 'table-name', configured: 'T', written: 'T-old' })
  })

  test('a table name in other letters needs no hint', async () => {
    const item = await write(ITEM, { tableName: 't' })
    expect(await explained(subject(), item)).toEqual({ kind: 'table-name', configured: 'T', written: 't' })
  })

  test('another key is found among the candidates', async () => {
    const others =
      name === 'classic'
        ? [8, 9].map((n) => staticProvider({ encryptionKey: range(n, 32), signer: hmacSigner('HmacSHA256', range(n, 32)) }))
        : [8, 9].map((n) => rawAesKeyring({ namespace: 'tests', name: 'a key', wrappingKey: range(n, 32) }))
    const item = await write(ITEM, name === 'classic' ? { provider: others[1] } : { keyring: others[1] })
    expect(await explained(subject(), item, { otherKeys: others })).toEqual({ kind: 'other-key', index: 1 })
  })

  test('a candidate of the wrong kind is passed over', async () => {
    const item = await write(ITEM, name === 'classic' ? { tableName: 'elsewhere' } : { keyring: RSA_KEYRING })
    const explanation = await explainFailure(subject(), item, { otherKeys: name === 'classic' ? [KEYRING] : [provider] })
    expect(explanation.refused && explanation.cause?.kind).toBe(name === 'classic' ? undefined : 'wrong-key')
  })

  test('an added attribute that the configuration does not name is named', async () => {
    const item = { ...(await write()), note: { S: 'x' } }
    expect(await explained(subject(), item)).toEqual({ kind: 'attribute-added', name: 'note' })
  })

  test('an attribute that is signed now and was not is named', async () => {
    const item = await write(
      { ...ITEM, more: { S: 'x' } },
      name === 'classic'
        ? { actions: { attributes: { ...ATTRIBUTES, more: 'DO_NOTHING' } } }
        : { allowedUnsignedAttributes: ['free', 'more'] },
    )
    const options = { actions: { default: 'ENCRYPT_AND_SIGN', attributes: { ...ATTRIBUTES, more: 'SIGN_ONLY' } } }
    const cause = { kind: 'action-changed', name: 'more', configured: 'SIGN_ONLY', written: 'DO_NOTHING' }
    expect(await explained(subject(options), item)).toEqual(cause)
  })

  test.each(['SIGN_ONLY', 'ENCRYPT_AND_SIGN'] as const)('an attribute that is unsigned now and was %s is named', async (written) => {
    const before = {
      actions: { default: 'ENCRYPT_AND_SIGN', attributes: { ...ATTRIBUTES, free: written } },
      ...(name === 'structured' && { allowedUnsignedAttributes: [] }),
    }
    const item = await write(ITEM, before)
    expect(await explained(subject(), item)).toEqual({ kind: 'action-changed', name: 'free', configured: 'DO_NOTHING', written })
  })

  test.each<[string, AttributeValue, AttributeValue]>([
    ['text that was a number', { N: '25' }, { S: '25' }],
    ['a number that was text', { S: '25' }, { N: '25' }],
    ['text that was binary', { B: new Uint8Array([1, 2, 250]) }, { S: 'AQL6' }],
    ['binary that was text', { S: 'text' }, { B: new TextEncoder().encode('text') }],
    ['binary that was base64', { S: 'AQL6' }, { B: new Uint8Array([1, 2, 250]) }],
    ['text that was a boolean', { BOOL: true }, { S: 'true' }],
    ['text that was null', { NULL: true }, { S: 'null' }],
    ['null that was empty text', { S: '' }, { NULL: true }],
    ['a set of text that was one of numbers', { NS: ['1', '22'] }, { SS: ['22', '1'] }],
    ['a set of numbers that was one of text', { SS: ['1', '22'] }, { NS: ['1', '22'] }],
    ['a list that was a set', { SS: ['x', 'y'] }, { L: [{ S: 'y' }, { S: 'x' }] }],
    ['a list that was a binary set', { BS: [new Uint8Array([9])] }, { L: [{ S: 'CQ==' }] }],
  ])('%s is named with both types', async (_, before, after) => {
    const item = { ...(await write({ ...ITEM, read: before })), read: after }
    const [written, stored] = [before, after].map((value) => Object.keys(value)[0])
    expect(await explained(subject(), item)).toEqual({ kind: 'type-changed', name: 'read', written, stored })
  })

  test('a member that changed its type is found inside lists and maps', async () => {
    const nested = (value: AttributeValue): AttributeValue => ({ L: [{ M: { inner: { L: [{ BOOL: true }, value] } } }] })
    const item = { ...(await write({ ...ITEM, read: nested({ N: '5' }) })), read: nested({ S: '5' }) }
    expect(await explained(subject(), item)).toEqual({ kind: 'type-changed', name: 'read', written: 'N', stored: 'S', nested: true })
  })

  test('an encrypted value that became base64 text is a changed type', async () => {
    const item = await write()
    const cause = { kind: 'type-changed', name: 'secret', written: 'B', stored: 'S' }
    expect(await explained(subject(), { ...item, secret: base64(item, 'secret') })).toEqual(cause)
  })

  test('all binary attributes that became base64 text are named', async () => {
    const item = await write()
    const binary = Object.keys(item).filter((name) => 'B' in item[name]!)
    const json = Object.fromEntries(Object.entries(item).map(([name, value]) => [name, 'B' in value ? base64(item, name) : value]))
    const cause = await explained(subject(), json)
    expect(cause).toEqual({ kind: 'binary-as-text', names: expect.arrayContaining(binary) })
    expect(cause?.kind === 'binary-as-text' && cause.names.length).toBe(binary.length)
  })

  test.each([
    ['secret', 'Secret'],
    ['secret', 'secret '],
    ['read', 'READ'],
    ['count', 'amount'],
  ])('%s that was renamed to %s is named', async (from, to) => {
    expect(await explained(subject(), renamed(await write(), from, to))).toEqual({ kind: 'attribute-renamed', written: from, stored: to })
  })

  test.each([
    ['secret', 'private'],
    ['count', 'tags'],
  ])('%s and %s with each other’s values are named', async (a, b) => {
    const item = await write()
    const cause = { kind: 'attributes-swapped', names: expect.arrayContaining([a, b]) }
    expect(await explained(subject(), { ...item, [a]: item[b]!, [b]: item[a]! })).toEqual(cause)
  })

  test('a set that was signed in another order is named', async () => {
    const [a, b, c] = ['61', '62', '63'].map((letter) => `00000001 ${letter}`)
    const primitives = signing(name === 'classic' ? classicWebCrypto : webCrypto, `${a}${b}${c}`, `${b}${c}${a}`)
    const item = await write(ITEM, { primitives })
    expect(await explained(subject(), item)).toEqual({ kind: 'set-order', name: 'tags' })
    const shuffled = { ...item, tags: { SS: ['b', 'c', 'a'] } }
    const explanations = await Promise.all([item, shuffled].map((one) => explainFailure(subject(), one)))
    const [known, kept] = explanations.map((explanation) => (explanation.refused ? explanation.attempts : 0))
    expect(kept).toBeLessThan(known!) // the stored order is tried before all others
  })

  test('a number that was signed with an exponent is named', async () => {
    const [length, other] =
      name === 'classic'
        ? ['00000004', '00000006']
        : [`0000000000000004${hexOf('PLAINTEXT')}0002`, `0000000000000006${hexOf('PLAINTEXT')}0002`]
    const primitives = signing(name === 'classic' ? classicWebCrypto : webCrypto, `${length}${hexOf('1200')}`, `${other}${hexOf('1.2E+3')}`)
    expect(await explained(subject(), await write(ITEM, { primitives }))).toEqual({ kind: 'number-form', name: 'count' })
  })

  test('a changed readable value has no cause but that it changed', async () => {
    const cause = await explained(subject(), { ...(await write()), read: { S: '26' } })
    expect(cause).toEqual(name === 'classic' ? undefined : { kind: 'content-changed', names: [] })
  })

  test('a byte flipped in an encrypted value is never explained otherwise', async () => {
    const item = await write()
    const lengths = { secret: bytesOf(item, 'secret').length, private: bytesOf(item, 'private').length }
    const place = fc
      .constantFrom('secret' as const, 'private' as const)
      .chain((name) => fc.tuple(fc.constant(name), fc.nat(lengths[name] - 1)))
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async ([attribute, at], bit) => {
        const cause = await explained(subject(), flipped(item, attribute, at, bit))
        if (name === 'classic') expect(cause).toBeUndefined()
        // The type in front is not under the field's own tag.
        else expect(cause).toEqual({ kind: 'content-changed', names: at < 2 ? [] : [attribute] })
      }),
      { numRuns: 12 },
    )
  })

  test('no explanation holds a value', async () => {
    const marker = 'm4rk3r'
    const value = fc.constantFrom<AttributeValue>(
      { S: marker },
      { S: `${marker} ` },
      { B: new TextEncoder().encode(marker) },
      { SS: [marker, `${marker}2`] },
      { L: [{ S: marker }, { N: '1' }] },
      { M: { [marker]: { S: marker } } },
    )
    const values = fc.record({
      pk: fc.constant({ S: marker }),
      sk: fc.constant({ N: '1' }),
      read: value,
      free: value,
      secret: value,
      tags: value,
    })
    const change = fc.constantFrom<(item: Item) => Item>(
      (item) => without(item, 'read'),
      (item) => without(item, 'pk'),
      (item) => ({ ...item, added: { S: marker } }),
      (item) => ({ ...item, tags: item.read!, read: item.tags! }),
      (item) => renamed(item, 'read', 'Read'),
      (item) => ({ ...item, read: { BS: [new TextEncoder().encode(marker)] } }),
      (item) => ({ ...item, secret: { S: marker } }),
      (item) => ({ ...item, pk: { S: `${marker}3` } }),
      (item) => ({ ...item, tags: { S: marker, N: marker } as unknown as AttributeValue }),
      (item) => ({ ...item, count: { N: marker } }),
      (item) => without(item, 'aws_dbe_head', 'aws_dbe_foot', '*amzn-ddb-map-sig*'),
    )
    await fc.assert(
      fc.asyncProperty(values, change, async (item, apply) => {
        const explanation = await explainFailure(subject(), apply(await write(item)), { maxAttempts: 200 })
        expect(JSON.stringify(explanation)).not.toContain(marker)
      }),
      { numRuns: 40 },
    )
  })

  test('neither the item nor the options are changed', async () => {
    const item = { ...(await write()), note: { S: 'x' }, tags: { SS: ['c', 'b', 'a', 'z'] } }
    const options = subject()
    const before = structuredClone(item)
    const freeze = (value: object): void => {
      if (value instanceof Uint8Array) return
      for (const part of Object.values(value)) if (typeof part === 'object' && part !== null) freeze(part)
      Object.freeze(value)
    }
    freeze(item)
    freeze(options)
    expect((await explainFailure(options, item)).refused).toBe(true)
    expect(item).toEqual(before)
  })

  test('the number of attempts is bounded', async () => {
    const item = { ...(await write()), read: { S: 'changed' } }
    for (const maxAttempts of [0, 1, 30]) {
      expect(await explainFailure(subject(), item, { maxAttempts })).toMatchObject({ refused: true, attempts: maxAttempts })
    }
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`a${i}`, { SS: ['1', '2', '3', '4', '5', '6'] }]))
    const large = { ...(await write({ ...ITEM, ...many })), read: { S: 'changed' } }
    const explanation = await explainFailure(subject({}), large, { maxAttempts: 300 })
    expect(explanation).toMatchObject({ refused: true, attempts: 300 })
  })

  test('an aborted signal ends it with its reason', async () => {
    const item = { ...(await write()), read: { S: 'changed' } }
    const reason = new Error('enough')
    await expect(explainFailure(subject(), item, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    const controller = new AbortController()
    const running = explainFailure(subject(), item, { signal: controller.signal })
    setTimeout(() => controller.abort(reason))
    await expect(running).rejects.toBe(reason)
  })

  test('primitives may be frozen, and private to themselves', async () => {
    class Own {
      readonly #p: Primitives = webCrypto
      static {
        for (const name of Object.keys(webCrypto) as (keyof Primitives)[])
          Object.defineProperty(Own.prototype, name, {
            value(this: Own, ...call: unknown[]) {
              return Reflect.apply(this.#p[name], this.#p, call)
            },
          })
      }
    }
    const item = { ...(await write()), read: { N: '25' } }
    for (const primitives of [Object.freeze({ ...webCrypto }), Object.freeze(new Own())])
      expect(await explained(subject({ primitives }), item)).toEqual(await explained(subject(), item))
  })

  test('what is no AttributeValue is explained, wherever it stands', async () => {
    const item = await write()
    for (const name of Object.keys(item).filter((name) => name !== 'free'))
      for (const hostile of ['text', null, 1])
        expect(await explainFailure(subject(), { ...item, [name]: hostile as never }, { maxAttempts: 20 })).toMatchObject({ refused: true })
  })

  test('what is no item, or no possible configuration, is explained by its error', async () => {
    expect(await explainFailure(subject(), null as unknown as Item)).toMatchObject({ code: 'MALFORMED', attempts: 0 })
    expect(await explainFailure(subject({ tableName: '' }), await write())).toMatchObject({ code: 'CONFIGURATION', attempts: 0 })
  })

  test('a message is one sentence with the names that it is about', async () => {
    const explanation = await explainFailure(subject(), { ...(await write()), read: { N: '25' } })
    expect(explanation).toMatchObject({ message: 'attribute "read" was S when the item was written, and is N now' })
  })
})

describe('of the classic format alone', () => {
  test.each(['SIGN_ONLY', 'DO_NOTHING'] as const)('an attribute that was %s and is encrypted now is named', async (written) => {
    const item = await classic.write(ITEM, { actions: { attributes: { ...ATTRIBUTES, secret: written } } })
    const options = { actions: { attributes: { ...ATTRIBUTES, secret: 'ENCRYPT_AND_SIGN' } } }
    const cause = { kind: 'action-changed', name: 'secret', configured: 'ENCRYPT_AND_SIGN', written }
    expect(await explained(classic.subject(options), item)).toEqual(cause)
  })

  test.each(['SIGN_ONLY', 'DO_NOTHING'] as const)('a default action that was %s is named', async (written) => {
    const item = await classic.write(ITEM, { actions: { default: written, attributes: ATTRIBUTES } })
    const cause = { kind: 'default-action-changed', configured: 'ENCRYPT_AND_SIGN', written }
    expect(await explained(classic.subject(), item)).toEqual(cause)
  })

  test('a key that was configured by another name is named with the right one', async () => {
    const item = await classic.write()
    const options = { partitionKey: 'id' }
    const cause = {
      kind: 'key-attribute',
      configured: { partitionKey: 'id', sortKey: 'sk' },
      written: { partitionKey: 'pk', sortKey: 'sk' },
    }
    expect(await explained(classic.subject(options), item)).toEqual(cause)
  })

  test('a number that only Python’s rounding verifies names the dialect', async () => {
    const count = (last: string): Item => ({ ...ITEM, count: { N: `1.00000000000000000000000000000000${last}` } })
    const item = { ...(await classic.write(count('1'), { dialect: 'python' })), ...{ count: count('2').count! } }
    expect(await explained(classic.subject(), item)).toEqual({ kind: 'dialect', written: 'python' })
  })

  test('fields of the usual names under a configuration of others are recognised', async () => {
    const options = { signatureFieldName: 'sig', materialDescriptionFieldName: 'desc' }
    expect(await explained(classic.subject(options), await classic.write())).toEqual({ kind: 'field-names' })
  })

  test('an override of the table name that the item was not written with is named', async () => {
    const options = { overrideEncryptionContext: (context: object) => ({ ...context, tableName: 'other' }) }
    const explanation = await explainFailure(classic.subject(options), await classic.write())
    expect(causeOf(explanation)).toEqual({ kind: 'table-name', configured: 'T', written: 'T' })
  })

  test('a signature that matches over values that do not open is the wrong key, after other keys only', async () => {
    const signer = hmacSigner('HmacSHA256', signingKey)
    const other = staticProvider({ encryptionKey: range(99, 32), signer })
    const item = await classic.write()
    const explanation = await explainFailure(classic.subject({ provider: other }), item)
    expect(explanation).toMatchObject({ cause: { kind: 'wrong-key' }, attempts: 0 })
    expect(await explained(classic.subject({ provider: other }), item, { otherKeys: [other, provider] })).toEqual({
      kind: 'other-key',
      index: 1,
    })
  })

  test('a wrapped key that does not unwrap is the wrong key', async () => {
    const wrapping = (n: number) =>
      wrappedProvider({ keyWrapper: aesKeyWrapper(range(n, 32)), signer: hmacSigner('HmacSHA256', signingKey) })
    const item = await classic.write(ITEM, { provider: wrapping(1) })
    expect(await explained(classic.subject({ provider: wrapping(2) }), item)).toEqual({ kind: 'wrong-key' })
  })

  test('a removed attribute is not distinguished from a changed value', async () => {
    const explanation = await explainFailure(classic.subject(), without(await classic.write(), 'read'))
    expect(explanation).toMatchObject({ refused: true, code: 'NOT_AUTHENTIC', message: expect.stringContaining('no single change') })
    expect(explanation).not.toHaveProperty('cause')
  })

  test('the provider is asked once for each place in the table', async () => {
    let asked = 0
    const counted = {
      ...provider,
      decryptionMaterials: (...args: Parameters<typeof provider.decryptionMaterials>) => {
        asked++
        return provider.decryptionMaterials(...args)
      },
    }
    const options = { provider: counted, sortKey: undefined }
    const { sortKey: _, ...rest } = { ...CLASSIC, ...options }
    await explainFailure({ classic: rest }, { ...(await classic.write()), count: { N: '1' } }, { maxAttempts: 60 })
    expect(asked).toBeLessThan(12)
  })
})

describe('of the structured format alone', () => {
  test.each<[string, object, object, object]>([
    ['partition', { partitionKey: 'count', sortKey: 'sk' }, { partitionKey: 'pk', sortKey: 'sk' }, {}],
    ['sort', { partitionKey: 'pk', sortKey: 'count' }, { partitionKey: 'pk', sortKey: 'sk' }, {}],
    ['exchanged', { partitionKey: 'sk', sortKey: 'pk' }, { partitionKey: 'pk', sortKey: 'sk' }, {}],
    ['missing', { partitionKey: 'id', sortKey: 'sk' }, { partitionKey: 'pk', sortKey: 'sk' }, {}],
    [
      'bound by the record alone',
      { partitionKey: 'count', sortKey: 'sk' },
      { partitionKey: 'pk', sortKey: 'sk' },
      { keyring: RSA_KEYRING },
    ],
  ])('a wrong key attribute (%s) is named with the right one', async (_, configured, written, keyring) => {
    const item = await structured.write(ITEM, { ...written, ...keyring })
    expect(await explained(structured.subject({ ...configured, ...keyring }), item)).toEqual({ kind: 'key-attribute', configured, written })
  })

  test('a sort key that the item has and the configuration has not, or the other way round, is named', async () => {
    const { sortKey: _, ...rest } = STRUCTURED
    const [both, one] = [{ partitionKey: 'pk', sortKey: 'sk' }, { partitionKey: 'pk' }]
    expect(await explained({ structured: rest }, await structured.write())).toEqual({
      kind: 'key-attribute',
      configured: one,
      written: both,
    })
    const item = await structuredItemEncryptor(rest).encryptItem(ITEM)
    expect(await explained(structured.subject(), item)).toEqual({ kind: 'key-attribute', configured: both, written: one })
  })

  test('an attribute that a prefix makes unsigned now and that was signed is named', async () => {
    const item = await structured.write({ ...ITEM, ':a': { S: 'x' } })
    const cause = { kind: 'action-changed', name: ':a', configured: 'DO_NOTHING', written: 'ENCRYPT_AND_SIGN' }
    expect(await explained(structured.subject({ allowedUnsignedAttributePrefix: ':' }), item)).toEqual(cause)
  })

  test('removed attributes are counted, with the configured names that are missing', async () => {
    const item = await structured.write()
    expect(await explained(structured.subject(), without(item, 'count', 'secret'))).toEqual({
      kind: 'attribute-removed',
      count: 2,
      candidates: ['count'],
    })
  })

  test('several added attributes are counted', async () => {
    const item = { ...(await structured.write()), one: { S: 'x' }, two: { S: 'y' } }
    expect(await explained(structured.subject(), item)).toEqual({ kind: 'attributes-added', count: 2 })
  })

  test('an item that no data key opens was written with another', async () => {
    const keyring = rawAesKeyring({ namespace: 'tests', name: 'a key', wrappingKey: range(3, 32) })
    const explanation = await explainFailure(structured.subject(), await structured.write(ITEM, { keyring }))
    expect(explanation).toMatchObject({ code: 'NO_MATERIALS', cause: { kind: 'wrong-key' } })
  })

  test('a header that was changed under the right key is told from its content', async () => {
    const item = await structured.write(ITEM, { keyring: RSA_KEYRING })
    expect(await explained(structured.subject({ keyring: RSA_KEYRING }), flipped(item, 'aws_dbe_head', 5))).toEqual({
      kind: 'header-changed',
    })
  })

  test('a changed footer is content that changed, with no attribute named', async () => {
    const item = await structured.write()
    expect(await explained(structured.subject(), flipped(item, 'aws_dbe_foot', 5))).toEqual({ kind: 'content-changed', names: [] })
  })

  test('no attribute is named as changed where an unknown table name may be the cause', async () => {
    const item = await structured.write(ITEM, { tableName: 'elsewhere' })
    const manager = defaultMaterialsManager(KEYRING)
    const unbound: MaterialsManager = {
      ...manager,
      async decryptionMaterials(request, p) {
        const reproducedContext = { ...request.reproducedContext, 'aws-crypto-table-name': 'elsewhere' }
        const materials = await manager.decryptionMaterials({ ...request, reproducedContext }, p)
        return { ...materials, encryptionContext: { ...materials.encryptionContext, ...request.reproducedContext } }
      },
    }
    const { keyring: _, ...rest } = STRUCTURED
    const subject = { structured: { ...rest, materialsManager: unbound } }
    expect(await explained(subject, item)).toEqual({ kind: 'content-changed', names: [] })
    expect(await explained(subject, item, { tableNames: ['elsewhere'] })).toMatchObject({ kind: 'table-name' })
  })

  test('what makes no difference when reading is no cause: another action that is signed too', async () => {
    const options = { actions: { default: 'SIGN_ONLY', attributes: { ...ATTRIBUTES, secret: 'SIGN_ONLY' } } }
    expect(await explainFailure(structured.subject(options), await structured.write())).toEqual({ refused: false })
  })

  test('the keyring is asked once for each encryption context', async () => {
    let asked = 0
    const keyring = {
      ...KEYRING,
      onDecrypt: (...args: Parameters<typeof KEYRING.onDecrypt>) => {
        asked++
        return KEYRING.onDecrypt(...args)
      },
    }
    const item = { ...(await structured.write()), tags: { SS: ['a', 'b', 'z'] } }
    const explanation = await explainFailure(structured.subject({ keyring }), item)
    expect(explanation.refused && explanation.attempts).toBeGreaterThan(asked * 2)
  })
})
