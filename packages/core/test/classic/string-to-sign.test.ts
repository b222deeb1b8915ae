import { expect, test } from 'vitest'
import { fromBase64 } from '../../src/base64.ts'
import { serializeAttribute } from '../../src/classic/attribute.ts'
import { JAVA } from '../../src/classic/dialect.ts'
import { stringToSign } from '../../src/classic/string-to-sign.ts'
import { itemFromJson } from '../../src/dynamodb-json.ts'
import { compareUtf16 } from '../../src/order.ts'
import { counting } from '../support/classic-encryptor.ts'
import { peerVectors } from '../support/peer-vectors.ts'

test.skipIf(!peerVectors.present)(peerVectors.title('the string to sign is that of every vector of the peers'), async () => {
  const vectors = peerVectors.read('classic/string_to_sign.json') as {
    table: string
    item: Record<string, { value: unknown; action: string }>
    string_to_sign: string
  }[]
  expect(vectors.length).toBeGreaterThan(0)
  const toSign = stringToSign(counting().primitives)
  for (const { table, item, string_to_sign: expected } of vectors) {
    const signed = Object.entries(item)
      .filter(([, { action }]) => action !== 'nothing')
      .sort(([a], [b]) => compareUtf16(a, b))
      .map(([name, { value, action }]) => ({
        name,
        encrypted: action === 'encrypt',
        value: serializeAttribute(itemFromJson({ value }).value!, JAVA),
      }))
    expect(await toSign(table, signed)).toEqual(fromBase64(expected))
  }
})

test('the digests of names are kept, but not for ever', async () => {
  const { primitives, calls } = counting()
  const toSign = stringToSign(primitives)
  const attribute = (name: string) => ({ name, encrypted: false, value: new Uint8Array(1) })
  const first = await toSign('T', [attribute('a')])
  expect(calls.digest).toBe(5)
  expect(await toSign('T', [attribute('a')])).toEqual(first)
  expect(calls.digest).toBe(6)
  await toSign(
    'T',
    Array.from({ length: 10_000 }, (_, i) => attribute(`n${i}`)),
  )
  const before = calls.digest!
  expect(await toSign('T', [attribute('a')])).toEqual(first)
  expect(calls.digest).toBe(before + 5)
})
