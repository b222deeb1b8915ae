import { expect, test } from 'vitest'
import { fromBase64 } from '../../src/base64.ts'
import { JAVA } from '../../src/classic/dialect.ts'
import { stringToSign } from '../../src/classic/string-to-sign.ts'
import { itemFromJson } from '../../src/dynamodb-json.ts'
import { counting } from '../support/classic-encryptor.ts'
import { peerVectors } from '../support/peer-vectors.ts'

test.skipIf(!peerVectors.present)(peerVectors.title('the string to sign is that of every vector of the peers'), async () => {
  const vectors = peerVectors.read('classic/string_to_sign.json') as {
    table: string
    item: Record<string, { value: unknown; action: string }>
    string_to_sign: string
  }[]
  expect(vectors.length).toBeGreaterThan(0)
  for (const { table, item: attributes, string_to_sign: expected } of vectors) {
    const names = Object.keys(attributes).filter((name) => attributes[name]!.action !== 'nothing')
    const item = itemFromJson(Object.fromEntries(names.map((name) => [name, attributes[name]!.value])))
    const toSign = stringToSign(counting().primitives, (name) => attributes[name]!.action === 'encrypt')
    expect(await toSign(table, item, names, JAVA)).toEqual(fromBase64(expected))
  }
})

const signedOnly = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { B: new Uint8Array(1) }]))

test('the digests of names are kept, but not for ever', async () => {
  const { primitives, calls } = counting()
  const toSign = stringToSign(primitives, () => false)
  const sign = (names: readonly string[]) => toSign('T', signedOnly(names), names, JAVA)
  const first = await sign(['a'])
  expect(calls.digest).toBe(4)
  expect(await sign(['a'])).toEqual(first)
  expect(calls.digest).toBe(5)
  await sign(Array.from({ length: 10_000 }, (_, i) => `n${i}`))
  const before = calls.digest!
  expect(await sign(['a'])).toEqual(first)
  expect(calls.digest).toBe(before + 4)
})

test('digests of long names are not kept: names come from outside, and may have 64 KB each', async () => {
  const { primitives, calls } = counting()
  const toSign = stringToSign(primitives, () => false)
  const long = 'n'.repeat(256)
  const first = await toSign('T', signedOnly([long]), [long], JAVA)
  expect(calls.digest).toBe(4)
  expect(await toSign('T', signedOnly([long]), [long], JAVA)).toEqual(first)
  expect(calls.digest).toBe(6)
})

test('a digest that fails is not kept', async () => {
  const { primitives } = counting()
  let fails = true
  const failing = {
    ...primitives,
    digest: async (...data: Parameters<typeof primitives.digest>) =>
      fails ? Promise.reject(new Error('now')) : primitives.digest(...data),
  }
  const toSign = stringToSign(failing, () => false)
  await expect(toSign('T', signedOnly(['a']), ['a'], JAVA)).rejects.toThrow('now')
  fails = false
  expect(await toSign('T', signedOnly(['a']), ['a'], JAVA)).toEqual(
    await stringToSign(primitives, () => false)('T', signedOnly(['a']), ['a'], JAVA),
  )
})
