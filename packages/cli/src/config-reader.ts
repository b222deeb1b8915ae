/**
 * Reading a configuration: every complaint names the key that is wrong, and unknown keys are refused.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'

export type Json = Readonly<Record<string, unknown>>

/** @throws `CONFIGURATION`, with the path of the key. */
export function wrong(path: string, what: string): never {
  throw new ItemCryptoError('CONFIGURATION', `${path || 'the configuration'}: ${what}`)
}

/** An object with no keys but these. */
export function object(value: unknown, path: string, keys?: readonly string[]): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong(path, value === undefined ? 'missing' : 'an object is wanted')
  const unknown = keys && Object.keys(value).find((key) => !keys.includes(key))
  if (unknown !== undefined) wrong(path === '' ? unknown : `${path}.${unknown}`, 'unknown key')
  return value as Json // just looked at
}

export function text(value: unknown, path: string): string {
  if (typeof value !== 'string' || value === '') return wrong(path, value === undefined ? 'missing' : 'text is wanted')
  return value
}

/** Text that may be empty. */
export function anyText(value: unknown, path: string): string {
  return value === '' ? value : text(value, path)
}

export function optional<T>(value: unknown, path: string, read: (value: unknown, path: string) => T): T | undefined {
  return value === undefined ? undefined : read(value, path)
}

export function oneOf<T extends string>(choices: readonly T[]): (value: unknown, path: string) => T {
  return (value, path) =>
    choices.find((choice) => choice === value) ?? wrong(path, value === undefined ? 'missing' : `one of ${choices.join(', ')} is wanted`)
}

/** An object of one kind of value, whatever its keys. */
export function recordOf<T>(read: (value: unknown, path: string) => T): (value: unknown, path: string) => Record<string, T> {
  return (value, path) =>
    Object.fromEntries(Object.entries(object(value, path)).map(([key, member]) => [key, read(member, `${path}.${key}`)]))
}

export function listOf<T>(read: (value: unknown, path: string) => T): (value: unknown, path: string) => T[] {
  return (value, path) => (Array.isArray(value) ? value.map((member, i) => read(member, `${path}[${i}]`)) : wrong(path, 'a list is wanted'))
}

/** What the library says of a value that this key gave it. */
export function at<T>(path: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (!(error instanceof ItemCryptoError) || error.message.startsWith(path)) throw error // it names a key within
    return wrong(path, error.message)
  }
}
