/**
 * Names and texts on a terminal: they come from whoever wrote the item.
 *
 * @module
 */

/** The text with escapes, as JSON has them, in place of what moves a cursor, breaks a line or turns the direction of what follows. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split('')
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join(''),
  )
}
