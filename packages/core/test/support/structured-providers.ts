import { nobleCrypto } from '@itemseal/noble'
import { nodeCrypto } from '@itemseal/node'
import { webCrypto } from '../../src/index.ts'
import type { Primitives } from '../../src/primitives.ts'

/** Every test of a vector runs over each of these. */
export const PROVIDERS: readonly (readonly [name: string, primitives: Primitives])[] = [
  ['webCrypto', webCrypto],
  ['nodeCrypto', nodeCrypto],
  ['nobleCrypto', nobleCrypto],
]

/** Counts the calls of each primitive. */
export function counting(p: Primitives): { readonly primitives: Primitives; readonly calls: Map<string, number> } {
  const calls = new Map<string, number>()
  const primitives = new Proxy(p, {
    get(target, name: keyof Primitives) {
      return (...args: unknown[]) => {
        calls.set(name, (calls.get(name) ?? 0) + 1)
        return Reflect.apply(target[name], target, args)
      }
    },
  })
  return { primitives, calls }
}

/** Gives these bytes, in turn, where random ones are asked for; then random ones. */
export function scripted(p: Primitives, ...bytes: readonly Uint8Array[]): Primitives {
  const left = [...bytes]
  return {
    ...p,
    randomBytes(length) {
      const next = left.shift()
      if (next === undefined) return p.randomBytes(length)
      if (next.length !== length) throw new Error(`${length} random bytes asked for, ${next.length} scripted`)
      return new Uint8Array(next)
    },
  }
}
