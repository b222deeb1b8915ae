/** Which bytes an item that comes out has in common with the one that went in. */
import { describe, expect, test } from 'vitest'
import { type AttributeValue, classicItemEncryptorOf, type Item, structuredItemEncryptorOf } from './support/both-formats.ts'

const ACTIONS = { default: 'ENCRYPT_AND_SIGN', attributes: { signed: 'SIGN_ONLY', open: 'DO_NOTHING' } } as const
const filled = () => {
  const value = (): AttributeValue => ({
    M: {
      b: { B: Buffer.from('some bytes of a pool') },
      l: { L: [{ B: Uint8Array.of(1, 2, 3) }] },
      s: { BS: [Uint8Array.of(4), Uint8Array.of(5)] },
    },
  })
  return { pk: { S: '1' }, sk: { N: '1' }, secret: value(), plain: { B: Buffer.from('secret bytes') }, signed: value(), open: value() }
}

/** All bytes within, by where they are in memory. */
function buffersIn(value: unknown): ArrayBufferLike[] {
  if (value instanceof Uint8Array) return [value.buffer]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(buffersIn) : []
}

describe.each([
  ['classic', classicItemEncryptorOf(ACTIONS)],
  ['structured', structuredItemEncryptorOf({ ...ACTIONS, unsigned: ['open'] })],
])('%s:', (_, encryptor) => {
  test('what was encrypted or decrypted shares no memory with what went in', async () => {
    const item = filled()
    const encrypted = await encryptor.encryptItem(item)
    const decrypted = await encryptor.decryptItem(encrypted)
    for (const [from, to] of [
      [item, encrypted],
      [encrypted, decrypted],
      [item, decrypted],
    ] as [Item, Item][]) {
      const before = new Set(buffersIn(from))
      for (const name of Object.keys(to).filter((name) => name !== 'signed' && name !== 'open'))
        for (const buffer of buffersIn(to[name])) expect(before.has(buffer), name).toBe(false)
    }
  })

  test('what is only signed, or neither, is passed on as it is: bytes that are changed later are changed in both', async () => {
    const item = filled()
    const encrypted = await encryptor.encryptItem(item)
    for (const name of ['signed', 'open']) expect(encrypted[name]).toBe((item as Item)[name])
    const decrypted = await encryptor.decryptItem(encrypted)
    for (const name of ['signed', 'open']) expect(decrypted[name]).toBe(encrypted[name])
    buffersOf(item.signed)[0]![0]! ^= 1
    await expect(encryptor.decryptItem(encrypted)).rejects.toMatchObject({ code: 'NOT_AUTHENTIC' }) // never something else instead
  })

  test('an item keeps its bytes, and what it was put together of', async () => {
    const item = filled()
    await encryptor.decryptItem(await encryptor.encryptItem(item))
    expect(item).toEqual(filled())
  })
})

function buffersOf(value: AttributeValue): Uint8Array[] {
  return Object.values(value).flatMap((content: unknown) =>
    content instanceof Uint8Array
      ? [content]
      : typeof content === 'object' && content !== null
        ? Object.values(content).flatMap((member) => (member instanceof Uint8Array ? [member] : buffersOf(member as AttributeValue)))
        : [],
  )
}
