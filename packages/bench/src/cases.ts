/**
 * A case: an operation on a work, in a format, over a provider; and its floor.
 *
 * @module
 */
import type { Item, ItemEncryptor, Primitives } from '@itemseal/core'
import { record } from './floor.ts'
import { FORMATS, PROVIDERS } from './subjects.ts'
import { inProcess, ratio, type Schedule, type Series, takeTurns } from './timing.ts'
import { WORKS, type Work } from './works.ts'

export const OPERATIONS = ['encrypt', 'decrypt'] as const
export type Operation = (typeof OPERATIONS)[number]

export interface Case {
  readonly format: string
  readonly provider: string
  readonly work: string
  readonly operation: Operation
}

/** Microseconds; `overFloor` is the median of the rounds' ratios. */
export interface Result extends Case {
  readonly median: number
  readonly least: number
  readonly floor: number
  readonly leastFloor: number
  readonly overFloor: number
  readonly rounds: number
  /** Calls of primitives. */
  readonly calls: Readonly<Record<string, number>>
}

/** `only`: words which must all be in the name of a case, such as `classic nodeCrypto`. */
export function casesMatching(only: string): Case[] {
  const words = only.split(/\s+/).filter((word) => word !== '')
  return allCases().filter((it) => words.every((word) => nameOf(it).includes(word)))
}

export function nameOf({ format, provider, work, operation }: Case): string {
  return `${format} ${provider} ${work} ${operation}`
}

export async function measure(it: Case, schedule: Schedule): Promise<Result> {
  const work = workNamed(it.work)
  const operationOver = async (p: Primitives) => {
    const encryptor = FORMATS[it.format]!(p)
    return operationOn(encryptor, it.operation, await inputsOf(encryptor, it.operation, work.items))
  }
  const provider = PROVIDERS[it.provider]!
  const operation = await operationOver(provider)
  const inputs = await inputsOf(FORMATS[it.format]!(provider), it.operation, work.items)
  const { replay, counts } = await record(provider, (p) => operationOn(FORMATS[it.format]!(p), it.operation, inputs))
  const [ours, floor] = (await takeTurns([inProcess(operation), inProcess(replay)], schedule)) as [Series, Series]
  return {
    ...it,
    median: ours.median,
    least: ours.least,
    floor: floor.median,
    leastFloor: floor.least,
    overFloor: ratio(ours, floor),
    rounds: ours.rounds.length,
    calls: counts,
  }
}

/** The operation on all items at once. */
export function operationOn(encryptor: ItemEncryptor, operation: Operation, items: readonly Item[]): () => Promise<unknown> {
  const [only] = items
  if (items.length === 1) return () => encryptor[`${operation}Item`](only!)
  return () => Promise.all(items.map((item) => encryptor[`${operation}Item`](item)))
}

/** What the operation starts from: the items, encrypted if they are to be decrypted. */
export async function inputsOf(encryptor: ItemEncryptor, operation: Operation, items: readonly Item[]): Promise<readonly Item[]> {
  return operation === 'encrypt' ? items : Promise.all(items.map((item) => encryptor.encryptItem(item)))
}

export function workNamed(name: string): Work {
  const work = WORKS.find((known) => known.name === name)
  if (work === undefined) throw new Error(`no work named ${name}`)
  return work
}

function allCases(): Case[] {
  return Object.keys(FORMATS).flatMap((format) =>
    Object.keys(PROVIDERS).flatMap((provider) =>
      WORKS.flatMap((work) => OPERATIONS.map((operation): Case => ({ format, provider, work: work.name, operation }))),
    ),
  )
}
