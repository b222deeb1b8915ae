import { describe, expect, test } from 'vitest'
import { webCrypto } from '../../src/index.ts'
import {
  type DecryptionMaterialsRequest,
  defaultMaterialsManager,
  type EncryptionMaterialsRequest,
  type Keyring,
  type MaterialsManager,
  rawAesKeyring,
  requiredContextMaterialsManager,
  SUITES,
} from '../../src/materials/index.ts'
import { codeOf, withCode } from '../support/expect-error.ts'
import { range } from '../support/structured-vectors.ts'

const p = webCrypto
const keyring = rawAesKeyring({ namespace: 'tests', name: 'a key', wrappingKey: range(1, 32) })
const manager = defaultMaterialsManager(keyring)
const PUBLIC_KEY = 'aws-crypto-public-key'

function writing(changes: Partial<EncryptionMaterialsRequest> = {}): EncryptionMaterialsRequest {
  return { suite: SUITES['0x6700'], encryptionContext: { a: '1', b: '2' }, requiredContextKeys: ['a'], plaintextLength: 0, ...changes }
}

/** What a reader asks for who was given the item of these materials. */
async function reading(request = writing(), of: MaterialsManager = manager): Promise<DecryptionMaterialsRequest> {
  const { suite, encryptionContext, requiredContextKeys, encryptedDataKeys } = await of.encryptionMaterials(request, p)
  const part = (wanted: boolean) =>
    Object.fromEntries(Object.entries(encryptionContext).filter(([name]) => requiredContextKeys.includes(name) === wanted))
  return { suite, encryptedDataKeys, encryptionContext: part(false), reproducedContext: part(true) }
}

describe('default materials manager', () => {
  test('without signature: the context as it was given, no key for signatures', async () => {
    const materials = await manager.encryptionMaterials(writing(), p)
    expect(materials.encryptionContext).toEqual({ a: '1', b: '2' })
    expect(materials.requiredContextKeys).toEqual(['a'])
    expect(materials.signingKey).toBeUndefined()
    expect(materials.symmetricSigningKeys).toHaveLength(1)
  })

  test('with signature: a new key pair for each item, its public half in the context', async () => {
    const request = writing({ suite: SUITES['0x6701'] })
    const [one, two] = [await manager.encryptionMaterials(request, p), await manager.encryptionMaterials(request, p)]
    expect(one.encryptionContext[PUBLIC_KEY]).toMatch(/^A[g-z0-9+/].{66}$/)
    expect(one.encryptionContext[PUBLIC_KEY]).not.toBe(two.encryptionContext[PUBLIC_KEY])
    const data = range(1, 48)
    const { verificationKey } = await manager.decryptionMaterials(await reading(request), p)
    expect(verificationKey).toHaveLength(49)
    const { encryptedDataKeys, encryptionContext, signingKey } = one
    const opened = await manager.decryptionMaterials(
      { suite: request.suite, encryptedDataKeys, encryptionContext, reproducedContext: {} },
      p,
    )
    const signature = await p.ecdsaSign('P-384', signingKey!, data)
    expect(await p.ecdsaVerify('P-384', opened.verificationKey!, signature, data)).toBe(true)
  })

  test('gives to the reader what it gave to the writer', async () => {
    const materials = await manager.encryptionMaterials(writing(), p)
    const { encryptedDataKeys, plaintextDataKey, symmetricSigningKeys, suite } = materials
    const opened = await manager.decryptionMaterials(
      { suite, encryptedDataKeys, encryptionContext: { b: '2' }, reproducedContext: { a: '1' } },
      p,
    )
    expect(opened).toEqual({
      suite,
      encryptionContext: { a: '1', b: '2' },
      requiredContextKeys: ['a'],
      plaintextDataKey,
      symmetricSigningKey: symmetricSigningKeys[0],
    })
  })

  test('a context with the reserved name is refused', async () => {
    const request = writing({ encryptionContext: { [PUBLIC_KEY]: 'mine' }, requiredContextKeys: [] })
    expect(await codeOf(() => manager.encryptionMaterials(request, p))).toBe('CONFIGURATION')
  })

  test('a required name that the context lacks is refused', async () => {
    const request = writing({ requiredContextKeys: ['c'] })
    await expect(manager.encryptionMaterials(request, p)).rejects.toEqual(withCode('CONFIGURATION', '"c"'))
    expect(await codeOf(() => manager.encryptionMaterials(writing({ requiredContextKeys: ['toString'] }), p))).toBe('CONFIGURATION')
  })

  test('stored and reproduced pairs must not contradict each other, and may agree', async () => {
    const request = await reading()
    const with_ = (pair: object) => ({ ...request, encryptionContext: { ...request.encryptionContext, ...pair } })
    await expect(manager.decryptionMaterials(with_({ a: 'other' }), p)).rejects.toEqual(
      withCode('NOT_AUTHENTIC', 'does not match reproduced encryption context'),
    )
    const opened = await manager.decryptionMaterials(with_({ a: '1' }), p)
    expect(opened.requiredContextKeys).toEqual([])
  })

  test('a verification key belongs to a suite with signature, and to no other', async () => {
    const signed = await reading(writing({ suite: SUITES['0x6701'] }))
    expect(await codeOf(() => manager.decryptionMaterials({ ...signed, suite: SUITES['0x6700'] }, p))).toBe('MALFORMED')
    const unsigned = await reading()
    expect(await codeOf(() => manager.decryptionMaterials({ ...unsigned, suite: SUITES['0x6701'] }, p))).toBe('MALFORMED')
  })

  test.each(['', '*', 'AAA'])('the verification key %j is refused', async (text) => {
    const signed = await reading(writing({ suite: SUITES['0x6701'] }))
    const encryptionContext = { ...signed.encryptionContext, [PUBLIC_KEY]: text }
    expect(await codeOf(() => manager.decryptionMaterials({ ...signed, encryptionContext }, p))).toBe('MALFORMED')
  })

  test.each<[string, Partial<Keyring>]>([
    ['gives nothing', { onEncrypt: (materials) => materials, onDecrypt: (materials) => materials }],
    ['gives a short data key', { onEncrypt: (materials) => ({ ...materials, plaintextDataKey: range(1, 16) }) }],
  ])('a keyring that %s is refused', async (_, broken) => {
    const of = defaultMaterialsManager({ ...keyring, ...broken })
    if (broken.onEncrypt) expect(await codeOf(() => of.encryptionMaterials(writing(), p))).toBe('NO_MATERIALS')
    const request = await reading()
    if (broken.onDecrypt) expect(await codeOf(() => of.decryptionMaterials(request, p))).toBe('NO_MATERIALS')
  })

  test('what a keyring may not change, it does not change', async () => {
    const meddling: Keyring = {
      onEncrypt: async (materials, q) => ({ ...(await keyring.onEncrypt(materials, q)), encryptionContext: {}, requiredContextKeys: [] }),
      onDecrypt: async (materials, keys, q) => ({ ...(await keyring.onDecrypt(materials, keys, q)), encryptionContext: {} }),
    }
    const of = defaultMaterialsManager(meddling)
    expect((await of.encryptionMaterials(writing(), p)).encryptionContext).toEqual({ a: '1', b: '2' })
    expect((await of.decryptionMaterials(await reading(), p)).encryptionContext).toEqual({ a: '1', b: '2' })
  })
})

describe('required-encryption-context materials manager', () => {
  const of = requiredContextMaterialsManager({ manager, requiredContextKeys: ['b'] })

  test('needs a name', () => {
    expect(() => requiredContextMaterialsManager({ manager, requiredContextKeys: [] })).toThrow(withCode('CONFIGURATION'))
  })

  test('adds its names to those of the item', async () => {
    expect((await of.encryptionMaterials(writing(), p)).requiredContextKeys).toEqual(['a', 'b'])
    expect((await of.encryptionMaterials(writing({ requiredContextKeys: ['b'] }), p)).requiredContextKeys).toEqual(['b'])
  })

  test('an item whose context lacks a required pair is not written', async () => {
    expect(await codeOf(() => of.encryptionMaterials(writing({ encryptionContext: { a: '1' } }), p))).toBe('CONFIGURATION')
  })

  test('a reader must bring the required pairs, and rightly', async () => {
    const request = await reading(writing(), of)
    expect(request.reproducedContext).toEqual({ a: '1', b: '2' })
    expect((await of.decryptionMaterials(request, p)).encryptionContext).toEqual({ a: '1', b: '2' })
    const asking = (reproducedContext: Record<string, string>) => codeOf(() => of.decryptionMaterials({ ...request, reproducedContext }, p))
    expect(await asking({ a: '1' })).toBe('CONFIGURATION')
    expect(await asking({ a: '1', b: '3' })).toBe('NO_MATERIALS')
    const contradicting = { ...request, encryptionContext: { b: '3' } }
    expect(await codeOf(() => of.decryptionMaterials(contradicting, p))).toBe('NOT_AUTHENTIC')
  })

  test('a manager behind it that drops or changes a required pair is refused', async () => {
    const behind = (changes: object): MaterialsManager =>
      requiredContextMaterialsManager({
        requiredContextKeys: ['b'],
        manager: {
          encryptionMaterials: async (request, q) => ({ ...(await manager.encryptionMaterials(request, q)), ...changes }),
          decryptionMaterials: async (request, q) => ({ ...(await manager.decryptionMaterials(request, q)), ...changes }),
        },
      })
    expect(await codeOf(() => behind({ requiredContextKeys: [] }).encryptionMaterials(writing(), p))).toBe('NO_MATERIALS')
    for (const encryptionContext of [{}, { a: '1', b: '3' }]) {
      expect(await codeOf(() => behind({ encryptionContext }).encryptionMaterials(writing(), p))).toBe('NO_MATERIALS')
      const request = await reading(writing(), of)
      expect(await codeOf(() => behind({ encryptionContext }).decryptionMaterials(request, p))).toBe('NO_MATERIALS')
    }
  })
})
