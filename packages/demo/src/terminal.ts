/**
 * How the demo looks: colours where there is a terminal that wants them, plain text elsewhere.
 *
 * @module
 */
import type { AttributeValue } from '@itemseal/core'

type Paint = (text: string) => string

const coloured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined
const paint =
  (code: number): Paint =>
  (text) =>
    coloured ? `\u001b[${code}m${text}\u001b[0m` : text

export const bold: Paint = paint(1)
export const dim: Paint = paint(2)
const red = paint(31)
const green = paint(32)
const yellow = paint(33)
const cyan = paint(36)

/** How an attribute stands: its value readable, hidden, or changed by somebody. */
export type Look = 'clear' | 'hidden' | 'changed'

const LOOKS: Readonly<Record<Look, Paint>> = { clear: green, hidden: dim, changed: red }
const WIDTH = 48

export function say(...lines: string[]): void {
  for (const line of lines) process.stdout.write(`${line}\n`)
}

export function heading(text: string): void {
  say('', bold(cyan(`■ ${text}`)), '')
}

export function code(text: string): void {
  say(...text.split('\n').map((line) => `    ${yellow(line)}`))
}

/** Attributes in columns: name, value, and a word on each. */
export function attributes(rows: readonly (readonly [name: string, value: AttributeValue, look: Look, remark: string])[]): void {
  const names = Math.max(...rows.map(([name]) => name.length))
  for (const [name, value, look, remark] of rows) {
    const shown = show(value)
    say(`    ${name.padEnd(names)}  ${remark === '' ? LOOKS[look](shown) : `${LOOKS[look](shown.padEnd(WIDTH))}  ${dim(remark)}`}`)
  }
}

/** Facts in columns: a title, and what there is to it. */
export function facts(rows: readonly (readonly [title: string, text: string])[]): void {
  const titles = Math.max(...rows.map(([title]) => title.length))
  for (const [title, text] of rows) say(`    ${dim(title.padEnd(titles))}  ${text}`)
}

/** The text, with its lines but the first further in. */
export function indented(text: string, by: number): string {
  return text.replaceAll('\n', `\n${' '.repeat(by)}`)
}

export function refusal(text: string): void {
  say(`    ${bold(red('refused'))}  ${text}`)
}

function show(value: AttributeValue): string {
  if (!('B' in value)) return JSON.stringify(value)
  const hex = Array.from(value.B, (byte) => byte.toString(16).padStart(2, '0'))
  return hex.length <= 8 ? `B ${hex.join(' ')}` : `B ${hex.slice(0, 8).join(' ')} … (${hex.length} bytes)`
}
