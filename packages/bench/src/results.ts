/**
 * The results that are kept, as files.
 *
 * @module
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import type { RuntimeResult } from './across-runtimes.ts'
import type { Result } from './cases.ts'
import type { MemoryResult } from './memory.ts'
import type { Peers } from './peer-report.ts'
import type { PeerResult } from './peers.ts'
import { type Machine, machine } from './report.ts'
import type { ScalingResult } from './scaling.ts'

/** What a file holds: results, and on what machine and day they were taken. */
export interface Taken<R> {
  readonly machine: Machine
  readonly results: readonly R[]
}

/** All that is kept; what was not yet measured is not there. */
export interface Results {
  readonly floor?: Taken<Result>
  readonly peers?: Taken<PeerResult> & Peers
  readonly scaling?: Taken<ScalingResult>
  readonly memory?: Taken<MemoryResult>
  readonly runtimes?: Taken<RuntimeResult> & { readonly missing: readonly string[] }
}

/** Takes the results of a whole run. */
export type Keep = <Kind extends keyof Results>(kind: Kind, taken: Omit<NonNullable<Results[Kind]>, 'machine'>) => void

const FOLDER = new URL('../results/', import.meta.url)
const FILES: Readonly<Record<keyof Results, string>> = {
  floor: 'results.json',
  peers: 'peers.json',
  scaling: 'scaling.json',
  memory: 'memory.json',
  runtimes: 'runtimes.json',
}

export function readResults(): Results {
  const there = Object.entries(FILES).flatMap(([kind, name]) => {
    const text = readText(name)
    return text === undefined ? [] : [[kind, JSON.parse(text)]]
  })
  return Object.fromEntries(there) as Results // as it was written
}

/** Writes the results, with this machine and day. */
export const keepResults: Keep = (kind, taken) =>
  writeResult(FILES[kind], `${JSON.stringify({ machine: machine(new Date()), ...taken }, rounded, 1)}\n`)

/** Five digits are more than any of these times can tell. */
function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(5)) : value
}

/** A file of the results, if it is there. */
export function readText(name: string): string | undefined {
  const file = new URL(name, FOLDER)
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined
}

export function writeResult(name: string, content: string): void {
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(new URL(name, FOLDER), content)
}
