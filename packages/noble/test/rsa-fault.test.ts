import { generateKeyPairSync } from 'node:crypto'
import { expect, test, vi } from 'vitest'

/** Stands for a processor that errs in one half of the Chinese remainder. */
let errs = false
vi.mock('@noble/curves/abstract/modular.js', async (original) => {
  const modular = await original<typeof import('@noble/curves/abstract/modular.js')>()
  const half = 2n ** 600n
  return { ...modular, pow: (x: bigint, e: bigint, m: bigint) => modular.pow(x, e, m) + (errs && m < half ? 1n : 0n) }
})

test('a fault in the computation gives an error, and no result from which the key could be factored', async () => {
  const { rsaPrivateOperation } = await import('../src/rsa-key.ts')
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const { apply } = rsaPrivateOperation(new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' })))
  const block = new Uint8Array(128).fill(1)
  expect(apply(block).length).toBe(128)
  errs = true
  expect(() => apply(block)).toThrow('the computation went wrong')
})
