/**
 * Running the cases, and telling what a runtime lacks from what is wrong.
 *
 * @module
 */
import type { KeyUse, Primitives } from '@itemseal/core'
import type { Case, Subject } from './suite.ts'

/** What some runtime's own cryptography has not got. */
export type Capability = 'AES-192'

/** JSON, so that a runtime can send it. Every case is in one of `passed`, `lacking` and `failures`. */
export interface Outcome {
  readonly passed: number
  /** Of those that passed, how many wrote an item or a data key too. */
  readonly written: number
  /** Cases that need what the runtime was said to lack, and were refused with the error that says so. */
  readonly lacking: readonly string[]
  readonly failures: readonly string[]
}

/**
 * Runs the cases over a subject, several at a time.
 *
 * @param lacks what the subject is known to lack here: a case that asks for it may be refused as `UNSUPPORTED`, by an error that
 *   names it. Every other refusal is a failure, one that does not name it or did not ask for it included.
 */
export async function runCases(cases: readonly Case[], subject: Subject, lacks: readonly Capability[], atOnce = 16): Promise<Outcome> {
  const waiting = [...cases]
  const outcome = { passed: 0, written: 0, lacking: [] as string[], failures: [] as string[] }

  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { title, run } = next
      const { primitives, needed } = observed(subject.primitives)
      try {
        const done = await run({ ...subject, primitives })
        outcome.passed++
        if (done === 'written') outcome.written++
      } catch (error) {
        if (isLacking(error) && lacks.some((capability) => needed.has(capability))) outcome.lacking.push(title)
        else outcome.failures.push(`${title}: ${describe(error)}`)
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return outcome
}

/** The same primitives, and which capabilities were asked of them. */
function observed(p: Primitives): { primitives: Primitives; needed: ReadonlySet<Capability> } {
  const needed = new Set<Capability>()
  const importKey = (use: KeyUse, raw: Uint8Array) => {
    if (use.startsWith('AES-') && raw.length === 24) needed.add('AES-192')
    return p.importKey(use, raw)
  }
  return { primitives: { ...p, importKey }, needed }
}

/** Keyrings and providers say that they have no key, and give what happened as the cause: of each key, if there are several. */
function isLacking(error: unknown): boolean {
  if (error instanceof AggregateError) return error.errors.some(isLacking)
  const { code, message, cause } = error as { code?: unknown; message?: unknown; cause?: unknown }
  if (code === 'UNSUPPORTED') return /\bAES-192\b/.test(String(message))
  return code === 'NO_MATERIALS' && cause instanceof Error && isLacking(cause)
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, cause } = error as { code?: unknown; cause?: unknown }
  if (error instanceof AggregateError) return `${error.message} [${error.errors.map(describe).join('; ')}]`
  const name = code === undefined ? error.name : String(code)
  return `${name}: ${error.message}${cause === undefined ? '' : ` (${describe(cause)})`}`
}
