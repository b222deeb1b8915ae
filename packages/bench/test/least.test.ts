import { expect, test } from 'vitest'
import { FORMATS } from '../src/formats.ts'
import { leastCode, PLAIN_WORKS } from '../src/least.ts'
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
