/**
 * Why an item is refused.
 *
 * @module
 */
import type { ClassicItemEncryptorOptions } from './classic/encryptor.ts'
import { type ErrorCode, ItemCryptoError } from './errors.ts'
import { CAUSES, guarded, KEYS } from './explain/candidates.ts'
import { type FailureCause, type KeyNames, sentenceOf } from './explain/cause.ts'
import { classicReader } from './explain/classic-reader.ts'
import type { OtherKey, Reader } from './explain/reader.ts'
import { structuredReader } from './explain/structured-reader.ts'
import { checked, type Item } from './item.ts'
import type { StructuredItemEncryptorOptions } from './structured/encryptor.ts'

export type { FailureCause, KeyNames, OtherKey }

/** What an encryptor is configured with. */
export type FailureSubject = { readonly classic: ClassicItemEncryptorOptions } | { readonly structured: StructuredItemEncryptorOptions }

/** What might have been otherwise when the item was written. */
export interface FailureHints {
  /** Names under which the item may have been written: of the table that it was copied from, for one. */
  readonly tableNames?: readonly string[]
  /** Keys that it may have been written with: each is tried in place of the configured one. */
  readonly otherKeys?: readonly OtherKey[]
  readonly signal?: AbortSignal
  /** Of reading the item with something changed; 2,000 unless said otherwise. */
  readonly maxAttempts?: number
}

/** Whether the item is refused, and the change that would make it verify. */
export type FailureExplanation =
  | { readonly refused: false }
  | {
      readonly refused: true
      /** Of the refusal. */
      readonly code: ErrorCode
      /** The cause as a sentence, or the refusal's own message and what could not be found. Holds no value. */
      readonly message: string
      readonly cause?: FailureCause
      readonly attempts: number
    }

const MAX_ATTEMPTS = 2000
const ATTEMPTS_PER_TURN = 32

/**
 * Finds out why an item is refused: changes one thing at a time of a copy of the item or of the configuration, the likeliest
 * first, and names the change with which it verifies. What an attempt decrypts is thrown away; the item and the options stay
 * as they are. Nothing is explained if two things changed at once.
 *
 * Both formats: another table name, key attribute or key; an attribute added, renamed, of another type, or its value swapped
 * with another's; binary turned to text; a readable number or set signed in another form. The classic format also: another
 * action, another default, Python's rounding. The structured format also: an attribute removed (its header counts them), one
 * that was signed and is not or the other way round, and, key and header being right, which encrypted values were changed.
 *
 * What cannot be told: in the classic format a removed attribute, a changed value and a wrong signing key look the same; in
 * both, an attribute added looks like one that was not signed when the item was written. Other orders are found of whole
 * sets, all of them up to six members; no other form of a number or set is found inside a list or map, in a key, or in the
 * encryption context, nor of two attributes of the same value (classic). An item that another library signed in two odd
 * places stays unexplained.
 *
 * The explanation is for operators and not for whoever sent the item: it tells about the structure of what was signed, so
 * that someone who may ask again and again learns names and types. Keys are asked for anew only where the table name, the
 * key attributes, the encryption context or the description is other: at most once per attempt, `maxAttempts` bounds it.
 *
 * @throws Nothing about the item. The reason of `signal`, once that is aborted, and what is not an {@link ItemCryptoError}
 *   when the item is read as it is.
 *
 * @example
 * const explanation = await explainFailure({ structured: options }, item, { tableNames: ['orders-old'] })
 * if (explanation.refused) console.error(explanation.message)
 */
export async function explainFailure(subject: FailureSubject, item: Item, hints: FailureHints = {}): Promise<FailureExplanation> {
  const { signal } = hints
  signal?.throwIfAborted()
  let reader: Reader | undefined
  try {
    const copy = { ...checked(item) }
    reader = 'classic' in subject ? classicReader(subject.classic, copy) : structuredReader(subject.structured, copy)
    await reader.asConfigured()
    return { refused: false }
  } catch (error) {
    if (!(error instanceof ItemCryptoError)) throw error
    if (reader === undefined) return { refused: true, code: error.code, message: error.message, attempts: 0 }
    return explained(reader, error, hints)
  }
}

async function explained(reader: Reader, { code, message }: ItemCryptoError, hints: FailureHints): Promise<FailureExplanation> {
  const { tableNames = [], otherKeys = [], signal, maxAttempts = MAX_ATTEMPTS } = hints
  const shape = reader.shape()
  const because = (cause: FailureCause, attempts: number): FailureExplanation => {
    return { refused: true, code, message: sentenceOf(cause), cause, attempts }
  }
  if (shape !== undefined) return because(shape, 0)
  let attempts = 0
  const within = () => attempts < maxAttempts
  for (const row of reader.verified() ? KEYS : CAUSES) {
    for (const { cause, read } of guarded(() => row(reader, { tableNames, otherKeys }))) {
      signal?.throwIfAborted()
      if (!within()) break
      attempts++
      // Primitives may be synchronous: without a turn of its own no timer could abort this.
      if (attempts % ATTEMPTS_PER_TURN === 0) await new Promise<void>((resolve) => setTimeout(resolve))
      if (await succeeds(read)) return because(cause, attempts)
    }
  }
  signal?.throwIfAborted()
  const rest = await reader.rest()
  if (rest !== undefined) return because(rest, attempts)
  const tried = within() ? 'no single change that was tried makes the item verify' : `no cause was found in ${attempts} attempts`
  return { refused: true, code, message: `${message}; ${tried}`, attempts }
}

async function succeeds(read: () => Promise<unknown>): Promise<boolean> {
  try {
    await read()
    return true
  } catch {
    return false
  }
}
