import { setImmediate } from 'node:timers/promises'
import { webCrypto } from '@itemseal/core'
import { nodeCrypto } from '@itemseal/node'
import { expect, test } from 'vitest'
import { record } from '../src/floor.ts'
import { FORMATS } from '../src/formats.ts'
import { inputsOf, OPERATIONS, operationOn } from '../src/operations.ts'
import { PROVIDERS } from '../src/providers.ts'
import { flat } from '../src/works.ts'

const items = [flat(8, 32)]

test('a replay makes the calls of the operation: as many, and in an order that the primitives take', async () => {
  for (const [format, encryptorOver] of Object.entries(FORMATS)) {
    for (const [provider, p] of Object.entries(PROVIDERS)) {
      for (const operation of OPERATIONS) {
        const inputs = await inputsOf(encryptorOver(p), operation, items)
        const seen: string[] = []
        const noting = Object.fromEntries(
          Object.entries(p).map(([name, call]) => [
            name,
            (...args: unknown[]) => {
              seen.push(name)
              return (call as (...args: unknown[]) => unknown)(...args)
            },
          ]),
        ) as unknown as typeof p
        const { counts, replay } = await record(noting, (recording) => operationOn(encryptorOver(recording), operation, inputs))
        seen.length = 0
        await replay()
        const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
        expect(seen.length, `${format} ${provider} ${operation}`).toBe(total)
        expect(total).toBeGreaterThan(2)
        for (const [name, count] of Object.entries(counts)) expect(seen.filter((call) => call === name).length, name).toBe(count)
      }
    }
  }
})

test('a call of a replay waits for what had ended before it was begun, and for nothing else', async () => {
  const log: string[] = []
  const slow = {
    ...webCrypto,
    async digest(_: string, data: Uint8Array) {
      log.push(`${data[0]} begins`)
      for (let turn = 0; turn < data[0]!; turn++) await setImmediate() // turns of the loop, which no load makes longer
      log.push(`${data[0]} ends`)
      return data
    },
  }
  const { replay } = await record(slow, (p) => async () => {
    const digest = async (n: number) => p.digest('SHA-256', Uint8Array.of(n))
    await Promise.all([digest(60), digest(5).then(() => digest(20))])
    await digest(1)
  })
  const order = ['60 begins', '5 begins', '5 ends', '20 begins', '20 ends', '60 ends', '1 begins', '1 ends']
  expect(log).toEqual([...order, ...order])
  log.length = 0
  await replay()
  expect(log).toEqual(order)
})

test('keys that are overwritten after use are replayed as they were', async () => {
  const { replay } = await record(nodeCrypto, (p) => async () => {
    const key = new Uint8Array(32).fill(7)
    const sealed = await nodeCrypto.aesGcmEncrypt(key, new Uint8Array(12), new Uint8Array(0), Uint8Array.of(1))
    await p.aesGcmDecrypt(key, new Uint8Array(12), new Uint8Array(0), sealed)
    key.fill(0)
  })
  expect(replay).not.toThrow()
})

test('the calls of some primitives alone can be made again, one after the other', async () => {
  for (const provider of [webCrypto, nodeCrypto]) {
    const seen: string[] = []
    const noting = {
      ...provider,
      digest: async (...args: Parameters<typeof provider.digest>) => {
        seen.push(`${args[1]![0]} begins`)
        const answer = await provider.digest(...args)
        seen.push(`${args[1]![0]} ends`)
        return answer
      },
    }
    const { replayOf } = await record(noting, (p) => async () => {
      await Promise.all([1, 2].map((n) => p.digest('SHA-256', Uint8Array.of(n))))
      p.randomBytes(1)
    })
    seen.length = 0
    await replayOf(/^digest$/)!()
    expect(seen).toEqual(['1 begins', '1 ends', '2 begins', '2 ends'])
    expect(replayOf(/^ecdsa/)).toBeUndefined()
  }
})
