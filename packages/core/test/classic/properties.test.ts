import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AttributeValue } from '../../src/attribute-value.ts'
import { serializeAttribute } from '../../src/classic/attribute.ts'
import { JAVA } from '../../src/classic/dialect.ts'
import { serializeMaterialDescription } from '../../src/classic/material-description.ts'
import { wrappedProvider } from '../../src/classic/wrapped-provider.ts'
import type { Item } from '../../src/item.ts'
import { aesKeyWrapper } from '../../src/key-wrapper.ts'
import { hmacSigner } from '../../src/signer.ts'
import { arbitraryItem, arbitraryItemWithActions, arbitraryName, arbitraryText, arbitraryValue } from '../support/arbitrary-item.ts'
import { encryptorFor, provider, range, signingKey } from '../support/classic-encryptor.ts'
import { codeOf } from '../support/expect-error.ts'

const RESERVED = ['*amzn-ddb-map-sig*', '*amzn-ddb-map-desc*']
const ACTIONS = ['ENCRYPT_AND_SIGN', 'SIGN_ONLY', 'DO_NOTHING'] as const
const wrapped = wrappedProvider({ keyWrapper: aesKeyWrapper(range(0, 16)), signer: hmacSigner('HmacSHA256', signingKey) })
const arbitraryProvider = fc.constantFrom(provider, wrapped)
const arbitraryDialect = fc.constantFrom('java', 'python') as fc.Arbitrary<'java' | 'python'>

/** What two items have in common when numbers and sets may be written in several ways. */
function canonical(item: Item): unknown {
  return Object.entries(item)
    .map(([name, value]) => [name, serializeAttribute(value, JAVA)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

describe('a classic item', () => {
  test('comes back under any configuration', async () => {
    await fc.assert(
      fc.asyncProperty(
        arbitraryItemWithActions(ACTIONS),
        arbitraryProvider,
        arbitraryDialect,
        async ({ item, actions }, provider, dialect) => {
          const encryptor = encryptorFor({ actions, provider, dialect })
          expect(canonical(await encryptor.decryptItem(await encryptor.encryptItem(item)))).toEqual(canonical(item))
        },
      ),
    )
  })

  test('is refused when any byte of its signature or of an encrypted value is another', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryItem, fc.nat(), fc.integer({ min: 1, max: 255 }), async (item, place, flip) => {
        const encrypted = await encryptorFor().encryptItem(item)
        const names = Object.keys(encrypted).filter((name) => name !== 'pk' && name !== 'sk' && name !== RESERVED[1])
        const name = names[place % names.length]!
        const bytes = new Uint8Array((encrypted[name] as { B: Uint8Array }).B)
        bytes[place % bytes.length]! ^= flip
        expect(await codeOf(() => encryptorFor().decryptItem({ ...encrypted, [name]: { B: bytes } }))).toBe('NOT_AUTHENTIC')
      }),
    )
  })

  test('is refused when a signed value is another, or of another type', async () => {
    const actions = { default: 'SIGN_ONLY' } as const
    await fc.assert(
      fc.asyncProperty(arbitraryItem, fc.nat(), arbitraryValue, async (item, place, value) => {
        const encrypted = await encryptorFor({ actions }).encryptItem(item)
        const names = Object.keys(item)
        const name = names[place % names.length]!
        fc.pre(String(serializeAttribute(value, JAVA)) !== String(serializeAttribute(item[name]!, JAVA)))
        expect(await codeOf(() => encryptorFor({ actions }).decryptItem(replaced(encrypted, name, value)))).toBe('NOT_AUTHENTIC')
      }),
    )
  })

  test('is refused when an attribute is added, removed, renamed, or changes places with another', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryItem, arbitraryName, arbitraryValue, fc.nat(), fc.nat(), async (item, added, value, i, j) => {
        const encryptor = encryptorFor()
        const encrypted = await encryptor.encryptItem(item)
        const names = Object.keys(encrypted).filter((name) => !RESERVED.includes(name))
        const [one, other] = [names[i % names.length]!, names[j % names.length]!]
        fc.pre(!names.includes(added))
        const { [one]: moved, ...rest } = encrypted
        expect(await codeOf(() => encryptor.decryptItem(replaced(encrypted, added, value)))).toBe('NOT_AUTHENTIC')
        expect(await codeOf(() => encryptor.decryptItem(rest))).toBe('NOT_AUTHENTIC')
        expect(await codeOf(() => encryptor.decryptItem(replaced(rest, added, moved!)))).toBe('NOT_AUTHENTIC')
        if (String(canonical({ x: encrypted[one]! })) !== String(canonical({ x: encrypted[other]! }))) {
          expect(await codeOf(() => encryptor.decryptItem(replaced(replaced(encrypted, one, encrypted[other]!), other, moved!)))).toBe(
            'NOT_AUTHENTIC',
          )
        }
      }),
    )
  })

  test('is refused when an attribute is that of another item, or all of it is of another table', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryItem, async (item) => {
        const [a, b, foreign] = await Promise.all([
          encryptorFor().encryptItem({ ...item, x: { S: '1' } }),
          encryptorFor().encryptItem({ ...item, x: { S: '1' } }),
          encryptorFor({ tableName: 'U' }).encryptItem(item),
        ])
        expect(await codeOf(() => encryptorFor().decryptItem({ ...a, x: b.x! }))).toBe('NOT_AUTHENTIC')
        expect(await codeOf(() => encryptorFor().decryptItem(foreign))).toBe('NOT_AUTHENTIC')
      }),
    )
  })

  test('never has another plaintext, whatever its unsigned description says', async () => {
    const names = fc.constantFrom(
      'amzn-ddb-map-sym-mode',
      'amzn-ddb-map-signingAlg',
      'amzn-ddb-env-key',
      'amzn-ddb-env-alg',
      'amzn-ddb-wrap-alg',
      'amzn-ddb-meta-id',
    )
    const values = fc.oneof(
      arbitraryText,
      fc.constantFrom(
        '/CBC/PKCS5Padding',
        '/CTR/NoPadding',
        'HmacSHA256',
        'AES',
        'AES/128',
        'AES/256',
        'AESWrap',
        'AES/ECB/PKCS5Padding',
        'RSA',
        'a#1',
      ),
      fc.base64String(),
    )
    const descriptions = fc.array(fc.tuple(names, values), { maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(
        arbitraryItem,
        arbitraryProvider,
        descriptions,
        fc.boolean(),
        fc.uint8Array({ maxLength: 30 }),
        async (item, provider, entries, valid, noise) => {
          const encryptor = encryptorFor({ provider })
          const encrypted = await encryptor.encryptItem(item)
          const description = valid ? serializeMaterialDescription(Object.fromEntries(entries)) : new Uint8Array(noise)
          await sameOrRefused(() => encryptor.decryptItem({ ...encrypted, [RESERVED[1]!]: { B: description } }), item)
        },
      ),
    )
  })

  test('never has another plaintext, whichever byte of its description is another', async () => {
    const item: Item = { pk: { S: 'k' }, sk: { N: '1' }, secret: { S: 'secret' } }
    for (const p of [provider, wrapped]) {
      const encryptor = encryptorFor({ provider: p })
      const encrypted = await encryptor.encryptItem(item)
      const description = (encrypted[RESERVED[1]!] as { B: Uint8Array }).B
      for (let i = 0; i < description.length; i++) {
        const flipped = new Uint8Array(description)
        flipped[i]! ^= 1 << (i % 8)
        await sameOrRefused(() => encryptor.decryptItem({ ...encrypted, [RESERVED[1]!]: { B: flipped } }), item)
        await sameOrRefused(() => encryptor.decryptItem({ ...encrypted, [RESERVED[1]!]: { B: description.slice(0, i) } }), item)
      }
    }
  })

  test('is refused when its signature or an encrypted value is cut anywhere', async () => {
    const encrypted = await encryptorFor().encryptItem({ pk: { S: 'k' }, sk: { N: '1' }, secret: { S: 'secret' } })
    for (const name of [RESERVED[0]!, 'secret']) {
      const { B } = encrypted[name] as { B: Uint8Array }
      for (let length = 0; length < B.length; length++) {
        expect(await codeOf(() => encryptorFor().decryptItem({ ...encrypted, [name]: { B: B.slice(0, length) } }))).toBe('NOT_AUTHENTIC')
      }
    }
  })
})

async function sameOrRefused(decrypt: () => Promise<Item>, item: Item): Promise<void> {
  let back: Item | undefined
  const code = await codeOf(async () => {
    back = await decrypt()
    throw new Error('opened')
  }).catch((error: Error) => error.message)
  if (code === 'opened') expect(canonical(back!)).toEqual(canonical(item))
  else expect(['MALFORMED', 'NOT_AUTHENTIC', 'NO_MATERIALS', 'UNSUPPORTED']).toContain(code)
}

/** As a spread would, for names of the prototype too. */
function replaced(item: Item, name: string, value: AttributeValue): Item {
  return Object.fromEntries([...Object.entries(item).filter(([other]) => other !== name), [name, value]])
}
