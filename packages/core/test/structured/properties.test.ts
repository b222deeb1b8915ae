import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttributeValue, CryptoAction, Item } from '../../src/index.ts'
import { multiKeyring, rawAesKeyring } from '../../src/materials/index.ts'
import { type StructuredItemEncryptorOptions, structuredItemEncryptor } from '../../src/structured/index.ts'
import { serializeValue } from '../../src/structured/value.ts'
import { arbitraryItem, arbitraryValue } from '../support/arbitrary-item.ts'
import { codeOf } from '../support/expect-error.ts'
import { bytesOf, KEYRING, tableWith } from '../support/structured-encryptors.ts'
import { PROVIDERS } from '../support/structured-providers.ts'
import { range } from '../support/structured-vectors.ts'

const CONTEXT: CryptoAction = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT'
const REFUSED = /^(NOT_AUTHENTIC|MALFORMED|NO_MATERIALS)$/
const second = rawAesKeyring({ namespace: 'tests', name: 'second', wrappingKey: range(1, 16) })
const KEYRINGS = [
  KEYRING,
  multiKeyring({ generator: KEYRING, children: [second] }),
  multiKeyring({ generator: second, children: [second, KEYRING] }),
]

/** Whether DynamoDB and the format know such a value: no empty map keys, no names of their own. */
function isItem(item: Item): boolean {
  try {
    return Object.entries(item).every(([name, value]) => !/^(aws_dbe_|aws-crypto-)/.test(name) && serializeValue(value).length > 0)
  } catch {
    return false
  }
}

const arbitraryTable: fc.Arbitrary<{ item: Item; options: StructuredItemEncryptorOptions }> = fc
  .record({
    item: arbitraryItem.filter(isItem),
    tableName: fc.constantFrom('table', 'tåble 😀', 'x'),
    sortKey: fc.boolean(),
    version: fc.constantFrom(1, 2),
    other: fc.constantFrom<CryptoAction>('ENCRYPT_AND_SIGN', 'SIGN_ONLY'),
    chosen: fc.array(fc.constantFrom<CryptoAction>('ENCRYPT_AND_SIGN', 'SIGN_ONLY', CONTEXT, 'DO_NOTHING'), {
      minLength: 10,
      maxLength: 10,
    }),
    suite: fc.constantFrom<'0x6700' | '0x6701'>('0x6700', '0x6700', '0x6701'),
    keyring: fc.constantFrom(...KEYRINGS),
    byPrefix: fc.boolean(),
  })
  .map(({ item, tableName, sortKey, version, other, chosen, suite, keyring, byPrefix }) => {
    const names = Object.keys(item).filter((name) => name !== 'pk' && (name !== 'sk' || !sortKey))
    const actions = new Map(names.map((name, i) => [name, chosen[i % chosen.length]!]))
    if (version === 1) for (const [name, action] of actions) if (action === CONTEXT) actions.set(name, 'SIGN_ONLY')
    const unsigned = names.filter((name) => actions.get(name) === 'DO_NOTHING')
    const prefix = unsigned[0]
    const useful =
      byPrefix &&
      prefix !== undefined &&
      names.every((name) => !name.startsWith(prefix) || unsigned.includes(name)) &&
      !'pksk'.startsWith(prefix)
    const options: StructuredItemEncryptorOptions = {
      ...tableWith({ tableName, keyring, algorithmSuite: suite }),
      ...(sortKey && { sortKey: 'sk' }),
      allowedUnsignedAttributes: useful ? unsigned.slice(1) : unsigned,
      ...(useful && { allowedUnsignedAttributePrefix: prefix }),
      actions: { default: other, attributes: Object.fromEntries(actions) },
    }
    return { item, options }
  })

/** Encrypted attributes come back in normal form, all others as they were. */
function comparable(item: Item, { actions }: StructuredItemEncryptorOptions): Record<string, unknown> {
  const actionOf = new Map(Object.entries(actions?.attributes ?? {}))
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      actionOf.get(name) === 'ENCRYPT_AND_SIGN' ? Buffer.from(serializeValue(value)).toString('hex') : value,
    ]),
  )
}

const SMALL: Item = { pk: { S: 'a' }, secret: { S: 'x' }, other: { S: 'x' }, read: { N: '1' }, list: { SS: ['b', 'a'] } }
const SIGNED = { default: 'ENCRYPT_AND_SIGN', attributes: { read: 'SIGN_ONLY', list: 'SIGN_ONLY' } } as const

for (const [provider, p] of PROVIDERS) {
  describe(`items over ${provider}`, () => {
    test('any item under any configuration survives the round trip', async () => {
      await fc.assert(
        fc.asyncProperty(arbitraryTable, async ({ item, options }) => {
          const encryptor = structuredItemEncryptor({ ...options, primitives: p })
          const decrypted = await encryptor.decryptItem(await encryptor.encryptItem(item))
          expect(comparable(decrypted, options)).toEqual(comparable(item, options))
        }),
        { numRuns: 300 },
      )
    })
  })
}

describe.each(['0x6700', '0x6701'] as const)('an item of suite %s', (algorithmSuite) => {
  const encryptor = structuredItemEncryptor(tableWith({ algorithmSuite, actions: SIGNED }))
  const refusal = (item: Item) => codeOf(() => encryptor.decryptItem(item))

  test('is refused when any bit of header or footer is another', async () => {
    const encrypted = await encryptor.encryptItem(SMALL)
    for (const name of ['aws_dbe_head', 'aws_dbe_foot']) {
      const whole = bytesOf(encrypted, name)
      const codes = await Promise.all(
        Array.from({ length: 8 * whole.length }, (_, bit) => {
          const flipped = whole.map((byte, i) => (i === bit >>> 3 ? byte ^ (1 << (bit & 7)) : byte))
          return refusal({ ...encrypted, [name]: { B: flipped } })
        }),
      )
      for (const [bit, code] of codes.entries()) expect(code, `${name}, bit ${bit}`).toMatch(REFUSED)
    }
  })

  test('is refused when header or footer is cut, or longer', async () => {
    const encrypted = await encryptor.encryptItem(SMALL)
    for (const name of ['aws_dbe_head', 'aws_dbe_foot']) {
      const whole = bytesOf(encrypted, name)
      for (let length = 0; length < whole.length; length++)
        expect(await refusal({ ...encrypted, [name]: { B: whole.subarray(0, length) } }), `cut to ${length}`).toMatch(REFUSED)
      expect(await refusal({ ...encrypted, [name]: { B: Uint8Array.of(...whole, 0) } })).toMatch(REFUSED)
    }
  })

  test('is refused when any byte of an encrypted attribute is another, type included', async () => {
    const encrypted = await encryptor.encryptItem(SMALL)
    const whole = bytesOf(encrypted, 'secret')
    for (let at = 0; at < whole.length; at++) {
      const flipped = whole.map((byte, i) => (i === at ? byte ^ 1 : byte))
      expect(await refusal({ ...encrypted, secret: { B: flipped } }), `byte ${at}`).toBe('NOT_AUTHENTIC')
    }
  })

  test('is refused when a signed attribute is added, removed, renamed, changes places with another or changes its type', async () => {
    const encrypted = await encryptor.encryptItem(SMALL)
    const { read, secret, ...rest } = encrypted
    const changed: [string, Item][] = [
      ['added', { ...encrypted, more: { S: 'x' } }],
      ['removed, encrypted', { ...rest, read: read! }],
      ['removed, readable', { ...rest, secret: secret! }],
      ['renamed, encrypted', { ...rest, read: read!, secres: secret! }],
      ['renamed, readable', { ...rest, secret: secret!, reaf: read! }],
      ['renamed so that the order is another', { ...rest, read: read!, z: secret! }],
      ['swapped, encrypted', { ...encrypted, secret: encrypted.other!, other: encrypted.secret! }],
      ['swapped, readable', { ...encrypted, read: encrypted.list!, list: encrypted.read! }],
      ['another value', { ...encrypted, read: { N: '2' } }],
      ['another type', { ...encrypted, read: { S: '1' } }],
      ['another member', { ...encrypted, list: { SS: ['a', 'c'] } }],
      ['another key', { ...encrypted, pk: { S: 'b' } }],
      ['in plaintext', { ...encrypted, secret: { S: 'x' } }],
    ]
    for (const [change, item] of changed) expect(await refusal(item), change).toMatch(REFUSED)
  })

  test('is refused with header, footer or attribute of another item of the same table and key', async () => {
    const [one, two] = [await encryptor.encryptItem(SMALL), await encryptor.encryptItem(SMALL)]
    for (const name of ['aws_dbe_head', 'aws_dbe_foot', 'secret'])
      expect(await refusal({ ...one, [name]: two[name]! }), name).toMatch(REFUSED)
  })
})

test('10,000 random corruptions give errors of this library only, and never another item', async () => {
  const encryptor = structuredItemEncryptor(tableWith({ algorithmSuite: '0x6700', actions: SIGNED }))
  const items = await Promise.all(
    [SMALL, { pk: { B: range(1, 9) }, x: { M: { y: { L: [{ N: '1' }] } } } } as Item].map((item) => encryptor.encryptItem(item)),
  )
  const corruption = fc.record({
    item: fc.constantFrom(...items),
    kind: fc.constantFrom('bytes', 'bytes', 'bytes', 'cut', 'splice', 'value', 'remove', 'rename'),
    name: fc.nat(),
    edits: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 }),
    value: arbitraryValue,
  })
  await fc.assert(
    fc.asyncProperty(fc.array(corruption, { minLength: 50, maxLength: 50 }), async (corruptions) => {
      const corrupted = corruptions.map((one) => corrupt(one.item, one))
      await Promise.all(
        corrupted.map(async (item, i) => {
          const whole = corruptions[i]!.item
          try {
            const decrypted = await encryptor.decryptItem(item)
            expect(decrypted).toEqual(await encryptor.decryptItem(whole)) // an edit that changed nothing
          } catch (error) {
            expect(error).toMatchObject({ name: 'ItemCryptoError' })
          }
        }),
      )
    }),
    { numRuns: 200 },
  )
})

interface Corruption {
  readonly kind: string
  readonly name: number
  readonly edits: readonly (readonly [at: number, with_: number])[]
  readonly value: AttributeValue
}

function corrupt(item: Item, { kind, name, edits, value }: Corruption): Item {
  const names = Object.keys(item)
  const chosen = names[name % names.length]!
  const { [chosen]: old, ...rest } = item
  if (kind === 'remove') return rest
  if (kind === 'rename') return { ...rest, [`${chosen}x`]: old! }
  if (kind === 'value' || !('B' in old!)) return { ...item, [chosen]: value }
  const bytes = new Uint8Array(old.B)
  const [[first]] = edits as [[number, number]]
  if (kind === 'cut') return { ...item, [chosen]: { B: bytes.subarray(0, first % bytes.length) } }
  if (kind === 'splice') {
    const at = first % bytes.length
    return { ...item, [chosen]: { B: Uint8Array.of(...bytes.subarray(0, at), ...edits.map(([, byte]) => byte), ...bytes.subarray(at)) } }
  }
  for (const [at, byte] of edits) bytes[at % bytes.length]! ^= byte
  return { ...item, [chosen]: { B: bytes } }
}
