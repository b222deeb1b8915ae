/**
 * The project's own vectors: items that we wrote, and that the peers' released packages wrote for us, each with the
 * configuration that reads it; and items that must be refused.
 *
 * @module
 */
import { assertSameItem, type Case, type Library, type Subject } from './suite.ts'

type Json = Readonly<Record<string, unknown>>

/** A file of `vectors/`. A `{"$key": name}` in a configuration stands for a key of `keys`. */
export interface OwnVectors {
  readonly origin: string
  readonly keys?: Readonly<Record<string, unknown>>
  readonly cases: readonly {
    readonly name: string
    readonly config: Json
    readonly encrypted: Json
    /** Absent where the item must be refused. */
    readonly plaintext?: Json
    /** The code of the refusal. */
    readonly error?: string
  }[]
}

/** A case per item: it is read, or refused with the code that the vector names. */
export function ownCases(library: Library, { primitives, tools }: Subject, { keys = {}, cases }: OwnVectors): Case[] {
  const options = { primitives, tools, readItems: () => Promise.reject(new Error('no store here')) }
  return cases.map(({ name, config, encrypted, plaintext, error }) => ({
    title: name,
    async run() {
      const reader = library.encryptorFromConfig(resolved(config, keys), 'decrypt', options)
      const reading = reader.decryptItem(library.itemFromJson(encrypted))
      if (plaintext) return assertSameItem(library.itemToJson(await reading), plaintext)
      const code = await reading.then(
        () => 'no refusal',
        (reason: { code?: unknown }) => reason.code,
      )
      if (code !== error) throw new Error(`expected ${error}, got ${String(code)}`)
    },
  }))
}

function resolved(value: unknown, keys: Readonly<Record<string, unknown>>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((member) => resolved(member, keys))
  if ('$key' in value) return keys[String(value.$key)]
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(member, keys)]))
}
