import { describe, expect, test } from 'vitest'
import { type Item, type KeyPair, type Primitives, webCrypto } from '../../src/index.ts'
import {
  type CachingMaterialsManagerOptions,
  cachingMaterialsManager,
  defaultMaterialsManager,
  type MaterialsManager,
} from '../../src/materials/index.ts'
import { SUITES } from '../../src/materials/suites.ts'
import { parseHeader } from '../../src/structured/header.ts'
import { structuredItemEncryptor } from '../../src/structured/index.ts'
import { codeOf, withCode } from '../support/expect-error.ts'
import { bytesOf, KEYRING, tableWith } from '../support/structured-encryptors.ts'
import { counting } from '../support/structured-providers.ts'

const p = webCrypto

/** A manager that counts, and answers later. */
function counted(): { manager: MaterialsManager; asked: { write: number; read: number } } {
  const asked = { write: 0, read: 0 }
  const inner = defaultMaterialsManager(KEYRING)
  const later = () => new Promise((resolve) => setTimeout(resolve, 1))
  return {
    asked,
    manager: {
      async encryptionMaterials(request, q) {
        asked.write++
        await later()
        return inner.encryptionMaterials(request, q)
      },
      async decryptionMaterials(request, q) {
        asked.read++
        await later()
        return inner.decryptionMaterials(request, q)
      },
    },
  }
}

function cached(options: Partial<CachingMaterialsManagerOptions> = {}, table: Parameters<typeof tableWith>[0] = {}) {
  const { manager, asked } = counted()
  const materialsManager = cachingMaterialsManager({ manager, maxAge: 1000, now: () => 0, ...options })
  const encryptor = structuredItemEncryptor(tableWith({ ...table, materialsManager, primitives: p }))
  return { encryptor, asked }
}

const plain = structuredItemEncryptor(tableWith())
const item = (pk: string, x = 'x'): Item => ({ pk: { S: pk }, x: { S: x } })
const headerOf = (encrypted: Item) => parseHeader(bytesOf(encrypted, 'aws_dbe_head'))

describe('caching materials manager', () => {
  test.each([{ maxAge: 0 }, { maxAge: Number.NaN }, { maxAge: -1 }, { maxItems: 0 }, { maxBytes: -1 }, { maxItems: Number.NaN }])(
    'limits are positive: %j is refused',
    (limits) => {
      expect(() => cachingMaterialsManager({ manager: counted().manager, maxAge: 1, ...limits })).toThrow(withCode('CONFIGURATION'))
    },
  )

  test.each(['0x6700', '0x6701'] as const)('writes and reads what others read and wrote: suite %s', async (algorithmSuite) => {
    const { encryptor } = cached({}, { algorithmSuite })
    for (let i = 0; i < 3; i++) {
      expect(await plain.decryptItem(await encryptor.encryptItem(item('a', `${i}`)))).toEqual(item('a', `${i}`))
      expect(await encryptor.decryptItem(await plain.encryptItem(item('a', `${i}`)))).toEqual(item('a', `${i}`))
    }
  })

  test('one data key serves an item that is written again, also at the same time; another item has another', async () => {
    const { encryptor, asked } = cached()
    const written = await Promise.all([1, 2, 3, 4].map((x) => encryptor.encryptItem(item('a', `${x}`))))
    await encryptor.encryptItem(item('a'))
    expect(asked.write).toBe(1)
    const headers = written.map(headerOf)
    expect(new Set(headers.map(({ encryptedDataKeys }) => String(encryptedDataKeys[0]!.ciphertext))).size).toBe(1)
    expect(new Set(headers.map(({ messageId }) => String(messageId))).size).toBe(4)
    expect(new Set(headers.map(({ commitment }) => String(commitment))).size).toBe(4)
    await encryptor.encryptItem(item('b'))
    expect(asked.write).toBe(2)
  })

  test('equal plaintexts under one data key have different ciphertexts', async () => {
    const { encryptor } = cached()
    const [one, two] = [await encryptor.encryptItem(item('a')), await encryptor.encryptItem(item('a'))]
    expect(bytesOf(one, 'x')).not.toEqual(bytesOf(two, 'x'))
  })

  test('an item that is read again needs no unwrapping', async () => {
    const { encryptor, asked } = cached()
    const encrypted = await plain.encryptItem(item('a'))
    await Promise.all([1, 2, 3].map(() => encryptor.decryptItem(encrypted)))
    await encryptor.decryptItem(encrypted)
    expect(asked.read).toBe(1)
    await encryptor.decryptItem(await plain.encryptItem(item('a')))
    expect(asked.read).toBe(2)
  })

  test('an item under another key value, table or data key is not read with kept materials', async () => {
    const { encryptor } = cached()
    const encrypted = await plain.encryptItem(item('a'))
    await encryptor.decryptItem(encrypted)
    expect(await codeOf(() => encryptor.decryptItem({ ...encrypted, pk: { S: 'b' } }))).toBe('NO_MATERIALS')
    const flipped = bytesOf(encrypted, 'aws_dbe_head').map((byte, i) => (i === 2 ? byte ^ 1 : byte)) // the message id
    expect(await codeOf(() => encryptor.decryptItem({ ...encrypted, aws_dbe_head: { B: flipped } }))).toBe('NOT_AUTHENTIC')
  })

  test('after the maximum age the key is asked for again, both ways', async () => {
    let time = 0
    const { encryptor, asked } = cached({ now: () => time })
    const encrypted = await encryptor.encryptItem(item('a'))
    await encryptor.decryptItem(encrypted)
    time = 999
    await encryptor.decryptItem(await encryptor.encryptItem(item('a')))
    expect(asked).toEqual({ write: 1, read: 1 })
    time = 1000
    await encryptor.encryptItem(item('a'))
    await encryptor.decryptItem(encrypted)
    expect(asked).toEqual({ write: 2, read: 2 })
  })

  test('a data key serves for so many writes', async () => {
    const { encryptor, asked } = cached({ maxItems: 3 })
    await Promise.all(Array.from({ length: 7 }, () => encryptor.encryptItem(item('a'))))
    expect(asked.write).toBe(3)
  })

  test('a data key serves for so many bytes', async () => {
    const { encryptor, asked } = cached({ maxBytes: 20 })
    for (let i = 0; i < 4; i++) await encryptor.encryptItem(item('a', '12345678')) // ten bytes each, with the type
    expect(asked.write).toBe(2)
  })

  test('no more entries are kept than there is room for', async () => {
    const { encryptor, asked } = cached({ capacity: 2 })
    for (const pk of ['a', 'b', 'a', 'c', 'a', 'b']) await encryptor.encryptItem(item(pk))
    expect(asked.write).toBe(4)
  })

  test('one signature key pair serves all items, until the maximum age', async () => {
    let time = 0
    const { primitives, calls } = counting(p)
    const materialsManager = cachingMaterialsManager({ manager: defaultMaterialsManager(KEYRING), maxAge: 1000, now: () => time })
    const encryptor = structuredItemEncryptor(tableWith({ materialsManager, primitives: primitives as Primitives }))
    const keyOf = async (pk: string) => headerOf(await encryptor.encryptItem(item(pk))).encryptionContext['aws-crypto-public-key']
    const keys = [await keyOf('a'), await keyOf('b'), await keyOf('a')]
    expect(calls.get('ecdsaGenerate')).toBe(1)
    expect(new Set(keys).size).toBe(1)
    time = 1000
    expect(await keyOf('a')).not.toBe(keys[0])
    expect(calls.get('ecdsaGenerate')).toBe(2)
  })

  test('a write that brings its own signature keys gets them, and shares with nobody who has others', async () => {
    const { manager, asked } = counted()
    const caching = cachingMaterialsManager({ manager, maxAge: 1000, now: () => 0 })
    const ask = async (signingKeys?: KeyPair) => {
      const request = { suite: SUITES['0x6701'], encryptionContext: {}, requiredContextKeys: [], plaintextLength: 0 }
      return (await caching.encryptionMaterials({ ...request, ...(signingKeys && { signingKeys }) }, p)).signingKey
    }
    const [one, other] = await Promise.all([p.ecdsaGenerate('P-384'), p.ecdsaGenerate('P-384')])
    const kept = await ask()
    expect(await ask(one)).toBe(one.privateKey)
    expect(await ask(other)).toBe(other.privateKey)
    expect(await ask(one)).toBe(one.privateKey)
    expect(await ask()).toBe(kept)
    expect(asked.write).toBe(3)
  })

  test('a failure to import a key is not kept, nor that of a key pair', async () => {
    for (const step of ['importKey', 'ecdsaGenerate'] as const) {
      let failures = 1
      const failing: Primitives = {
        ...p,
        async [step](...args: never[]) {
          if (failures-- > 0) throw new Error('busy')
          return (p[step] as (...args: never[]) => Promise<never>)(...args)
        },
      }
      const { manager } = counted()
      const materialsManager = cachingMaterialsManager({ manager, maxAge: 1000, now: () => 0 })
      const encryptor = structuredItemEncryptor(tableWith({ materialsManager, primitives: failing }))
      expect(await codeOf(() => encryptor.encryptItem(item('1')))).toBe('NO_MATERIALS')
      expect(await plain.decryptItem(await encryptor.encryptItem(item('1')))).toEqual(item('1'))
    }
  })

  test('a failure is not kept', async () => {
    const { manager } = counted()
    let fails = true
    const failing: MaterialsManager = {
      ...manager,
      encryptionMaterials: (request, q) => {
        if (fails) throw new Error('throttled')
        return manager.encryptionMaterials(request, q)
      },
    }
    const materialsManager = cachingMaterialsManager({ manager: failing, maxAge: 1000 })
    const encryptor = structuredItemEncryptor(tableWith({ materialsManager }))
    expect(await codeOf(() => encryptor.encryptItem(item('a')))).toBe('NO_MATERIALS')
    fails = false
    expect(await plain.decryptItem(await encryptor.encryptItem(item('a')))).toEqual(item('a'))
  })

  test('what is kept are handles that cannot be exported', async () => {
    const inner = cachingMaterialsManager({ manager: defaultMaterialsManager(KEYRING), maxAge: 1000 })
    const seen: unknown[] = []
    const materialsManager: MaterialsManager = {
      async encryptionMaterials(request, q) {
        const materials = await inner.encryptionMaterials(request, q)
        seen.push(materials.plaintextDataKey, ...materials.symmetricSigningKeys)
        return materials
      },
      async decryptionMaterials(request, q) {
        const materials = await inner.decryptionMaterials(request, q)
        seen.push(materials.plaintextDataKey, materials.symmetricSigningKey)
        return materials
      },
    }
    const encryptor = structuredItemEncryptor(tableWith({ materialsManager }))
    await encryptor.decryptItem(await encryptor.encryptItem(item('a')))
    expect(seen).toHaveLength(4)
    for (const key of seen) expect(key).toMatchObject({ type: 'secret', extractable: false })
  })
})
