#!/usr/bin/env node
/**
 * The command line: arguments, streams, exit status.
 *
 * @module
 */
import { createReadStream, createWriteStream, fstatSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable, Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { ItemCryptoError } from '@itemseal/core'
import { cryptStep } from './commands/crypt.ts'
import { inspectStep } from './commands/inspect.ts'
import { end, transformLines } from './lines.ts'
import { cannot, HELP, StreamError, UsageError } from './usage.ts'
import { visible } from './visible.ts'

const VERSION = '0.1.0'
const OPTIONS = {
  config: { type: 'string' },
  in: { type: 'string' },
  out: { type: 'string' },
  json: { type: 'boolean' },
  'keep-going': { type: 'boolean' },
  'allow-plaintext': { type: 'boolean' },
  export: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const
const ACCEPTED: Readonly<Record<string, readonly string[]>> = {
  encrypt: ['config', 'in', 'out', 'keep-going'],
  decrypt: ['config', 'in', 'out', 'keep-going', 'allow-plaintext', 'export'],
  inspect: ['json', 'in', 'out', 'keep-going'],
}

/** Whether a line has failed. */
let failed = false
/** Whether the line that tells of progress stands on the terminal, without an end. */
let isProgressShown = false

// A reader that has seen enough, such as `head`, closes the pipe: no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') complain(`itemseal: ${cannot('output', 'written', error)}`)
  process.exit(failed || error.code !== 'EPIPE' ? 1 : 0)
})
process.stderr.on('error', () => {}) // nobody listens to complaints: the output is made all the same

try {
  process.exitCode = await run(process.argv.slice(2))
} catch (error) {
  const known = error instanceof UsageError || (error instanceof ItemCryptoError && error.code === 'CONFIGURATION')
  complain(`itemseal: ${known || error instanceof StreamError ? visible(error.message) : `unexpected failure (${nameOf(error)})`}`)
  if (error instanceof UsageError) complain('Try itemseal --help')
  process.exitCode = known ? 2 : 1
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = parse(args)
  if (values.help) return print(HELP)
  if (values.version) return print(`${VERSION}\n`)
  const [command = '', ...more] = positionals
  const accepted = Object.hasOwn(ACCEPTED, command) ? ACCEPTED[command] : undefined
  if (accepted === undefined || more.length > 0) throw new UsageError('one command is wanted: encrypt, decrypt or inspect')
  const foreign = Object.keys(values).find((name) => !accepted.includes(name))
  if (foreign !== undefined) throw new UsageError(`--${foreign} is not an option of ${command}`)

  const { step, files } =
    command === 'inspect'
      ? { step: inspectStep(values.json === true), files: [] }
      : await cryptStep(command as 'encrypt' | 'decrypt', {
          config: values.config,
          allowPlaintext: values['allow-plaintext'] === true,
          fromExport: values.export === true,
        })
  checkApart(values.in, values.out, values.config, files)
  const [input, output] = await streams(values.in, values.out)
  await transformLines(
    input,
    output,
    step,
    (line, error) => {
      failed = true
      complain(visible(JSON.stringify({ line, ...failure(error) })))
      return values['keep-going'] === true
    },
    progress(command),
  )
  if (isProgressShown) process.stderr.write('\n')
  if (output !== process.stdout) await end(output)
  input.destroy() // standard input may stay open when a line has stopped us
  return failed ? 1 : 0
}

function parse(args: string[]) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

async function streams(from: string | undefined, to: string | undefined): Promise<[Readable, Writable]> {
  if (from === undefined && isDirectory(0)) throw new UsageError('standard input: is a directory')
  const input = from === undefined ? process.stdin : createReadStream('', { fd: await opened(from, 'r', '--in') })
  const output = to === undefined ? process.stdout : createWriteStream('', { fd: await opened(to, 'w', '--out') })
  if (output !== process.stdout) output.on('error', () => {}) // each write hears of its own
  return [input, output]
}

async function opened(file: string, mode: 'r' | 'w', option: string) {
  try {
    const handle = await open(file, mode)
    if (!(await handle.stat()).isDirectory()) return handle
    await handle.close()
  } catch (error) {
    throw new UsageError(cannot(option, 'opened', error))
  }
  throw new UsageError(`${option}: is a directory`)
}

/** Opening a file for output empties it: that must not be one that is read, by whatever name. */
function checkApart(from: string | undefined, to: string | undefined, config: string | undefined, files: readonly string[]): void {
  const output = regularFile(to ?? 1)
  const sources = [
    [from === undefined ? 'standard input' : '--in', from ?? 0],
    ['--config', config],
    ...files.map((file) => ['a file that the configuration names', file] as const),
  ] as const
  for (const [title, source] of sources) {
    if (output !== undefined && regularFile(source) === output)
      throw new UsageError(`${title} and ${to === undefined ? 'standard output' : '--out'} are the same file`)
  }
}

function isDirectory(descriptor: number): boolean {
  try {
    return fstatSync(descriptor).isDirectory()
  } catch {
    return false // reading it will tell
  }
}

/** What tells it from all others; undefined for a pipe, a terminal, and what cannot be looked at. */
function regularFile(place: string | number | undefined): string | undefined {
  if (place === undefined) return undefined
  try {
    const facts = typeof place === 'number' ? fstatSync(place, { bigint: true }) : statSync(place, { bigint: true })
    return facts.isFile() ? `${facts.dev} ${facts.ino}` : undefined
  } catch {
    return undefined
  }
}

function failure(error: unknown): { code: string; message: string } {
  if (error instanceof ItemCryptoError) return { code: error.code, message: error.message }
  return { code: 'UNEXPECTED', message: `unexpected failure (${nameOf(error)})` } // its own message might quote a value
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error
}

/** On a line of its own. */
function complain(text: string): void {
  if (isProgressShown) process.stderr.write('\n')
  isProgressShown = false
  console.error(text)
}

/** A line that rewrites itself, for people only. */
function progress(command: string): (done: number) => void {
  if (!process.stderr.isTTY) return () => {}
  const start = Date.now()
  let shown = start
  return (done) => {
    const now = Date.now()
    if (now - shown < 1000) return
    shown = now
    isProgressShown = true
    process.stderr.write(
      `\r${command}: ${done.toLocaleString('en')} items, ${Math.round((done * 1000) / (now - start)).toLocaleString('en')} per second `,
    )
  }
}
