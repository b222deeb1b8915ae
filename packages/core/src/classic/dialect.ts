/**
 * The two dialects of the classic format: the Java and the Python client order and print some values differently
 * (classic-item-format, 2.2 and 2.3), so that a signature of one is not a signature to the other.
 *
 * @module
 */
import { formatNumber, parseNumber, roundHalfEven } from '../number.ts'
import { compareBytes, compareCodePoints, compareUtf16 } from '../order.ts'

/** Whose rules a new signature follows. They agree but for characters beyond U+FFFF, bytes from 0x80 in binary sets, `-0`, and numbers of more than 28 digits. */
export type Dialect = 'java' | 'python'

/** How values become bytes. */
export interface Form {
  /** Order of attribute names, of the members of string sets, and of the keys of maps. */
  readonly text: (a: string, b: string) => number
  /** Order of the members of binary sets. */
  readonly binary: (a: Uint8Array, b: Uint8Array) => number
  readonly number: (text: string) => string
}

const PYTHON_DIGITS = 28 // of the default decimal context, which that client applies by mistake

export const JAVA: Form = { text: compareUtf16, binary: compareSignedBytes, number: (text) => formatNumber(parseNumber(text)) }

/** Python's, but for its rounding. */
const PYTHON_EXACT: Form = { text: compareCodePoints, binary: compareBytes, number: (text) => formatNumber(parseNumber(text), true) }

const PYTHON: Form = { ...PYTHON_EXACT, number: (text) => formatNumber(roundHalfEven(parseNumber(text), PYTHON_DIGITS), true) }

/**
 * The forms that a signature is accepted in; the first is the one to sign in.
 *
 * Another order is safe to try: equal bytes then mean equal values. Python's rounding is not, since it gives one signature
 * to numbers that differ beyond their 28th digit: it is accepted only from who asks for that dialect (5.4).
 */
export const FORMS: Readonly<Record<Dialect, readonly [Form, Form]>> = { java: [JAVA, PYTHON_EXACT], python: [PYTHON, JAVA] }

/** Java compares buffers byte by byte as signed numbers; a proper prefix comes first. */
function compareSignedBytes(a: Uint8Array, b: Uint8Array): number {
  return compareBytes(a.map(flipSign), b.map(flipSign))
}

function flipSign(byte: number): number {
  return byte ^ 0x80
}
