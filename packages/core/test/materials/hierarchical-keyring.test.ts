import { describe, expect, test } from 'vitest'
import { webCrypto } from '../../src/index.ts'
import {
  type BranchKeyStore,
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type TimeLimitedCache,
  timeLimitedCache,
} from '../../src/materials/index.ts'
import { codeOf, withCode } from '../support/expect-error.ts'
import { CONTEXT, emptyDecryption, emptyEncryption } from '../support/structured-materials.ts'
import { range } from '../support/structured-vectors.ts'

const p = webCrypto
const FIRST = { branchKeyId: 'branch', version: '00000000-0000-4000-8000-000000000001', branchKey: range(1, 32) }
const SECOND = { ...FIRST, version: '00000000-0000-4000-8000-000000000002', branchKey: range(2, 33) }

/** A store that counts what it is asked for, and answers later. */
function countingStore(store: BranchKeyStore): { store: BranchKeyStore; asked: string[] } {
  const asked: string[] = []
  const later = <T>(what: string, value: () => T | Promise<T>): Promise<T> => {
    asked.push(what)
    return new Promise((resolve) => setTimeout(resolve, 1)).then(value)
  }
  return {
    asked,
    store: {
      logicalKeyStoreName: store.logicalKeyStoreName,
      getActiveBranchKey: (id) => later(`active ${id}`, async () => store.getActiveBranchKey(id)),
      getBranchKeyVersion: (id, version) =>
        later(`version ${version.slice(-1)} of ${id}`, async () => store.getBranchKeyVersion(id, version)),
      getBeaconKey: (id) => store.getBeaconKey(id),
    },
  }
}

const common = { branchKeyId: 'branch', ttlSeconds: 60 }

describe('hierarchical keyring', () => {
  test('asks the store once for many items, also at the same time', async () => {
    const { store, asked } = countingStore(inMemoryBranchKeyStore([FIRST]))
    const keyring = hierarchicalKeyring({ ...common, keyStore: store })
    const made = await Promise.all(Array.from({ length: 20 }, async () => keyring.onEncrypt(emptyEncryption(), p)))
    await Promise.all(made.map(({ encryptedDataKeys }) => keyring.onDecrypt(emptyDecryption(), encryptedDataKeys, p)))
    expect(asked).toEqual(['active branch', 'version 1 of branch'])
  })

  test('asks again before the time to live is over, and then finds a newer version; reads both', async () => {
    let time = 0
    const keys = [FIRST]
    const { store, asked } = countingStore({ ...inMemoryBranchKeyStore([]), ...live(keys) })
    const keyring = hierarchicalKeyring({ ...common, keyStore: store, cache: timeLimitedCache({ now: () => time }), partitionId: 'mine' })
    const old = await keyring.onEncrypt(emptyEncryption(), p)
    keys.push(SECOND)
    time = 49_999
    await keyring.onEncrypt(emptyEncryption(), p)
    expect(asked).toEqual(['active branch'])
    time = 50_000
    const renewed = await keyring.onEncrypt(emptyEncryption(), p)
    expect(asked).toEqual(['active branch', 'active branch'])
    const versions = [old, renewed].map(({ encryptedDataKeys }) => encryptedDataKeys[0]!.ciphertext[48 + 16 + 12 + 15])
    expect(versions).toEqual([1, 2])
    for (const { encryptedDataKeys, plaintextDataKey } of [old, renewed])
      expect((await keyring.onDecrypt(emptyDecryption(), encryptedDataKeys, p)).plaintextDataKey).toEqual(plaintextDataKey)
    expect(asked.slice(2)).toEqual(['version 1 of branch', 'version 2 of branch'])
  })

  test('with no time to live, asks always', async () => {
    const { store, asked } = countingStore(inMemoryBranchKeyStore([FIRST]))
    const keyring = hierarchicalKeyring({ ...common, ttlSeconds: 0, keyStore: store })
    await keyring.onEncrypt(emptyEncryption(), p)
    await keyring.onEncrypt(emptyEncryption(), p)
    expect(asked).toHaveLength(2)
  })

  test('in a shared cache, keyrings of one partition share, others do not', async () => {
    const cache: TimeLimitedCache = timeLimitedCache()
    const { store, asked } = countingStore(inMemoryBranchKeyStore([FIRST]))
    const keyring = (partitionId?: string) =>
      hierarchicalKeyring({ ...common, keyStore: store, cache, ...(partitionId !== undefined && { partitionId }) })
    for (const one of [keyring('a'), keyring('a'), keyring('b'), keyring(), keyring()]) await one.onEncrypt(emptyEncryption(), p)
    expect(asked).toHaveLength(4)
  })

  test('asks the supplier once per item, with the whole context', async () => {
    const seen: unknown[] = []
    const branchKeyIdSupplier = {
      getBranchKeyId(context: unknown) {
        seen.push(context)
        return Promise.resolve('branch')
      },
    }
    const keyring = hierarchicalKeyring({ keyStore: inMemoryBranchKeyStore([FIRST]), ttlSeconds: 60, branchKeyIdSupplier })
    const { encryptedDataKeys } = await keyring.onEncrypt(emptyEncryption(), p)
    await keyring.onDecrypt(emptyDecryption(), [...encryptedDataKeys, ...encryptedDataKeys], p)
    expect(seen).toEqual([CONTEXT, CONTEXT])
  })

  test('a supplier that gives no text is refused', async () => {
    const keyring = hierarchicalKeyring({
      keyStore: inMemoryBranchKeyStore([FIRST]),
      ttlSeconds: 60,
      branchKeyIdSupplier: { getBranchKeyId: () => '' },
    })
    expect(await codeOf(() => keyring.onEncrypt(emptyEncryption(), p))).toBe('CONFIGURATION')
  })

  test('a store that fails is named as the cause, and asked again', async () => {
    let fails = true
    const failure = new Error('throttled')
    const keys = inMemoryBranchKeyStore([FIRST])
    const keyStore: BranchKeyStore = {
      ...keys,
      getActiveBranchKey: (id) => {
        if (fails) throw failure
        return keys.getActiveBranchKey(id)
      },
    }
    const keyring = hierarchicalKeyring({ ...common, keyStore })
    const error = await Promise.resolve(keyring.onEncrypt(emptyEncryption(), p)).catch((thrown: unknown) => thrown)
    expect(error).toEqual(withCode('NO_MATERIALS', 'branch key store failed'))
    expect((error as Error).cause).toBe(failure)
    fails = false
    expect((await keyring.onEncrypt(emptyEncryption(), p)).encryptedDataKeys).toHaveLength(1)
  })

  test.each([
    ['another id', { branchKeyId: 'other' }],
    ['a key of 31 bytes', { branchKey: range(1, 31) }],
    ['a version that is no UUID', { version: 'one' }],
    ['a version in upper case', { version: '00000000-0000-4000-8000-00000000000A' }],
  ])('a store that gives %s is refused', async (_, wrong) => {
    const keys = inMemoryBranchKeyStore([FIRST])
    const keyring = hierarchicalKeyring({ ...common, keyStore: { ...keys, getActiveBranchKey: () => ({ ...FIRST, ...wrong }) } })
    expect(await codeOf(() => keyring.onEncrypt(emptyEncryption(), p))).toMatch(/NO_MATERIALS|MALFORMED/)
  })

  test('a store that gives another version than it was asked for is refused', async () => {
    const keys = inMemoryBranchKeyStore([FIRST, SECOND])
    const { encryptedDataKeys } = await hierarchicalKeyring({ ...common, keyStore: keys }).onEncrypt(emptyEncryption(), p)
    const keyring = hierarchicalKeyring({ ...common, keyStore: { ...keys, getBranchKeyVersion: () => FIRST } })
    expect(await codeOf(() => keyring.onDecrypt(emptyDecryption(), encryptedDataKeys, p))).toBe('NO_MATERIALS')
  })

  test('the keys that a store gives are copied, so that it may wipe its own', async () => {
    const given = { ...FIRST, branchKey: new Uint8Array(FIRST.branchKey) }
    const keys = inMemoryBranchKeyStore([FIRST])
    const keyring = hierarchicalKeyring({ ...common, keyStore: { ...keys, getActiveBranchKey: () => given } })
    await keyring.onEncrypt(emptyEncryption(), p)
    given.branchKey.fill(0)
    const { encryptedDataKeys, plaintextDataKey } = await keyring.onEncrypt(emptyEncryption(), p)
    const reader = hierarchicalKeyring({ ...common, keyStore: keys })
    expect((await reader.onDecrypt(emptyDecryption(), encryptedDataKeys, p)).plaintextDataKey).toEqual(plaintextDataKey)
  })
})

describe('branch key store in memory', () => {
  const beaconKey = range(5, 36)
  const store = inMemoryBranchKeyStore([{ ...FIRST, beaconKey }, SECOND, { ...FIRST, branchKeyId: 'other' }], 'a store')

  test('the last version of a branch key is the active one', async () => {
    expect(store.logicalKeyStoreName).toBe('a store')
    expect(await store.getActiveBranchKey('branch')).toMatchObject(SECOND)
    expect(await store.getBranchKeyVersion('branch', FIRST.version)).toMatchObject(FIRST)
    expect(await store.getBeaconKey('branch')).toEqual(beaconKey)
  })

  test('what is not there is refused', async () => {
    expect(await codeOf(() => store.getActiveBranchKey('none'))).toBe('NO_MATERIALS')
    expect(await codeOf(() => store.getBranchKeyVersion('other', SECOND.version))).toBe('NO_MATERIALS')
    expect(await codeOf(() => store.getBeaconKey('other'))).toBe('NO_MATERIALS')
  })

  test('keys are of 32 bytes, versions UUIDs in lower case', () => {
    for (const wrong of [
      { branchKey: range(1, 31) },
      { beaconKey: range(1, 33) },
      { version: 'x' },
      { version: FIRST.version.toUpperCase().replace('0', 'A') },
    ])
      expect(() => inMemoryBranchKeyStore([{ ...FIRST, ...wrong }])).toThrow(withCode('CONFIGURATION'))
  })
})

function live(keys: { branchKeyId: string; version: string; branchKey: Uint8Array }[]): Partial<BranchKeyStore> {
  return {
    getActiveBranchKey: () => keys.at(-1)!,
    getBranchKeyVersion: (_, version) => keys.find((key) => key.version === version)!,
  }
}
