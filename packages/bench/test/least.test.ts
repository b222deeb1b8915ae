import { expect, test } from 'vitest'
import { FORMATS } from '../src/formats.ts'
import { leastCode, leastCodeOfOne, PLAIN_WORKS } from '../src/least.ts'
import { PROVIDERS } from '../src/providers.ts'
import { workNamed } from '../src/works.ts'

test.each(PLAIN_WORKS)('the least code writes and reads what an encryptor reads and writes: %s', async (work) => {
  const p = PROVIDERS.nodeCrypto!
  const [item] = workNamed(work).items
  const encryptor = FORMATS.classic!(p)
  const code = await leastCode(p, item!)
  expect(await encryptor.decryptItem(code.encrypt(item!))).toEqual(item)
  expect(code.decrypt(await encryptor.encryptItem(item!))).toEqual(item)
  const { pk: _, ...changed } = code.encrypt(item!)
  expect(() => code.decrypt({ pk: { S: 'other' }, ...changed })).toThrow('not authentic')
})

test('and so does that of one large text, over WebCrypto', async () => {
  const [item] = workNamed('large').items
  const encryptor = FORMATS.classic!(PROVIDERS.webCrypto!)
  const code = await leastCodeOfOne(item!)
  const encrypted = await code.encrypt(item!)
  expect(await encryptor.decryptItem(encrypted)).toEqual(item)
  expect(await code.decrypt(await encryptor.encryptItem(item!))).toEqual(item)
  await expect(code.decrypt({ ...encrypted, pk: { S: 'other' } })).rejects.toThrow('not authentic')
  for (const calls of Object.values(code.calls)) await calls()
})
