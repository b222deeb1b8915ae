/**
 * The floor: the calls of primitives that an operation makes, and nothing else.
 *
 * A recording stands between an encryptor and its provider during one operation. The replay makes the same calls with the same
 * bytes in the same shape: a call waits for those that had ended when it was begun, and for no other; with a provider that
 * answers at once it is a loop without any waiting.
 *
 * @module
 */
import type { Primitives } from '@itemseal/core'

type Call = () => unknown

interface Step {
  /** Calls that must have ended before those of this step begin. */
  readonly after: number[]
  readonly calls: Call[]
}

/** What a recording holds. */
export interface Recording {
  /** How often each primitive was called. */
  readonly counts: Readonly<Record<string, number>>
  replay(): void | Promise<void>
  /** Only the calls of primitives of such names, in turn; there is none if none was called. */
  replayOf(name: RegExp): (() => void | Promise<void>) | undefined
}

/** Runs an operation twice on a recording provider, and keeps the calls of the second time: by then keys are imported. */
export async function record(p: Primitives, operationOf: (recording: Primitives) => () => Promise<unknown>): Promise<Recording> {
  let tape = newTape()
  const recording = Object.fromEntries(
    Object.entries(p).map(([name, primitive]) => [name, (...args: unknown[]) => tape.call(name, primitive as Call, args)]),
  ) as unknown as Primitives // the same names, and functions that take and give the same
  const operation = operationOf(recording)
  await operation()
  tape = newTape()
  await operation()
  const { counts, steps, waits, named } = tape
  return {
    counts,
    replay: replayOf(steps, waits),
    replayOf(name) {
      const calls = named.filter(([called]) => name.test(called)).map(([, call]) => call)
      return calls.length === 0 ? undefined : replayOf(waits ? inTurn(calls) : [{ after: [], calls }], waits)
    },
  }
}

function newTape() {
  const counts: Record<string, number> = {}
  const steps: Step[] = []
  const named: [name: string, call: Call][] = []
  let ended: number[] = []
  let made = 0
  const tape = {
    counts,
    steps,
    named,
    /** Whether any call was answered later than at once. */
    waits: false,
    call(name: string, primitive: (...args: unknown[]) => unknown, args: unknown[]): unknown {
      counts[name] = (counts[name] ?? 0) + 1
      const copies = args.map((arg) => (arg instanceof Uint8Array ? new Uint8Array(arg) : arg)) // some are overwritten after use
      if (ended.length > 0 || steps.length === 0) steps.push({ after: ended, calls: [] })
      ended = []
      const index = made++
      const call = () => primitive(...copies)
      steps.at(-1)!.calls.push(call)
      named.push([name, call])
      const answer = primitive(...args)
      if (answer instanceof Promise) {
        tape.waits = true
        answer.then(() => ended.push(index))
      }
      return answer
    },
  }
  return tape
}

function replayOf(steps: readonly Step[], waits: boolean): Recording['replay'] {
  if (!waits) {
    const calls = steps.flatMap((step) => step.calls)
    return () => {
      for (const call of calls) call()
    }
  }
  return async () => {
    const answers: unknown[] = []
    for (const { after, calls } of steps) {
      if (after.length > 0) await Promise.all(after.map((i) => answers[i]))
      for (const call of calls) answers.push(call())
    }
    await Promise.all(answers)
  }
}

function inTurn(calls: readonly Call[]): Step[] {
  return calls.map((call, i) => ({ after: i === 0 ? [] : [i - 1], calls: [call] }))
}
