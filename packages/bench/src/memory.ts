/**
 * How much memory an operation wants beyond the item that it is given, its result included.
 *
 * @module
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { OPERATIONS, type Operation } from './operations.ts'

export interface MemoryCase {
  readonly format: string
  readonly provider: string
  readonly work: string
  readonly attributes: number
  readonly bytes: number
  readonly operation: Operation
}

/** Bytes. */
export interface MemoryResult extends MemoryCase {
  /** Of the item's names and values, as DynamoDB counts. */
  readonly size: number
  /** What the item that is given takes of memory. */
  readonly held: number
  /** What the result alone takes, once all else is let go. */
  readonly result: number
  /** Seen alive at once, beyond the item: the peak is no lower. */
  readonly alive: number
  /** Alive, and dropped or alive since: the peak is no higher. */
  readonly bound: number
}

const WORKS = [
  { work: '100 KiB', attributes: 1, bytes: 100 * 1024 },
  { work: '400 KiB', attributes: 1, bytes: 400 * 1024 },
  { work: '1,000 attributes', attributes: 1000, bytes: 32 },
] as const

/** Young generation: 32 MiB, so that nothing is collected unasked. */
const FLAGS = ['--expose-gc', '--min-semi-space-size=32', '--max-semi-space-size=32', '--single-threaded-gc']

export const MEMORY_CASES: readonly MemoryCase[] = ['classic', '0x6700'].flatMap((format) =>
  ['nodeCrypto', 'webCrypto'].flatMap((provider) =>
    WORKS.flatMap((work) => OPERATIONS.map((operation) => ({ format, provider, ...work, operation }))),
  ),
)

export async function measureMemory(it: MemoryCase): Promise<MemoryResult> {
  const child = fileURLToPath(new URL('./memory-child.js', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [...FLAGS, child, JSON.stringify(it)])
  return { ...it, ...(JSON.parse(stdout) as Omit<MemoryResult, keyof MemoryCase>) }
}
