/**
 * What is measured inside another runtime: webCrypto as it is, with a fast digest, with fast MACs too, and all in JavaScript.
 * One bundle of this runs in all of them.
 *
 * @module
 */
import { type Primitives, webCrypto } from '@itemseal/core'
import { nobleCrypto } from '@itemseal/noble'
import { FORMATS } from './formats.ts'
import { mixed, withDigest } from './mixed.ts'
import { inputsOf, type Operation, operationOn } from './operations.ts'
import { type Clock, inProcess, ratio, type Schedule, takeTurns } from './timing.ts'
import { workNamed } from './works.ts'

export interface RuntimeCase {
  readonly format: string
  readonly work: string
  readonly operation: Operation
}

/** By provider: microseconds, and how many times faster than webCrypto, median of the ratios within a round. */
export interface RuntimeTimes extends RuntimeCase {
  readonly times: Readonly<Record<string, { readonly median: number; readonly least: number; readonly faster: number }>>
}

/** The first is what the others are compared with. */
export const RUNTIME_PROVIDERS: Readonly<Record<string, Primitives>> = {
  webCrypto,
  'with digest': withDigest(webCrypto),
  'with digest and hmac': mixed(webCrypto),
  nobleCrypto,
}

/** All providers take turns. `clock`: where the engine's own stands still while it computes. */
export async function timesOf(it: RuntimeCase, schedule: Schedule, clock?: Clock): Promise<RuntimeTimes> {
  const names = Object.keys(RUNTIME_PROVIDERS)
  const encryptors = names.map((name) => FORMATS[it.format]!(RUNTIME_PROVIDERS[name]!))
  const inputs = await inputsOf(encryptors[0]!, it.operation, workNamed(it.work).items)
  const subjects = encryptors.map((encryptor) => inProcess(operationOn(encryptor, it.operation, inputs), clock))
  const all = await takeTurns(subjects, schedule)
  const times = names.map((name, i) => {
    const { median, least } = all[i]!
    return [name, { median, least, faster: ratio(all[0]!, all[i]!) }] as const
  })
  return { ...it, times: Object.fromEntries(times) }
}

/** A clock for workerd, where time stands still between one event and the next: a timer is an event. */
export async function clockByEvents(): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, 0))
  return Date.now()
}
