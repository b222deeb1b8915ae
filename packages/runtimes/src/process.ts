/**
 * Other programs: run to their end, or for as long as they are wanted.
 *
 * @module
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface ProgramOptions {
  readonly cwd?: string
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** The first group of the pattern in what a program says of its version. */
export function versionOf(program: string, pattern: RegExp, args: readonly string[] = ['--version']): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } })
  return pattern.exec(`${stdout}${stderr}`)?.[1] ?? 'of unknown version'
}

/** Runs a program to its end. @throws with the last of what it printed, if it fails. */
export async function runProgram(program: string, args: readonly string[], options: ProgramOptions = {}): Promise<string> {
  const child = start(program, args, options)
  const printed = collected(child)
  const [status] = (await once(child, 'close')) as [number | null]
  if (status !== 0) throw new Error(`it ended with ${status}: ${printed().slice(-2000)}`)
  return printed()
}

export interface Service {
  /** What came of the pattern in its output. */
  readonly ready: RegExpExecArray
  stop(): Promise<void>
}

/** Starts a program, and waits until the pattern shows in its output. */
export async function startService(
  program: string,
  args: readonly string[],
  ready: RegExp,
  options: ProgramOptions = {},
): Promise<Service> {
  const child = start(program, args, options)
  const printed = collected(child)
  const closed = once(child, 'close')
  const stop = async () => {
    child.kill('SIGTERM')
    await closed
  }
  const seen = new Promise<RegExpExecArray>((resolve, reject) => {
    const look = () => {
      const match = ready.exec(printed())
      if (match) resolve(match)
    }
    look()
    child.stdout?.on('data', look)
    child.stderr?.on('data', look)
    closed.then(() => reject(new Error(`it ended before it was ready: ${printed().slice(-2000)}`)), reject)
  })
  return { ready: await seen, stop }
}

/** A folder that is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'itemseal-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function start(program: string, args: readonly string[], { cwd, env = {} }: ProgramOptions): ChildProcess {
  return spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env }, ...(cwd !== undefined && { cwd }) })
}

function collected(child: ChildProcess): () => string {
  const pieces: string[] = []
  const keep = (piece: Buffer) => void pieces.push(piece.toString())
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  child.on('error', ({ message }) => void pieces.push(message))
  return () => pieces.join('')
}
