/**
 * What the suite is given, and what it gives.
 *
 * @module
 */
import type { EncryptorOptions, KeyTools } from '@itemseal/cli/config'
import { type Item, type ItemEncryptor, normalizeNumber, type Primitives } from '@itemseal/core'

/** The parts of the library under test. */
export interface Library {
  encryptorFromConfig(json: unknown, command: 'encrypt' | 'decrypt', options: EncryptorOptions): ItemEncryptor
  itemFromJson(json: unknown): Item
  itemToJson(item: Item): Record<string, unknown>
}

/** A provider of primitives, with what makes keys in its runtime. */
export interface Subject {
  readonly primitives: Primitives
  readonly tools: KeyTools
}

/** A sentence that holds over a subject, or a run that rejects. */
export interface Case {
  readonly title: string
  /** @returns whether something was written too, in place of what was read. */
  run(subject: Subject): Promise<'read' | 'written'>
}

/** @throws if the two differ; numbers are compared as DynamoDB does, sets in any order. Names no value. */
export function assertSameItem(
  actual: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
  except: readonly string[] = [],
): void {
  const names = [...new Set([...Object.keys(actual), ...Object.keys(expected)])].filter((name) => !except.includes(name))
  for (const name of names) {
    if (JSON.stringify(canonical(own(actual, name))) !== JSON.stringify(canonical(own(expected, name))))
      throw new Error(`attribute ${JSON.stringify(name)} differs`)
  }
}

function own(object: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined
}

/** Of DynamoDB JSON: the same for values that are the same to DynamoDB. */
function canonical(value: unknown): unknown {
  if (value === undefined) return null
  const [[type, content]] = Object.entries(value as object) as [[string, unknown]]
  if (type === 'N') return [type, decimal(content as string)]
  if (type === 'NS') return [type, (content as string[]).map(decimal).sort()]
  if (type === 'SS' || type === 'BS') return [type, [...(content as string[])].sort()]
  if (type === 'L') return [type, (content as unknown[]).map(canonical)]
  if (type !== 'M') return [type, content]
  const names = Object.keys(content as object).sort()
  return [type, names.map((name) => [name, canonical((content as Record<string, unknown>)[name])])]
}

/** In DynamoDB's form; some odd items hold what is none. */
function decimal(number: string): string {
  try {
    return normalizeNumber(number)
  } catch {
    return number
  }
}
