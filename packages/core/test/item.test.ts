import { describe, expect, test } from 'vitest'
import { snapshot } from '../src/index.ts'
import { pick } from '../src/item.ts'
import { withInherited } from './support/inherited.ts'

describe('a snapshot', () => {
  test('has lists, objects and bytes of its own, all the way down', () => {
    const given = { a: [{ b: Uint8Array.of(1), c: [1, 'x', null, undefined, true] }], d: Buffer.from('some bytes of a pool') }
    const copy = snapshot(given)
    expect(copy).toEqual({ ...given, d: new Uint8Array(given.d) })
    given.a[0]!.b.fill(9)
    given.a[0]!.c.length = 0
    given.d.fill(9)
    expect(copy.a[0]).toEqual({ b: Uint8Array.of(1), c: [1, 'x', null, undefined, true] })
    expect(new TextDecoder().decode(copy.d)).toBe('some bytes of a pool')
    expect(copy.d.buffer.byteLength).toBe(copy.d.length) // nothing else of the pool
  })

  test('leaves alone what is not data of its own kind', () => {
    for (const other of [
      new Date(0),
      new Map([[1, {}]]),
      new Set([1]),
      new ArrayBuffer(3),
      new DataView(new ArrayBuffer(3)),
      new String('x'),
      () => 1,
    ])
      expect(snapshot({ other }).other).toBe(other)
  })

  test('has only what is an object’s own, whatever its name', () => {
    const given: Record<string, unknown> = Object.assign(Object.create({ inherited: 1 }), { constructor: 2 })
    Object.defineProperty(given, '__proto__', { value: { a: 1 }, enumerable: true, configurable: true, writable: true })
    expect(Object.entries(snapshot(given))).toEqual([
      ['constructor', 2],
      ['__proto__', { a: 1 }],
    ])
    class List extends Array<number> {
      constructor(name: string) {
        super()
        if (name !== 'a list') throw new Error('no name') // as where an array of the same kind is made of a length
      }
    }
    const list = new List('a list')
    list.push(1, 2)
    expect(snapshot({ list }).list).toEqual([1, 2])
  })

  test('takes its time by what there is, and not by the ways that lead to it', () => {
    let shared: object = { S: 'x' }
    for (let i = 0; i < 40; i++) shared = { left: shared, right: shared }
    const copy = snapshot(shared) as { left: object; right: object }
    // not given to `expect`, which would go all ways
    expect([copy.left === copy.right, copy.left === (shared as typeof copy).left]).toEqual([true, false])
    const parent: Record<string, unknown> = {}
    parent.children = [{ parent }, { parent }]
    expect(Object.keys(snapshot({ parent }).parent)).toEqual(['children'])
  })

  test('goes no deeper than any request may, and does not end the stack', () => {
    let deep: unknown = 'x'
    for (let i = 0; i < 100_000; i++) deep = [deep]
    expect(() => snapshot(deep)).not.toThrow()
  })
})

test('names are picked as they are, where all objects inherit one that cannot be assigned', () => {
  const record = { a: 1, b: 2, toString: 3, frozen: 4 }
  expect(withInherited('frozen', () => Object.entries(pick(record, (name) => name !== 'b')))).toEqual([
    ['a', 1],
    ['toString', 3],
    ['frozen', 4],
  ])
})
