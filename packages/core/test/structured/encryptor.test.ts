import { describe, expect, test } from 'vitest'
import { type AttributeValue, type CryptoAction, type Item, type Primitives, webCrypto } from '../../src/index.ts'
import {
  defaultMaterialsManager,
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type Keyring,
  type MaterialsManager,
  multiKeyring,
  rawAesKeyring,
} from '../../src/materials/index.ts'
import { dynamoDbBranchKeyIdSupplier } from '../../src/structured/branch-key-id-supplier.ts'
import { parseHeader } from '../../src/structured/header.ts'
import { structuredItemEncryptor } from '../../src/structured/index.ts'
import { mostAtOnce } from '../support/at-once.ts'
import { codeOf, withCode } from '../support/expect-error.ts'
import { peerVectors } from '../support/peer-vectors.ts'
import { bytesOf, KEYRING, tableWith } from '../support/structured-encryptors.ts'
import { counting, PROVIDERS } from '../support/structured-providers.ts'
import { hex, itemOf, normal, type PeerRecord, range } from '../support/structured-vectors.ts'

const CONTEXT: CryptoAction = 'SIGN_AND_INCLUDE_IN_ENCRYPTION_CONTEXT'
const ITEM: Item = { pk: { S: 'a' }, secret: { S: 'x' }, read: { N: '1' } }
/** A signature whose r and s have one byte each. */
const MISFIT = Uint8Array.from({ length: 96 }, (_, i) => (i % 48 === 47 ? 1 : 0))
const SIGNED = { attributes: { read: 'SIGN_ONLY', secret: 'ENCRYPT_AND_SIGN' } } as const
const encryptor = structuredItemEncryptor(tableWith({ actions: SIGNED }))
const headerOf = (item: Item) => parseHeader(bytesOf(item, 'aws_dbe_head'))
const refusal = (step: () => Promise<unknown>) =>
  step().then(
    () => 'done',
    (error: unknown) => error,
  )

describe('writing', () => {
  test('encrypted attributes become binary, all others stay as they were; header and footer are added', async () => {
    const item: Item = { ...ITEM, read: { NS: ['2.0', '10'] } }
    const encrypted = await encryptor.encryptItem(item)
    expect(Object.keys(encrypted).sort()).toEqual(['aws_dbe_foot', 'aws_dbe_head', 'pk', 'read', 'secret'])
    expect([encrypted.pk, encrypted.read]).toEqual([item.pk, item.read])
    expect(bytesOf(encrypted, 'secret')).toHaveLength(2 + 1 + 16)
    expect(bytesOf(encrypted, 'secret').subarray(0, 2)).toEqual(hex('0001'))
    expect(await encryptor.decryptItem(encrypted)).toEqual(item)
  })

  test('an empty text takes 18 bytes', async () => {
    const encrypted = await encryptor.encryptItem({ ...ITEM, secret: { S: '' } })
    expect(bytesOf(encrypted, 'secret')).toHaveLength(18)
    expect((await encryptor.decryptItem(encrypted)).secret).toEqual({ S: '' })
  })

  test('the suite is 0x6701 unless said otherwise', async () => {
    expect(headerOf(await encryptor.encryptItem(ITEM)).suite).toBe('0x6701')
    const unsigned = structuredItemEncryptor(tableWith({ algorithmSuite: '0x6700' }))
    expect(headerOf(await unsigned.encryptItem(ITEM)).suite).toBe('0x6700')
  })

  test('where no signature of a record fits and the engine makes no other, another record is signed', async () => {
    const made = new Map<string, Uint8Array>()
    const deterministic = (misfits: number): Primitives => ({
      ...webCrypto,
      async ecdsaSign(curve, key, data) {
        const known = made.get(String(data)) ?? (made.size < misfits ? MISFIT : await webCrypto.ecdsaSign(curve, key, data))
        made.set(String(data), known)
        return known
      },
    })
    const encrypted = await structuredItemEncryptor(tableWith({ actions: SIGNED, primitives: deterministic(3) })).encryptItem(ITEM)
    expect(made.size).toBeGreaterThan(3)
    expect(await encryptor.decryptItem(encrypted)).toEqual(ITEM)
    const never = structuredItemEncryptor(tableWith({ actions: SIGNED, primitives: deterministic(Infinity) }))
    expect(await codeOf(() => never.encryptItem(ITEM))).toBe('UNSUPPORTED')
  })

  test('only the verification key is stored of the encryption context', async () => {
    expect(Object.keys(headerOf(await encryptor.encryptItem(ITEM)).encryptionContext)).toEqual(['aws-crypto-public-key'])
    const unsigned = structuredItemEncryptor(tableWith({ algorithmSuite: '0x6700' }))
    expect(headerOf(await unsigned.encryptItem(ITEM)).encryptionContext).toEqual({})
  })

  test('each item has a message id of its own', async () => {
    const ids = await Promise.all([1, 2, 3].map(async () => String(headerOf(await encryptor.encryptItem(ITEM)).messageId)))
    expect(new Set(ids).size).toBe(3)
  })

  test('the legend is in canonical order: shorter names first', async () => {
    expect(headerOf(await encryptor.encryptItem(ITEM)).legend).toBe('sse') // pk, read, secret
  })

  test('the version is 2 if an attribute is in the encryption context by its action', async () => {
    const two = structuredItemEncryptor(tableWith({ actions: { attributes: { ...SIGNED.attributes, read: CONTEXT } } }))
    const encrypted = await two.encryptItem(ITEM)
    expect(headerOf(encrypted)).toMatchObject({ version: 2, legend: 'cce' })
    expect(headerOf(await encryptor.encryptItem(ITEM))).toMatchObject({ version: 1, legend: 'sse' })
    expect(await encryptor.decryptItem(encrypted)).toEqual(ITEM)
  })

  test('an attribute that is not named has the default action', async () => {
    for (const [action, letter] of [
      ['ENCRYPT_AND_SIGN', 'e'],
      ['SIGN_ONLY', 's'],
      [CONTEXT, 'c'],
    ] as const) {
      const other = structuredItemEncryptor(tableWith({ actions: { default: action } }))
      const encrypted = await other.encryptItem(ITEM)
      expect(headerOf(encrypted).legend).toBe(`${letter === 'c' ? 'c' : 's'}${letter}${letter}`)
      expect(await other.decryptItem(encrypted)).toEqual(ITEM)
    }
  })

  test('without a default, attributes without an action are refused, all at once', async () => {
    const item = { ...ITEM, b: { S: '' }, a: { S: '' } }
    expect(await refusal(() => encryptor.encryptItem(item))).toEqual(withCode('CONFIGURATION', 'no crypto action configured for "b", "a"'))
  })

  test('attributes that are allowed to be unsigned have no default action, are not signed and not checked', async () => {
    const table = tableWith({ allowedUnsignedAttributes: ['free'], allowedUnsignedAttributePrefix: ':' })
    const open = structuredItemEncryptor(table)
    const item: Item = { ...ITEM, free: { S: 'x' }, ':x': { N: 'not a number' } }
    const encrypted = await open.encryptItem(item)
    expect([encrypted.free, encrypted[':x']]).toEqual([item.free, item[':x']])
    expect(headerOf(encrypted).legend).toBe('see')
    const changed = { ...encrypted, free: { N: '2' }, ':y': { S: 'new' } }
    expect(await open.decryptItem(changed)).toEqual({ ...item, free: { N: '2' }, ':y': { S: 'new' } })
  })

  test('the item must have its key attributes', async () => {
    const two = structuredItemEncryptor(tableWith({ sortKey: 'sk' }))
    expect(await refusal(() => two.encryptItem({ sk: { S: 'b' } }))).toEqual(withCode('MALFORMED', 'attribute "pk"'))
    expect(await refusal(() => two.encryptItem({ pk: { S: 'b' } }))).toEqual(withCode('MALFORMED', 'attribute "sk"'))
    expect(await refusal(() => two.encryptItem({}))).toEqual(withCode('MALFORMED', '"pk"'))
    expect(await refusal(() => two.decryptItem({ sk: { S: 'b' } }))).toEqual(withCode('MALFORMED', 'attribute "pk"'))
    expect(await refusal(() => two.decryptItem({ pk: { S: 'b' } }))).toEqual(withCode('MALFORMED', 'attribute "sk"'))
  })

  test('the item must have every attribute that is configured to be in its encryption context', async () => {
    const two = structuredItemEncryptor(tableWith({ actions: { attributes: { ...SIGNED.attributes, tenant: CONTEXT } } }))
    expect(await refusal(() => two.encryptItem(ITEM))).toEqual(withCode('MALFORMED', 'attribute "tenant"'))
  })

  test.each(['aws_dbe_head', 'aws_dbe_foot'])('an item that has %s already is refused', async (name) => {
    expect(await refusal(() => encryptor.encryptItem({ ...ITEM, [name]: { B: hex('') } }))).toEqual(withCode('CONFIGURATION', 'reserved'))
  })

  test('attributes with reserved names are refused: they would be unsigned, and no reader would give them out', async () => {
    for (const name of ['aws_dbe_b_x', 'aws_dbe_head', 'aws_dbe_foot', 'aws_dbe_']) {
      const error = await refusal(() => encryptor.encryptItem({ ...ITEM, [name]: { S: 'beacon' } }))
      expect(error).toEqual(withCode('CONFIGURATION', `attribute "${name}" is reserved`))
    }
  })

  test('a value that is none is refused, with the name of its attribute and not the value', async () => {
    const error = await refusal(() => encryptor.encryptItem({ ...ITEM, secret: { N: 'fourty-two' } }))
    expect(error).toEqual(withCode('MALFORMED', 'attribute "secret"'))
    expect(String(error)).not.toContain('fourty-two')
    for (const item of [null, undefined, [], 'x'] as never[]) expect(await codeOf(() => encryptor.encryptItem(item))).toBe('MALFORMED')
  })

  test('a value of the encryption context must fit into it', async () => {
    const two = structuredItemEncryptor(tableWith({ actions: { attributes: { ...SIGNED.attributes, read: CONTEXT } } }))
    expect(await codeOf(() => two.encryptItem({ ...ITEM, read: { S: 'x'.repeat(65_536) } }))).toBe('MALFORMED')
    expect(await two.decryptItem(await two.encryptItem({ ...ITEM, read: { S: 'x'.repeat(65_535) } }))).toHaveProperty('read')
  })

  test('what a cipher gives in place of a Uint8Array makes no item', async () => {
    for (const wrong of [new ArrayBuffer(32), undefined]) {
      const aesGcmEncrypt: Primitives['aesGcmEncrypt'] = (key, iv, aad, plaintext) =>
        plaintext.length < 32 ? (wrong as never) : webCrypto.aesGcmEncrypt(key, iv, aad, plaintext) // a key is longer
      const table = tableWith({ actions: SIGNED, primitives: { ...webCrypto, aesGcmEncrypt } })
      await expect(structuredItemEncryptor(table).encryptItem(ITEM)).rejects.toThrow()
    }
  })

  test('the item that is given is not changed', async () => {
    const item = freeze({ pk: { S: 'a' }, secret: { L: [{ SS: ['b', 'a'] }, { B: hex('0102') }] }, read: { NS: ['2', '1'] } })
    const copy = structuredClone(item)
    const encrypted = freeze(await encryptor.encryptItem(item))
    const second = structuredClone(encrypted)
    await encryptor.decryptItem(encrypted)
    expect(item).toEqual(copy)
    expect(encrypted).toEqual(second)
  })

  test('several data keys: any of their keyrings reads', async () => {
    const second = rawAesKeyring({ namespace: 'tests', name: 'second', wrappingKey: range(1, 16) })
    const both = structuredItemEncryptor(tableWith({ keyring: multiKeyring({ generator: KEYRING, children: [second, second] }) }))
    const encrypted = await both.encryptItem(ITEM)
    expect(bytesOf(encrypted, 'aws_dbe_foot')).toHaveLength(3 * 48 + 103)
    for (const keyring of [KEYRING, second])
      expect(await structuredItemEncryptor(tableWith({ keyring })).decryptItem(encrypted)).toEqual(ITEM)
  })

  test('255 data keys are written and read, 256 refused', async () => {
    const many = (count: number) =>
      structuredItemEncryptor(tableWith({ keyring: multiKeyring({ generator: KEYRING, children: Array(count - 1).fill(KEYRING) }) }))
    const encrypted = await many(255).encryptItem(ITEM)
    expect(headerOf(encrypted).encryptedDataKeys).toHaveLength(255)
    expect(await encryptor.decryptItem(encrypted)).toEqual(ITEM)
    expect(await refusal(() => many(256).encryptItem(ITEM))).toEqual(withCode('NO_MATERIALS', 'too many'))
  })

  test('a supplier chooses the branch key by the key of the item', async () => {
    const version = 'e9ce18a3-edb5-4272-9f86-1cacb7997ff6'
    const keyStore = inMemoryBranchKeyStore([
      { branchKeyId: 'tenant a', version, branchKey: range(1, 32) },
      { branchKeyId: 'tenant b', version, branchKey: range(2, 33) },
    ])
    const branchKeyIdSupplier = dynamoDbBranchKeyIdSupplier(({ pk }) => `tenant ${(pk as { S: string }).S}`)
    const keyring = hierarchicalKeyring({ keyStore, ttlSeconds: 60, branchKeyIdSupplier })
    const tenants = structuredItemEncryptor(tableWith({ keyring }))
    for (const pk of ['a', 'b']) {
      const encrypted = await tenants.encryptItem({ pk: { S: pk }, x: { S: 'y' } })
      expect(Buffer.from(headerOf(encrypted).encryptedDataKeys[0]!.keyProviderInfo).toString()).toBe(`tenant ${pk}`)
      expect(await tenants.decryptItem(encrypted)).toEqual({ pk: { S: pk }, x: { S: 'y' } })
    }
    expect(await codeOf(() => tenants.encryptItem({ pk: { S: 'c' } }))).toBe('NO_MATERIALS')
  })
})

describe('reading', () => {
  test('the item says what is encrypted, and in which suite; the configuration only what is signed', async () => {
    const encrypted = await encryptor.encryptItem(ITEM)
    for (const read of ['ENCRYPT_AND_SIGN', 'SIGN_ONLY', CONTEXT] as const)
      for (const algorithmSuite of ['0x6700', '0x6701'] as const) {
        const other = structuredItemEncryptor(tableWith({ algorithmSuite, actions: { attributes: { read, secret: 'SIGN_ONLY' } } }))
        if (read === CONTEXT) expect(headerOf(encrypted).version).toBe(1)
        expect(await other.decryptItem(encrypted)).toEqual(ITEM)
      }
  })

  test('something that was signed is now unsigned: refused', async () => {
    const encrypted = await encryptor.encryptItem(ITEM)
    const other = structuredItemEncryptor(tableWith({ allowedUnsignedAttributes: ['read'] }))
    expect(await refusal(() => other.decryptItem(encrypted))).toEqual(
      withCode('NOT_AUTHENTIC', 'something that was signed is now unsigned'),
    )
    const { read: _, ...less } = encrypted
    expect(await refusal(() => encryptor.decryptItem(less))).toEqual(withCode('NOT_AUTHENTIC', 'something that was signed is now unsigned'))
  })

  test('something that was unsigned is now signed: refused', async () => {
    const other = structuredItemEncryptor(tableWith({ allowedUnsignedAttributes: ['read'] }))
    const encrypted = await other.encryptItem(ITEM)
    expect(await refusal(() => encryptor.decryptItem(encrypted))).toEqual(
      withCode('NOT_AUTHENTIC', 'something that was unsigned is now signed'),
    )
  })

  test('an item without header or footer is refused', async () => {
    const encrypted = await encryptor.encryptItem(ITEM)
    expect(await refusal(() => encryptor.decryptItem(ITEM))).toEqual(withCode('NOT_AUTHENTIC', 'aws_dbe_head'))
    for (const name of ['aws_dbe_head', 'aws_dbe_foot']) {
      const { [name]: _, ...less } = encrypted
      expect(await refusal(() => encryptor.decryptItem(less))).toEqual(withCode('NOT_AUTHENTIC', name))
      for (const value of [{ S: 'x' }, { B: hex('') }, {} as AttributeValue])
        expect(await codeOf(() => encryptor.decryptItem({ ...encrypted, [name]: value }))).toBe('MALFORMED')
    }
  })

  test('beacons and what else has a reserved name are dropped, unread', async () => {
    const encrypted = await encryptor.encryptItem(ITEM)
    expect(await encryptor.decryptItem({ ...encrypted, aws_dbe_b_x: { S: 'x' }, aws_dbe_v_1: { S: ' ' } })).toEqual(ITEM)
  })

  test('readable numbers and sets may be written otherwise, encrypted ones come back in normal form', async () => {
    const item: Item = { pk: { N: '1.0' }, secret: { NS: ['2.0', '10'] }, read: { SS: ['b', 'a'] } }
    const encrypted = await encryptor.encryptItem(item)
    const rewritten = { ...encrypted, pk: { N: '1' }, read: { SS: ['a', 'b'] } }
    expect(await encryptor.decryptItem(rewritten)).toEqual({ pk: { N: '1' }, secret: { NS: ['10', '2'] }, read: { SS: ['a', 'b'] } })
  })

  test.each([
    ['not binary', { S: 'x' }],
    ['shorter than 18 bytes', { B: new Uint8Array(17) }],
  ])('an encrypted attribute that is %s is refused', async (_, secret) => {
    const encrypted = await encryptor.encryptItem(ITEM)
    expect(await refusal(() => encryptor.decryptItem({ ...encrypted, secret }))).toEqual(withCode('MALFORMED', 'attribute "secret"'))
  })

  test('another table, key attribute or sort key is refused', async () => {
    const item: Item = { ...ITEM, sk: { S: 's' } }
    const encrypted = await structuredItemEncryptor(tableWith({ sortKey: 'sk' })).encryptItem(item)
    for (const change of [{ tableName: 'other' }, { partitionKey: 'sk', sortKey: 'pk' }, { partitionKey: 'sk' }, {}])
      expect(await codeOf(() => structuredItemEncryptor(tableWith(change)).decryptItem(encrypted))).toBe('NO_MATERIALS')
  })

  test('the wrong key is no key', async () => {
    const keyring = rawAesKeyring({ namespace: 'tests', name: 'a key', wrappingKey: range(1, 32) })
    const encrypted = await encryptor.encryptItem(ITEM)
    const error = await refusal(() => structuredItemEncryptor(tableWith({ keyring })).decryptItem(encrypted))
    expect(error).toEqual(withCode('NO_MATERIALS'))
    expect((error as { cause: AggregateError }).cause.errors).toEqual([withCode('NOT_AUTHENTIC')])
  })

  test('nothing is decrypted before commitment, tag and signature are right', async () => {
    const { primitives, calls } = counting(PROVIDERS[0]![1])
    const reader = structuredItemEncryptor(tableWith({ primitives }))
    const encrypted = await encryptor.encryptItem(ITEM)
    await reader.decryptItem(encrypted)
    const whole = new Map(calls)
    expect(whole.get('aesCtrKeystream')).toBe(1)
    const foot = bytesOf(encrypted, 'aws_dbe_foot')
    const head = bytesOf(encrypted, 'aws_dbe_head')
    const flip = (bytes: Uint8Array, at: number) => ({ B: bytes.map((byte, i) => (i === at ? byte ^ 1 : byte)) })
    for (const change of [
      { aws_dbe_foot: flip(foot, 3) },
      { aws_dbe_foot: flip(foot, foot.length - 1) },
      { aws_dbe_head: flip(head, head.length - 1) },
      { read: { N: '2' } },
      { secret: flip(bytesOf(encrypted, 'secret'), 5) },
    ]) {
      calls.clear()
      const error = await refusal(() => reader.decryptItem({ ...encrypted, ...change }))
      expect(error).toEqual(withCode('NOT_AUTHENTIC', 'the header or footer is not of this item'))
      expect(calls.get('aesCtrKeystream')).toBeUndefined()
      expect(calls.get('aesGcmDecrypt')).toBe(2) // the data key, in two steps
    }
  })
})

describe('materials managers that are wrong', () => {
  const inner = defaultMaterialsManager(KEYRING)
  const changed = (write: object, read: object = {}): MaterialsManager => ({
    encryptionMaterials: async (request, p) => ({ ...(await inner.encryptionMaterials(request, p)), ...write }),
    decryptionMaterials: async (request, p) => ({ ...(await inner.decryptionMaterials(request, p)), ...read }),
  })

  test.each<[string, object]>([
    ['no data key', { plaintextDataKey: undefined }],
    ['no encrypted data key', { encryptedDataKeys: [], symmetricSigningKeys: [] }],
    ['not a signing key for each encrypted data key', { symmetricSigningKeys: [] }],
    ['no key for the signature', { signingKey: undefined }],
    ['a context that is not that of the item', { encryptionContext: {} }],
    ['a context that the item would have to store', { requiredContextKeys: [] }],
  ])('writing with %s is refused', async (_, write) => {
    const broken = structuredItemEncryptor(tableWith({ materialsManager: changed(write) }))
    expect(await codeOf(() => broken.encryptItem(ITEM))).toBe('NO_MATERIALS')
  })

  test.each<[string, object]>([
    ['no data key', { plaintextDataKey: undefined }],
    ['no signing key', { symmetricSigningKey: undefined }],
    ['no key for the signature', { verificationKey: undefined }],
    ['a context that is not that of the item', { encryptionContext: {} }],
  ])('reading with %s is refused', async (_, read) => {
    const broken = structuredItemEncryptor(tableWith({ materialsManager: changed({}, read) }))
    const encrypted = await encryptor.encryptItem(ITEM)
    expect(await codeOf(() => broken.decryptItem(encrypted))).toBe('NO_MATERIALS')
  })

  test.each(PROVIDERS)('reading with a verification key that is no point is refused, over %s', async (_, primitives) => {
    const encrypted = await encryptor.encryptItem(ITEM)
    for (const bytes of [[], [2], [5, ...range(1, 48)], [2, ...range(1, 49)], [2, ...new Uint8Array(47), 1]]) {
      const verificationKey = Uint8Array.from(bytes)
      const broken = structuredItemEncryptor(tableWith({ materialsManager: changed({}, { verificationKey }), primitives }))
      expect(await codeOf(() => broken.decryptItem(encrypted))).toBe('MALFORMED')
    }
  })

  test.each<[string, Partial<Keyring>]>([
    ['no encrypted data key', { onEncrypt: (materials) => ({ ...materials, plaintextDataKey: new Uint8Array(32) }) }],
    [
      'no signing key with an encrypted data key',
      { onEncrypt: async (materials, p) => ({ ...(await KEYRING.onEncrypt(materials, p)), symmetricSigningKeys: [] }) },
    ],
    ['no signing key to read with', { onDecrypt: (materials) => ({ ...materials, plaintextDataKey: new Uint8Array(32) }) }],
    [
      'another context, in the place of the one that they were given',
      {
        onEncrypt(materials, p) {
          for (const name of Object.keys(materials.encryptionContext)) Reflect.deleteProperty(materials.encryptionContext, name)
          return KEYRING.onEncrypt(materials, p)
        },
      },
    ],
  ])('so are keyrings that give %s', async (_, broken) => {
    const of = structuredItemEncryptor(tableWith({ keyring: { ...KEYRING, ...broken }, algorithmSuite: '0x6700' }))
    const encrypted = await encryptor.encryptItem(ITEM)
    expect(await codeOf(() => (broken.onEncrypt ? of.encryptItem(ITEM) : of.decryptItem(encrypted)))).toBe('NO_MATERIALS')
  })

  test('what they throw is the cause', async () => {
    const failure = new Error('throttled')
    const materialsManager: MaterialsManager = {
      encryptionMaterials: () => {
        throw failure
      },
      decryptionMaterials: () => Promise.reject(failure),
    }
    const broken = structuredItemEncryptor(tableWith({ materialsManager }))
    const encrypted = await encryptor.encryptItem(ITEM)
    for (const step of [() => broken.encryptItem(ITEM), () => broken.decryptItem(encrypted)]) {
      const error = await refusal(step)
      expect(error).toEqual(withCode('NO_MATERIALS', 'materials manager failed'))
      expect((error as Error).cause).toBe(failure)
    }
  })

  test('pairs that they add to the context are stored, and read again', async () => {
    const adding: MaterialsManager = {
      ...inner,
      encryptionMaterials: (request, p) =>
        inner.encryptionMaterials({ ...request, encryptionContext: { ...request.encryptionContext, purpose: 'test' } }, p),
    }
    const encrypted = await structuredItemEncryptor(tableWith({ materialsManager: adding })).encryptItem(ITEM)
    expect(headerOf(encrypted).encryptionContext).toMatchObject({ purpose: 'test' })
    expect(await encryptor.decryptItem(encrypted)).toEqual(ITEM)
  })
})

test('of an item of a thousand attributes, some dozens of calls are under way at the same time', async () => {
  const { primitives, most, waits } = mostAtOnce(webCrypto)
  const wide = structuredItemEncryptor(tableWith({ primitives, algorithmSuite: '0x6700' }))
  const item = Object.fromEntries([['pk', { S: 'a' }], ...Array.from({ length: 1000 }, (_, i) => [`x${i}`, { N: `${i}` }])]) as Item
  expect(await wide.decryptItem(await wide.encryptItem(item))).toEqual(item)
  expect(most()).toBeGreaterThan(10)
  expect(waits()).toBeLessThan(4) // and not again for each batch
  expect(most()).toBeLessThan(70)
})

for (const [provider, p] of PROVIDERS) {
  describe(`calls of ${provider}`, () => {
    test.each(['0x6700', '0x6701'] as const)(
      'for an item of N encrypted attributes: N and a constant, suite %s',
      async (algorithmSuite) => {
        const constants = new Set<string>()
        for (const n of [1, 2, 7, 20, 50]) {
          const { primitives, calls } = counting(p)
          const counted = structuredItemEncryptor(tableWith({ algorithmSuite, primitives }))
          const item = Object.fromEntries([['pk', { S: 'a' }], ...Array.from({ length: n }, (_, i) => [`x${i}`, { N: `${i}` }])]) as Item
          await counted.decryptItem(await counted.encryptItem(item)) // the first also imports the wrapping key
          const totals = []
          for (const step of [() => counted.encryptItem(item), async () => counted.decryptItem(await counted.encryptItem(item))]) {
            do {
              calls.clear()
              await step()
            } while ((calls.get('ecdsaSign') ?? 0) > 1) // now and then a signature is too short, and all is done once more
            totals.push([...calls.values()].reduce((sum, count) => sum + count, 0))
          }
          const [encrypt, both] = totals as [number, number]
          constants.add(`${encrypt - n} to write, ${both - encrypt - n} to read`)
        }
        expect([...constants]).toEqual([algorithmSuite === '0x6700' ? '16 to write, 12 to read' : '18 to write, 13 to read'])
      },
    )
  })
}

const data = peerVectors.present
  ? (
      peerVectors.read('structured/data.json') as {
        RoundTripTest: {
          Configs: Record<string, { attributeActionsOnEncrypt: Record<string, CryptoAction>; allowedUnsignedAttributes?: string[] }>
          Records: PeerRecord[]
        }
      }
    ).RoundTripTest
  : { Configs: {}, Records: [] }

test.skipIf(!peerVectors.present)(
  peerVectors.title('the records of the peers survive the round trip under each of their configurations'),
  async () => {
    let count = 0
    for (const { attributeActionsOnEncrypt, allowedUnsignedAttributes } of Object.values(data.Configs)) {
      const table = { tableName: 'table', partitionKey: 'RecNum', keyring: KEYRING, actions: { attributes: attributeActionsOnEncrypt } }
      const one = structuredItemEncryptor({ ...table, ...(allowedUnsignedAttributes && { allowedUnsignedAttributes }) })
      for (const record of data.Records) {
        const item = itemOf(record)
        expect(normal(await one.decryptItem(await one.encryptItem(item)))).toEqual(normal(item))
        count++
      }
    }
    expect(count).toBeGreaterThan(2)
  },
)

function freeze(item: Item): Item {
  const deep = (value: unknown): void => {
    if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
    Object.freeze(value)
    for (const member of Object.values(value)) deep(member)
  }
  deep(item)
  return item
}
