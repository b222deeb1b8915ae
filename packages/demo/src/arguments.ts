/**
 * The demo's arguments.
 *
 * @module
 */
import { parseArgs } from 'node:util'
import { FORMATS, type FormatName } from './formats.ts'
import { say } from './terminal.ts'

const USAGE = `usage: npm run demo -- [--format ${Object.keys(FORMATS).join('|')}] [--kms] [--help]`

/** What to show. */
export interface Asked {
  readonly format: FormatName
  /** With the keys in KMS. */
  readonly kms: boolean
}

/** Nothing after `--help`, or after a usage line for what is not understood (and exit code 2). */
export function demoAsked(args: readonly string[]): Asked | undefined {
  const asked = parsed(args)
  if (asked?.help) {
    say(USAGE)
    return undefined
  }
  if (asked !== undefined && isFormat(asked.format)) return { format: asked.format, kms: asked.kms }
  process.stderr.write(`${USAGE}\n`)
  process.exitCode = 2
  return undefined
}

function parsed(args: readonly string[]): { readonly format: string; readonly kms: boolean; readonly help: boolean } | undefined {
  try {
    const options = {
      format: { type: 'string', default: 'classic' },
      kms: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    } as const
    return parseArgs({ args: [...args], options }).values
  } catch {
    return undefined
  }
}

function isFormat(name: string): name is FormatName {
  return Object.hasOwn(FORMATS, name)
}
