import { describe, expect, test } from 'vitest'
import {
  type CachingMostRecentProvider,
  type CachingMostRecentProviderOptions,
  cachingMostRecentProvider,
  type ProviderStore,
} from '../../src/classic/caching-provider.ts'
import { classicItemEncryptor } from '../../src/classic/encryptor.ts'
import { META_STORE, metaStoreProvider, newMetaStoreItem } from '../../src/classic/meta-store-item.ts'
import { ItemCryptoError } from '../../src/errors.ts'
import type { Item } from '../../src/item.ts'
import { classicWebCrypto } from '../../src/webcrypto.ts'
import { encryptorFor, provider, range } from '../support/classic-encryptor.ts'
import { withCode } from '../support/expect-error.ts'

const item: Item = { pk: { S: 'k' }, sk: { N: '1' }, name: { S: 'Ada' } }
const material = (version: number): Item => ({
  N: { S: 'orders' },
  V: { N: String(version) },
  t: { S: '0' },
  enc: { B: range(version, 32) },
  encAlg: { S: 'AES' },
  int: { B: range(version + 100, 32) },
  intAlg: { S: 'HmacSHA256' },
})

/** A store of versions, its clock, and what it was asked. */
function storeOf(versions: number[]) {
  const asked: string[] = []
  const clock = { now: 0 }
  const store: ProviderStore = {
    async maxVersion() {
      asked.push('max')
      return versions.length === 0 ? undefined : Math.max(...versions)
    },
    async provider(_, version) {
      asked.push(`get ${version}`)
      if (!versions.includes(version)) throw new ItemCryptoError('NO_MATERIALS', 'no such version')
      return metaStoreProvider(material(version))
    },
    async createProvider(_, version) {
      asked.push(`create ${version}`)
      versions.push(version)
      return metaStoreProvider(material(version))
    },
  }
  const made = (options: Partial<CachingMostRecentProviderOptions> = {}): CachingMostRecentProvider =>
    cachingMostRecentProvider({ store, materialName: 'orders', ttl: 1000, now: () => clock.now, ...options })
  return { store, versions, asked, clock, made }
}

describe('the caching most recent provider', () => {
  test('encrypts with the newest version and decrypts with the one that the item names', async () => {
    const { versions, made } = storeOf([0])
    const old = await encryptorFor({ provider: made() }).encryptItem(item)
    versions.push(1)
    const recent = await encryptorFor({ provider: made() }).encryptItem(item)
    const reader = encryptorFor({ provider: made() })
    expect(await Promise.all([reader.decryptItem(old), reader.decryptItem(recent)])).toEqual([item, item])
  })

  test('asks once for concurrent items, and again when the time is over, old versions included', async () => {
    const { asked, clock, made } = storeOf([0, 1])
    const encryptor = encryptorFor({ provider: made() })
    const [encrypted] = await Promise.all(Array.from({ length: 50 }, () => encryptor.encryptItem(item)))
    expect(asked).toEqual(['max', 'get 1'])
    const old = await encryptorFor({ provider: metaStoreProvider(material(0)) }).encryptItem(item)
    for (const time of [0, 999, 1000, 1500, 2000]) {
      clock.now = time
      await Promise.all([encryptor.decryptItem(encrypted!), encryptor.decryptItem(old)])
    }
    expect(asked.filter((call) => call === 'get 0').length).toBe(3) // at 0, 1000 and 2000
    expect(asked.filter((call) => call === 'get 1').length).toBe(3)
  })

  test('does not keep a failure', async () => {
    const { versions, made } = storeOf([0])
    const reader = encryptorFor({ provider: made() })
    const later = await encryptorFor({ provider: metaStoreProvider(material(1)) }).encryptItem(item)
    await expect(reader.decryptItem(later)).rejects.toThrow(withCode('NO_MATERIALS'))
    versions.push(1)
    expect(await reader.decryptItem(later)).toEqual(item)
  })

  test('has the first version made when there is none, if the store can', async () => {
    const { asked, made } = storeOf([])
    const encryptor = encryptorFor({ provider: made() })
    const [encrypted] = await Promise.all([encryptor.encryptItem(item), encryptor.encryptItem(item)])
    expect(await encryptor.decryptItem(encrypted)).toEqual(item)
    expect(asked).toEqual(['max', 'create 0']) // made once, and remembered
  })

  test('says that there is no version when the store cannot make one', async () => {
    const { store, made } = storeOf([])
    const { createProvider: _, ...reading } = store
    await expect(encryptorFor({ provider: made({ store: reading }) }).encryptItem(item)).rejects.toThrow(withCode('NO_MATERIALS'))
  })

  test('reading asks for versions and nothing else', async () => {
    const { asked, clock, made } = storeOf([0])
    const encrypted = await encryptorFor({ provider: metaStoreProvider(material(0)) }).encryptItem(item)
    const reader = encryptorFor({ provider: made() })
    for (const time of [0, 5000]) {
      clock.now = time
      await reader.decryptItem(encrypted)
    }
    expect(asked).toEqual(['get 0', 'get 0'])
  })

  test('asks anew after refresh, so that a new version is used at once', async () => {
    const { versions, asked, made } = storeOf([0])
    const refreshed = made()
    const encryptor = encryptorFor({ provider: refreshed })
    await encryptor.encryptItem(item)
    versions.push(1)
    await encryptor.encryptItem(item)
    expect(asked).toEqual(['max', 'get 0'])
    refreshed.refresh()
    await encryptor.encryptItem(item)
    expect(asked).toEqual(['max', 'get 0', 'max', 'get 1'])
  })

  test('takes the name of the materials from the item if a function chooses it, in both directions', async () => {
    const { store, made } = storeOf([0])
    const names: string[] = []
    const spied: ProviderStore = {
      ...store,
      async provider(name, version) {
        names.push(name)
        return store.provider(name, version)
      },
    }
    const provider = made({ store: spied, materialName: ({ attributes }) => (attributes.pk as { S: string }).S })
    const encryptor = encryptorFor({ provider })
    const [one, other] = await Promise.all([encryptor.encryptItem(item), encryptor.encryptItem({ ...item, pk: { S: 'other' } })])
    provider.refresh()
    await Promise.all([encryptor.decryptItem(one), encryptor.decryptItem(other)])
    expect(names).toEqual(['k', 'other', 'k', 'other'])
    await expect(encryptor.encryptItem({ ...item, pk: { S: 'a#b' } })).rejects.toThrow(withCode('CONFIGURATION', 'materialName'))
  })

  test('keeps so many versions and no more', async () => {
    const { asked, made } = storeOf([0, 1, 2])
    const reader = encryptorFor({ provider: made({ cacheSize: 2 }) })
    const items = await Promise.all(
      [0, 1, 2].map((version) => encryptorFor({ provider: metaStoreProvider(material(version)) }).encryptItem(item)),
    )
    for (const i of [0, 1, 0, 2, 0, 1]) await reader.decryptItem(items[i]!)
    expect(asked).toEqual(['get 0', 'get 1', 'get 2', 'get 1'])
  })

  test.each(['', 'orders', 'orders#', 'orders#x', 'a#b#1', '#1', 'orders#99999999999999999999'])(
    'refuses an item that names no version: %j',
    async (id) => {
      const context = {
        tableName: 'T',
        partitionKey: 'pk',
        dialect: 'java',
        attributes: {},
        description: { 'amzn-ddb-meta-id': id },
      } as const
      await expect(async () =>
        storeOf([0])
          .made()
          .decryptionMaterials(context, {} as never),
      ).rejects.toThrow(withCode('NO_MATERIALS'))
    },
  )

  test('is not made for a name that no reader could take apart, or without time', () => {
    expect(() => storeOf([]).made({ materialName: 'a#b' })).toThrow(withCode('CONFIGURATION', 'materialName'))
    expect(() => storeOf([]).made({ ttl: 0 })).toThrow(withCode('CONFIGURATION', 'ttl'))
  })
})

describe('an item of the MetaStore', () => {
  test('is itself an item of this format, under the provider of the store', async () => {
    const encryptor = classicItemEncryptor({ tableName: 'metastore', ...META_STORE, provider })
    const stored = await encryptor.encryptItem(material(3))
    expect(stored.N).toEqual({ S: 'orders' })
    expect(Object.keys(stored.enc!)).toEqual(['B'])
    const versioned = metaStoreProvider(await encryptor.decryptItem(stored))
    expect(await encryptorFor({ provider: versioned }).decryptItem(await encryptorFor({ provider: versioned }).encryptItem(item))).toEqual(
      item,
    )
  })

  test('is refused without one of its attributes, and when it is of an unknown kind', () => {
    expect(metaStoreProvider(newMetaStoreItem('orders', 0, classicWebCrypto))).toBeDefined()
    for (const name of Object.keys(material(0))) {
      const { [name]: _, ...rest } = material(0)
      expect(() => metaStoreProvider(rest)).toThrow(withCode('MALFORMED', `"${name}"`))
    }
    for (const change of [{ t: { S: '1' } }, { encAlg: { S: 'DES' } }, { intAlg: { S: 'HmacMD5' } }]) {
      expect(() => metaStoreProvider({ ...material(0), ...change })).toThrow(withCode('UNSUPPORTED'))
    }
  })
})
