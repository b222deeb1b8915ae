/**
 * The project's own vectors: items that we wrote, and that the peers' released packages wrote for us, each with the
 * configuration that reads it; and items that must be refused.
 *
 * @module
 */
import { assertRefused, type Json, readAndWrite, readItem } from './round-trip.ts'
import type { Case, Library } from './suite.ts'

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

/**
 * A case per item: it is read, and written again where the configuration can; or refused with the code that the vector names.
 *
 * @param readOnly for items that no client writes.
 */
export function ownCases(library: Library, { keys = {}, cases }: OwnVectors, readOnly = false): Case[] {
  return cases.map(({ name, config: unresolved, encrypted, plaintext, error = '' }) => ({
    title: name,
    run(subject) {
      const config = resolved(unresolved, keys) as Json
      if (plaintext) return (readOnly ? readItem : readAndWrite)(library, subject, { config, encrypted, plaintext })
      return assertRefused(library, subject, { config, encrypted, error })
    },
  }))
}

/** With the keys themselves in place of their names. */
export function resolved(value: unknown, keys: Readonly<Record<string, unknown>>): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((member) => resolved(member, keys))
  if ('$key' in value) return keys[String(value.$key)]
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolved(member, keys)]))
}
