/**
 * DynamoDB's numbers, on their decimal text and never through a JavaScript number.
 *
 * @module
 */
import { ItemCryptoError } from './errors.ts'

const NUMBER = /^([+-]?)(?=\.?\d)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/ // linear: no digit can be matched in two ways

/** DynamoDB's own limits: 38 significant digits, magnitudes from 1E-130 to below 1E+126. */
export const MAX_DIGITS = 38
const MAX_POINT = 126
const MIN_POINT = -129

/** A number that is `0.digits × 10^point`: no zero at either end of the digits, none at all for zero. */
export type Decimal = readonly [negative: boolean, digits: string, point: number]

/**
 * Reads the text of a number, with or without exponent.
 *
 * @throws `MALFORMED` for other text, and for a magnitude that DynamoDB does not know: expanding it could take all memory.
 */
export function parseNumber(text: string): Decimal {
  const match = NUMBER.exec(text)
  if (!match) throw new ItemCryptoError('MALFORMED', 'not a number')
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  const all = whole + fraction
  let lead = 0
  while (all[lead] === '0') lead++
  let end = all.length
  while (end > lead && all[end - 1] === '0') end--
  const digits = all.slice(lead, end)
  const point = digits === '' ? 0 : whole.length - lead + Number(exponent)
  if (!(point >= MIN_POINT && point <= MAX_POINT)) throw new ItemCryptoError('MALFORMED', 'number out of range')
  return [sign === '-', digits, point]
}

/** Without exponent, plus sign or superfluous zeros; zero is `0` unless its sign is asked for. */
export function formatNumber([negative, digits, point]: Decimal, keepNegativeZero = false): string {
  const sign = negative && (digits !== '' || keepNegativeZero) ? '-' : ''
  const split = Math.max(point, 0)
  const whole = digits.slice(0, split).padEnd(split, '0') || '0'
  const fraction = digits.slice(split).padStart(digits.length - point, '0')
  return sign + whole + (fraction && `.${fraction}`)
}

/** Half-even to so many significant digits, as Python's decimal contexts do. */
export function roundHalfEven(number: Decimal, significant: number): Decimal {
  const [negative, digits, point] = number
  if (digits.length <= significant) return number
  const kept = digits.slice(0, significant)
  const rest = digits.slice(significant)
  const odd = (kept.charCodeAt(significant - 1) & 1) === 1
  const up = rest > '5' || (rest === '5' && odd) // no zero at its end
  const rounded = up ? (BigInt(kept) + 1n).toString() : kept
  return [negative, rounded.replace(/0+$/, ''), point + rounded.length - significant]
}

/**
 * The normal form of a number, that of the structured format (structured-item-format, 2.3).
 *
 * @throws `MALFORMED` for what is not a number of DynamoDB, more than 38 digits included.
 */
export function normalizeNumber(text: string): string {
  const number = parseNumber(text)
  const [, digits] = number
  if (digits.length > MAX_DIGITS) throw new ItemCryptoError('MALFORMED', 'number of more than 38 digits')
  return formatNumber(number)
}
