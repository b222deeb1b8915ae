import { describe, expect, test } from 'vitest'
import { classicItemEncryptor } from '../src/classic/encryptor.ts'
import type { Item } from '../src/item.ts'
import { type LegacyPolicy, migratingEncryptor, type PlaintextPolicy } from '../src/migration.ts'
import { structuredItemEncryptor } from '../src/structured/index.ts'
import { provider } from './support/classic-encryptor.ts'
import { withCode } from './support/expect-error.ts'
import { tableWith } from './support/structured-encryptors.ts'

const structured = structuredItemEncryptor(tableWith())
const classic = classicItemEncryptor({ tableName: 'table', partitionKey: 'pk', provider })
const item: Item = { pk: { S: 'k' }, name: { S: 'Ada' } }
const [structuredItem, classicItem] = await Promise.all([structured.encryptItem(item), classic.encryptItem(item)])
const formatOf = (stored: Item) => ('aws_dbe_head' in stored ? 'structured' : '*amzn-ddb-map-sig*' in stored ? 'classic' : 'plaintext')

describe('the legacy policies', () => {
  test.each<[LegacyPolicy, string, boolean]>([
    ['FORCE_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', 'classic', true],
    ['FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', 'structured', true],
    ['FORBID_LEGACY_ENCRYPT_FORBID_LEGACY_DECRYPT', 'structured', false],
  ])('%s writes %s items, and whether it reads classic ones: %s', async (policy, written, reads) => {
    const encryptor = migratingEncryptor({ encryptor: structured, legacyOverride: { policy, encryptor: classic } })
    expect(formatOf(await encryptor.encryptItem(item))).toBe(written)
    expect(await encryptor.decryptItem(structuredItem)).toEqual(item)
    if (reads) expect(await encryptor.decryptItem(classicItem)).toEqual(item)
    else await expect(encryptor.decryptItem(classicItem)).rejects.toThrow(withCode('UNSUPPORTED', 'legacy policy'))
    await expect(encryptor.decryptItem(item)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('know a legacy item by both of its reserved attributes, under the names it was given', async () => {
    const names = { signatureFieldName: 'sig', materialDescriptionFieldName: 'desc' }
    const renamed = classicItemEncryptor({ tableName: 'table', partitionKey: 'pk', provider, ...names })
    const policy = 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT'
    const encryptor = migratingEncryptor({ encryptor: structured, legacyOverride: { policy, encryptor: renamed, ...names } })
    const stored = await renamed.encryptItem(item)
    expect(await encryptor.decryptItem(stored)).toEqual(item)
    const { desc: _, ...half } = stored
    await expect(encryptor.decryptItem(half)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('verify a legacy item as strictly as its own encryptor does', async () => {
    const encryptor = migratingEncryptor({
      encryptor: structured,
      legacyOverride: { policy: 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', encryptor: classic },
    })
    await expect(encryptor.decryptItem({ ...classicItem, extra: { S: 'x' } })).rejects.toThrow(withCode('NOT_AUTHENTIC'))
    await expect(encryptor.decryptItem({ ...structuredItem, extra: { S: 'x' } })).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })
})

describe('the plaintext policies', () => {
  test.each<[PlaintextPolicy, string, boolean]>([
    ['FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ', 'plaintext', true],
    ['FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ', 'structured', true],
    ['FORBID_PLAINTEXT_WRITE_FORBID_PLAINTEXT_READ', 'structured', false],
  ])('%s writes %s items, and whether it reads plaintext: %s', async (plaintextOverride, written, reads) => {
    const encryptor = migratingEncryptor({ encryptor: structured, plaintextOverride })
    const stored = await encryptor.encryptItem(item)
    expect(formatOf(stored)).toBe(written)
    expect(stored).not.toBe(item)
    expect(await encryptor.decryptItem(structuredItem)).toEqual(item)
    if (reads) expect(await encryptor.decryptItem(item)).toEqual(item)
    else await expect(encryptor.decryptItem(item)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('that allow plaintext never take an encrypted item for it', async () => {
    const encryptor = migratingEncryptor({ encryptor: structured, plaintextOverride: 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' })
    await expect(encryptor.decryptItem(classicItem)).rejects.toThrow(withCode('UNSUPPORTED', 'classic'))
    for (const part of ['aws_dbe_head', 'aws_dbe_foot']) {
      const { [part]: _, ...half } = structuredItem
      await expect(encryptor.decryptItem(half)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
    }
  })
})

describe('a migrating encryptor', () => {
  test('without overrides is its encryptor', async () => {
    const encryptor = migratingEncryptor({ encryptor: structured })
    expect(formatOf(await encryptor.encryptItem(item))).toBe('structured')
    await expect(encryptor.decryptItem(item)).rejects.toThrow(withCode('NOT_AUTHENTIC'))
  })

  test('of what is no item makes none', async () => {
    for (const plaintextOverride of [
      'FORCE_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
      'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ',
    ] as const) {
      const encryptor = migratingEncryptor({ encryptor: structured, plaintextOverride })
      for (const none of [null, 'text', [item], undefined]) {
        await expect(encryptor.decryptItem(none as never)).rejects.toThrow(withCode('MALFORMED', 'not an item'))
        await expect(encryptor.encryptItem(none as never)).rejects.toThrow(withCode('MALFORMED', 'not an item'))
      }
    }
  })

  test('is refused with both overrides, or an unknown policy', () => {
    const legacyOverride = { policy: 'FORBID_LEGACY_ENCRYPT_ALLOW_LEGACY_DECRYPT', encryptor: classic } as const
    const plaintextOverride = 'FORBID_PLAINTEXT_WRITE_ALLOW_PLAINTEXT_READ' as const
    expect(() => migratingEncryptor({ encryptor: structured, legacyOverride, plaintextOverride })).toThrow(
      withCode('CONFIGURATION', 'exclude'),
    )
    expect(() => migratingEncryptor({ encryptor: structured, plaintextOverride: 'ALLOW' as never })).toThrow(
      withCode('CONFIGURATION', 'plaintextOverride'),
    )
    expect(() => migratingEncryptor({ encryptor: structured, legacyOverride: { ...legacyOverride, policy: 'toString' as never } })).toThrow(
      withCode('CONFIGURATION', 'legacyOverride'),
    )
  })
})
