/**
 * The memory of one operation, measured in a process of its own, which `memory.ts` starts with `--expose-gc` and with a young
 * generation so large that nothing is collected unasked.
 *
 * A provider that stands before the real one looks at the memory in use whenever a primitive begins and whenever it has
 * answered, and collects garbage there. What is in use after a collection is alive: the peak is no lower. What is in use before
 * one is what was alive after the one before and all that has been allocated since: the peak is no higher. What the engine
 * allocates outside of its account, such as WebCrypto's own copies while it computes, is not seen.
 *
 * @module
 */
import { setImmediate } from 'node:timers/promises'
import type { Item, Primitives } from '@itemseal/core'
import { FORMATS } from './formats.ts'
import type { MemoryCase } from './memory.ts'
import { inputsOf, operationOn } from './operations.ts'
import { PROVIDERS } from './providers.ts'
import { median } from './timing.ts'
import { flat, sizeOf } from './works.ts'

const WARM_UP = 40
const TIMES = 5

const { format, provider, attributes, bytes, operation } = JSON.parse(process.argv[2]!) as MemoryCase // as memory.ts wrote it
const { gc } = globalThis
if (gc === undefined) throw new Error('wants --expose-gc')

/** By way of JSON, as items come from a server: each text is in memory of its own, and not a part of another's. */
const text = JSON.stringify(flat(attributes, bytes))
const made = (): Item => JSON.parse(text) as Item // texts only, so JSON keeps it as it is
const item = made()
const held = await medianOf(() => growthOf(made))
const GRAIN = attributes === 1 ? 0 : 2 * held // a collection takes milliseconds, and more where a thousand calls are under way

let watching = false
let before = 0
let last = 0
let alive = 0
let bound = 0

const p = PROVIDERS[provider]!
const watched = Object.fromEntries(
  Object.entries(p).map(([name, primitive]) => [
    name,
    (...args: unknown[]) => {
      look()
      const answer = (primitive as (...args: unknown[]) => unknown)(...args)
      if (answer instanceof Promise) answer.then(look, look)
      else look()
      return answer
    },
  ]),
) as unknown as Primitives // the same names, and functions that take and give the same

const encryptor = FORMATS[format]!(watched)
const run = operationOn(encryptor, operation, await inputsOf(encryptor, operation, [item]))
for (let i = 0; i < WARM_UP; i++) await run()

const result = await medianOf(() => growthOf(run))
const peaks: { alive: number; bound: number }[] = []
for (let i = 0; i < TIMES; i++) peaks.push(await peakOf(run))
const alivePeak = median(peaks.map((peak) => peak.alive))
// The engine counts a page of 256 KiB as in use when it is hardly begun: what no run was spared is the operation's.
const boundPeak = Math.min(...peaks.map((peak) => peak.bound))
console.log(JSON.stringify({ size: sizeOf(item), held, result, alive: alivePeak, bound: Math.max(alivePeak, boundPeak) }))

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const values: number[] = []
  for (let i = 0; i < TIMES; i++) values.push(await measure())
  return median(values)
}

/** Bytes beyond what was in use before. */
async function peakOf(operation: () => Promise<unknown>): Promise<{ alive: number; bound: number }> {
  await setImmediate() // what the last operation was awaited with is let go
  before = last = collected()
  alive = bound = 0
  watching = true
  const result = await operation()
  look()
  alive = Math.max(alive, collected() - before)
  watching = false
  if (result === undefined) throw new Error('no result') // it is alive until here
  return { alive, bound }
}

function look(): void {
  if (!watching) return
  const now = inUse()
  bound = Math.max(bound, now - before)
  if (now - last <= GRAIN) return
  last = collected()
  alive = Math.max(alive, last - before)
}

/** Bytes that are kept of what `make` makes. */
async function growthOf(make: () => unknown): Promise<number> {
  await setImmediate()
  const start = collected()
  const made = await make()
  await setImmediate() // what it was awaited with is let go
  const growth = collected() - start
  if (made === undefined) throw new Error('nothing made')
  return growth
}

/** Three times: what an object kept outside of the heap goes with the second. */
function collected(): number {
  for (let i = 0; i < 3; i++) gc!()
  return inUse()
}

function inUse(): number {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
