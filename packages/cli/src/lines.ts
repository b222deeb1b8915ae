/**
 * NDJSON: lines in, lines out, in one order and in constant memory.
 *
 * @module
 */
import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ItemCryptoError } from '@itemseal/core'
import { cannot, StreamError } from './usage.ts'

/** A line of the input, still as bytes: its number counts blank lines too. */
export interface Line {
  readonly number: number
  readonly bytes: Uint8Array
}

/** Called for each line that fails, in order. Answers whether to go on. */
export type OnFailure = (line: number, error: unknown) => boolean

const CHUNK_LINES = 256 // worked on at once
const CHUNK_BYTES = 4 * 1024 * 1024
const PAUSE_MS = 5 // a pipe that is written to without a pause brings its next piece sooner
const NEWLINE = 10
const MAX_TEXT = 100_000_000 // bytes; an item has 400 KB, which may be six times as long in JSON
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Puts every line through a step, several at once, and writes what it gives in the order of the input. Memory is bound by a
 * chunk of lines, not by their number.
 *
 * @returns how many lines were written.
 * @throws StreamError if the input or the output breaks.
 */
export async function transformLines(
  input: Readable,
  output: Writable,
  step: (line: string) => Promise<string>,
  onFailure: OnFailure,
  onProgress: (done: number) => void = () => {},
): Promise<number> {
  let done = 0
  for await (const chunk of chunksOf(linesOf(input))) {
    const results = await Promise.allSettled(chunk.map(async ({ bytes }) => step(textOf(bytes))))
    let text = ''
    let goesOn = true
    for (const [i, result] of results.entries()) {
      if (result.status === 'fulfilled') {
        text += `${result.value}\n`
        done++
      } else if (!onFailure(chunk[i]!.number, result.reason)) {
        goesOn = false
        break
      }
    }
    await write(output, text)
    onProgress(done)
    if (!goesOn) break
  }
  return done
}

/** Resolves when the stream has taken the text, and may be given more. */
async function write(output: Writable, text: string): Promise<void> {
  if (text === '') return
  await new Promise<void>((resolve, reject) => output.write(text, (error) => (error ? reject(unwritten(error)) : resolve())))
}

/** Resolves when all is written and the file closed. @throws StreamError */
export async function end(output: Writable): Promise<void> {
  await finished(output.end()).catch((error) => Promise.reject(unwritten(error)))
}

function unwritten(error: unknown): StreamError {
  return new StreamError(cannot('output', 'written', error))
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > MAX_TEXT) throw new ItemCryptoError('MALFORMED', 'longer than any item')
  try {
    return decoder.decode(bytes)
  } catch {
    throw new ItemCryptoError('MALFORMED', 'not UTF-8')
  }
}

/** As many lines as are there at once: when the input pauses, nobody waits for a full chunk. */
async function* chunksOf(pieces: AsyncIterator<Line[], void>): AsyncGenerator<Line[]> {
  let chunk: Line[] = []
  let size = 0
  for (;;) {
    const next = pieces.next()
    next.catch(() => {}) // heard of below, unless the command has stopped by then
    if (chunk.length > 0 && (await pauses(next))) {
      yield chunk
      chunk = []
      size = 0
    }
    const { value: lines, done } = await next
    if (done) break
    for (const line of lines) {
      chunk.push(line)
      size += line.bytes.length
      if (chunk.length < CHUNK_LINES && size < CHUNK_BYTES) continue
      yield chunk
      chunk = []
      size = 0
    }
  }
  if (chunk.length > 0) yield chunk
}

async function pauses(next: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const pause = new Promise<true>((resolve) => {
    timer = setTimeout(resolve, PAUSE_MS, true)
  })
  const come = () => false
  const paused = await Promise.race([next.then(come, come), pause])
  clearTimeout(timer)
  return paused
}

/** All lines that are not blank, as many at once as end in a piece of the input. */
async function* linesOf(input: Readable): AsyncGenerator<Line[], void> {
  let number = 1
  let rest: Uint8Array[] = []
  for await (const piece of readable(input)) {
    const lines: Line[] = []
    let start = 0
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const bytes = Buffer.concat([...rest, piece.subarray(start, end)])
      rest = []
      if (!isBlank(bytes)) lines.push({ number, bytes })
      number++
      start = end + 1
    }
    if (start < piece.length) rest.push(piece.subarray(start))
    yield lines
  }
  const bytes = Buffer.concat(rest)
  if (!isBlank(bytes)) yield [{ number, bytes }]
}

async function* readable(input: Readable): AsyncGenerator<Uint8Array, void> {
  try {
    yield* input as AsyncIterable<Uint8Array>
  } catch (error) {
    throw new StreamError(cannot('input', 'read', error))
  }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)
}
