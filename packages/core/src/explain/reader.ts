/**
 * What explaining needs of a format: reading an item with one thing changed.
 *
 * @module
 */
import type { AttributeValue } from '../attribute-value.ts'
import type { MaterialsProvider } from '../classic/materials.ts'
import type { Item } from '../item.ts'
import type { Keyring } from '../materials/keyring.ts'
import type { MaterialsManager } from '../materials/materials-manager.ts'
import type { CommonPrimitives, Hash } from '../primitives.ts'
import type { FailureCause, KeyNames } from './cause.ts'

/** For the classic format a provider, for the structured one a keyring or a materials manager. */
export type OtherKey = MaterialsProvider | Keyring | MaterialsManager

/** What is other than configured, and than stored. */
export interface Change {
  readonly item?: Item
  readonly tableName?: string
  readonly keys?: KeyNames
  readonly otherKey?: OtherKey
  /** The bytes that an attribute is signed as. */
  readonly signedAs?: { readonly name: string; readonly bytes: Uint8Array }
}

/** A change, and what it shows if the item can be read with it. */
export interface Candidate {
  readonly cause: FailureCause
  /** Rejects unless it can be read. What is read is thrown away. */
  readonly read: () => Promise<unknown>
}

/** A configuration and the item that it refuses. */
export interface Reader {
  readonly item: Item
  readonly tableName: string
  /** Whether items are signed under another table name than that. */
  readonly overridden: boolean
  readonly keys: KeyNames
  /** Of the format, in items. */
  readonly reserved: readonly string[]
  /** Attributes of the item that are not the format's own. */
  readonly names: readonly string[]
  /** Attributes that the configuration names, and that are to be signed. */
  readonly configured: readonly string[]
  /** Attributes that are stored as ciphertext. */
  encrypted(item: Item): readonly string[]
  /** Attributes that are signed as they can be read. */
  readable(): readonly string[]
  /** What a number is signed as, if its text is this. */
  numberBytes(text: string): Uint8Array
  /** As it is signed. */
  valueBytes(value: AttributeValue): Uint8Array
  /** As configured. Must come first. */
  asConfigured(): Promise<unknown>
  /** Rejects unless the item verifies. */
  read(change: Change): Promise<unknown>
  /** What the mere names in the item say, its reading having failed. */
  shape(): FailureCause | undefined
  /** Whether the failure came after everything had verified: then only keys can be the cause. */
  verified(): boolean
  /** Changes of this format alone. */
  own(): Iterable<Candidate>
  /** What can be said if no change helps. */
  rest(): Promise<FailureCause | undefined>
}

/** Primitives whose digests are of other data while a rewriting is set. */
export interface RewritingPrimitives<P> {
  readonly primitives: P
  with<T>(rewrite: ((data: Uint8Array) => Uint8Array) | undefined, step: () => Promise<T>): Promise<T>
}

/**
 * The serialisers know only the normal form of a value. What another writer signed in another form shows when the data of the
 * digest is changed on its way. One step at a time.
 */
export function rewriting<P extends CommonPrimitives>(p: P): RewritingPrimitives<P> {
  let current: ((data: Uint8Array) => Uint8Array) | undefined
  const digest = (hash: Hash, data: Uint8Array) => p.digest(hash, current === undefined ? data : current(data))
  return {
    primitives: withMethods(p, { digest }),
    async with(rewrite, step) {
      current = rewrite
      try {
        return await step()
      } finally {
        current = undefined
      }
    },
  }
}

/** The same object but for these methods. It may be frozen, and its methods may look for what is private to it. */
export function withMethods<P extends object>(of: P, methods: Readonly<Record<string, unknown>>): P {
  return new Proxy(Object.create(of) as P, {
    get(_, name) {
      if (typeof name === 'string' && Object.hasOwn(methods, name)) return methods[name]
      const member: unknown = Reflect.get(of, name, of)
      return typeof member === 'function' ? member.bind(of) : member
    },
  })
}

/** Asks once for each key: a provider may be far away. */
export function remembering<T>(): (key: string, ask: () => T | Promise<T>) => Promise<T> {
  const answers = new Map<string, Promise<T>>()
  return (key, ask) => {
    const known = answers.get(key)
    if (known !== undefined) return known
    const answer = (async () => ask())()
    answers.set(key, answer)
    return answer
  }
}
