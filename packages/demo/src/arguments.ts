/**
 * The demo's arguments.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { FORMATS, type FormatName } from './formats.ts'
import { say } from './terminal.ts'

const USAGE = `usage: npm run demo -- [--format ${Object.keys(FORMATS).join('|')}] [--help]`

/** The format to show; nothing after `--help`, or after a usage line for what is not understood (and exit code 2). */
export function formatAsked(args: readonly string[]): FormatName | undefined {
  const asked = parsed(args)
  if (asked?.help) {
    say(USAGE)
    return undefined
  }
  if (asked !== undefined && isFormat(asked.format)) return asked.format
  process.stderr.write(`${USAGE}\n`)
  process.exitCode = 2
  return undefined
}

function parsed(args: readonly string[]): { readonly format: string; readonly help: boolean } | undefined {
  try {
    const options = { format: { type: 'string', default: 'classic' }, help: { type: 'boolean', short: 'h', default: false } } as const
    return parseArgs({ args: [...args], options }).values
  } catch {
    return undefined
  }
}

function isFormat(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name)
}
