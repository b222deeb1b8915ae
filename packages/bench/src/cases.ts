/**
 * A case: an operation on a work, in a format, over a provider; and its floor.
 *
 * @module
 */
import type { Primitives } from '@itemseal/core'
import { record } from './floor.ts'
import { FORMATS } from './formats.ts'
import { inputsOf, OPERATIONS, type Operation, operationOn } from './operations.ts'
import { PROVIDERS } from './providers.ts'
import { inProcess, ratio, type Schedule, type Series, takeTurns } from './timing.ts'
import { WORKS, workNamed } from './works.ts'

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
  /** Times the bare ECDSA operations alone, where there are any. */
  readonly overEcdsa?: number
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
  const { replay, replayOf, counts } = await record(provider, (p) => operationOn(FORMATS[it.format]!(p), it.operation, inputs))
  const ecdsaOnly = replayOf(/^ecdsa/)
  const subjects = [operation, replay, ...(ecdsaOnly === undefined ? [] : [ecdsaOnly])].map((run) => inProcess(run))
  const [ours, floor, ecdsa] = (await takeTurns(subjects, schedule)) as [Series, Series, Series?] // one for each subject
  return {
    ...it,
    median: ours.median,
    least: ours.least,
    floor: floor.median,
    leastFloor: floor.least,
    overFloor: ratio(ours, floor),
    ...(ecdsa !== undefined && { overEcdsa: ratio(ours, ecdsa) }),
    rounds: ours.rounds.length,
    calls: counts,
  }
}

function allCases(): Case[] {
  return Object.keys(FORMATS).flatMap((format) =>
    Object.keys(PROVIDERS).flatMap((provider) =>
      WORKS.flatMap((work) => OPERATIONS.map((operation): Case => ({ format, provider, work: work.name, operation }))),
    ),
  )
}
