/**
 * Numbers of DynamoDB compared and added exactly, with all of their 38 digits: on integers of any size, never through a
 * JavaScript number.
 *
 * @module
 */
import { ItemCryptoError, normalizeNumber } from '@itemseal/core'

/** Negative, zero or positive, as the first is less than, equal to or greater than the second. @throws `MALFORMED` */
export function compareNumbers(a: string, b: string): number {
  const [first, second] = scaled(a, b)
  return first < second ? -1 : first > second ? 1 : 0
}

/** The sum, in normal form. @throws `MALFORMED` for one of more than 38 digits, or out of the range of DynamoDB. */
export function addNumbers(a: string, b: string): string {
  const [first, second, fraction] = scaled(a, b)
  return unscaled(first + second, fraction)
}

/** The difference, likewise. */
export function subtractNumbers(a: string, b: string): string {
  const [first, second, fraction] = scaled(a, b)
  return unscaled(first - second, fraction)
}

/** Both as integers, in units of the given decimal place. */
function scaled(a: string, b: string): [bigint, bigint, number] {
  const parts = [a, b].map((text) => normalizeNumber(text).split('.')) // no exponents, so at most 130 places
  const fraction = Math.max(...parts.map(([, places = '']) => places.length))
  const [first, second] = parts.map(([whole, places = '']) => BigInt(whole + places.padEnd(fraction, '0')))
  return [first!, second!, fraction]
}

function unscaled(number: bigint, fraction: number): string {
  try {
    return normalizeNumber(`${number}E-${fraction}`)
  } catch (cause) {
    throw new ItemCryptoError('MALFORMED', 'the result is a number of more than 38 significant digits, or out of range', { cause })
  }
}
