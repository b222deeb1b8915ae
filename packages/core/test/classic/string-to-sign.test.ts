import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64 } from '../../src/base64.ts'
import { FORMS, JAVA } from '../../src/classic/dialect.ts'
import { type StringToSign, stringToSign } from '../../src/classic/string-to-sign.ts'
import { itemFromJson } from '../../src/dynamodb-json.ts'
import type { CryptoAction } from '../../src/item.ts'
import { classicWebCrypto } from '../../src/webcrypto.ts'
import { counting } from '../support/classic-encryptor.ts'
import { peerVectors } from '../support/peer-vectors.ts'

const PYTHON = FORMS.python[0]
const ACTIONS: Readonly<Record<string, CryptoAction>> = { encrypt: 'ENCRYPT_AND_SIGN', sign: 'SIGN_ONLY', nothing: 'DO_NOTHING' }

test.skipIf(!peerVectors.present)(peerVectors.title('the string to sign is that of every vector of the peers'), async () => {
  const vectors = peerVectors.read('classic/string_to_sign.json') as {
    table: string
    item: Record<string, { value: unknown; action: string }>
    string_to_sign: string
  }[]
  expect(vectors.length).toBeGreaterThan(0)
  for (const { table, item: attributes, string_to_sign: expected } of vectors) {
    const names = Object.keys(attributes)
    const item = itemFromJson(Object.fromEntries(names.map((name) => [name, attributes[name]!.value])))
    const toSign = stringToSign(counting().primitives, (name) => ACTIONS[attributes[name]!.action]!)
    expect(await toSign(table, names, Object.values(item), JAVA)).toEqual(fromBase64(expected))
  }
})

const signedOnly = () => 'SIGN_ONLY' as const
const valuesFor = (names: readonly string[]) => names.map((name) => ({ S: name }))

test('the digests of names are kept, but not for ever', async () => {
  const { primitives, calls } = counting()
  const toSign = stringToSign(primitives, signedOnly)
  const sign = (names: readonly string[]) => toSign('T', names, valuesFor(names), JAVA)
  const first = await sign(['a'])
  expect(calls.digest).toBe(4)
  expect(await sign(['a'])).toEqual(first)
  expect(calls.digest).toBe(5)
  await sign(['b'])
  expect(calls.digest).toBe(7)
  expect(await sign(['a'])).toEqual(first)
  expect(calls.digest).toBe(8)
  await sign(Array.from({ length: 10_000 }, (_, i) => `n${i}`))
  const before = calls.digest!
  expect(await sign(['a'])).toEqual(first)
  expect(calls.digest).toBe(before + 4)
})

test('digests of long names are not kept beyond the last item: names come from outside, and may have 64 KB each', async () => {
  const { primitives, calls } = counting()
  const toSign = stringToSign(primitives, signedOnly)
  const long = ['n'.repeat(256)]
  const first = await toSign('T', long, valuesFor(long), JAVA)
  expect(calls.digest).toBe(4)
  await toSign('T', ['a'], valuesFor(['a']), JAVA)
  expect(calls.digest).toBe(6)
  expect(await toSign('T', long, valuesFor(long), JAVA)).toEqual(first)
  expect(calls.digest).toBe(8)
})

test('a digest that fails is not kept', async () => {
  const { primitives } = counting()
  let fails = true
  const failing = {
    ...primitives,
    digest: async (...data: Parameters<typeof primitives.digest>) =>
      fails ? Promise.reject(new Error('now')) : primitives.digest(...data),
  }
  const toSign = stringToSign(failing, signedOnly)
  await expect(toSign('T', ['a'], valuesFor(['a']), JAVA)).rejects.toThrow('now')
  fails = false
  expect(await toSign('T', ['a'], valuesFor(['a']), JAVA)).toEqual(
    await stringToSign(primitives, signedOnly)('T', ['a'], valuesFor(['a']), JAVA),
  )
})

test('what was signed before makes no difference, nor what is signed at the same time', async () => {
  const actionOf = (name: string): CryptoAction => (name < 'c' ? 'ENCRYPT_AND_SIGN' : name < 'f' ? 'SIGN_ONLY' : 'DO_NOTHING')
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', '\ue000', '😀'))
  const call = fc.record({
    table: fc.constantFrom('T', 'U'),
    names,
    values: fc.constantFrom('x', 'y'),
    form: fc.constantFrom(JAVA, PYTHON),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 2, maxLength: 6 }), fc.boolean(), async (calls, atOnce) => {
      const signed = (toSign: StringToSign, { table, names, values, form }: (typeof calls)[number]) =>
        toSign(
          table,
          names,
          names.map((name) => ({ S: name + values })),
          form,
        )
      const kept = stringToSign(classicWebCrypto, actionOf)
      const results: Uint8Array[] = atOnce ? await Promise.all(calls.map((it) => signed(kept, it))) : []
      if (!atOnce) for (const it of calls) results.push(await signed(kept, it))
      for (const [i, it] of calls.entries()) expect(results[i]).toEqual(await signed(stringToSign(classicWebCrypto, actionOf), it))
    }),
  )
})
