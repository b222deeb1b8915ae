/**
 * NDJSON: lines in, lines out, in one order and in constant memory.
 *
 * @module
 */
import type { Readable, Writable } from 'node:stream'
import { ItemCryptoError } from '@itemseal/core'

/** A line of the input, still as bytes: its number counts blank lines too. */
export interface Line {
  readonly number: number
  readonly bytes: Uint8Array
}

/** Called for each line that fails, in order. Answers whether to go on. */
export type OnFailure = (line: number, error: unknown) => boolean

const CHUNK_LINES = 256 // worked on at once
const CHUNK_BYTES = 4 * 1024 * 1024
const NEWLINE = 10
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Puts every line through a step, several at once, and writes what it gives in the order of the input. Memory is bound by a
 * chunk of lines, not by their number.
 *
 * @returns how many lines were written.
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
  await new Promise<void>((resolve, reject) => output.write(text, (error) => (error ? reject(error) : resolve())))
}

function textOf(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    throw new ItemCryptoError('MALFORMED', 'not UTF-8')
  }
}

async function* chunksOf(lines: AsyncIterable<Line>): AsyncGenerator<Line[]> {
  let chunk: Line[] = []
  let size = 0
  for await (const line of lines) {
    chunk.push(line)
    size += line.bytes.length
    if (chunk.length < CHUNK_LINES && size < CHUNK_BYTES) continue
    yield chunk
    chunk = []
    size = 0
  }
  if (chunk.length > 0) yield chunk
}

/** All lines that are not blank. */
async function* linesOf(input: Readable): AsyncGenerator<Line> {
  let number = 1
  let rest: Uint8Array[] = []
  for await (const piece of input as AsyncIterable<Uint8Array>) {
    let start = 0
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
      const bytes = Buffer.concat([...rest, piece.subarray(start, end)])
      rest = []
      if (!isBlank(bytes)) yield { number, bytes }
      number++
      start = end + 1
    }
    if (start < piece.length) rest.push(piece.subarray(start))
  }
  const bytes = Buffer.concat(rest)
  if (!isBlank(bytes)) yield { number, bytes }
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === 13)
}
