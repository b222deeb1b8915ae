/**
 * Ours in processes of their own: what one of them compiles, or leaves for the collector, is no other's affair.
 *
 * @module
 */
import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Item, itemToJson } from '@itemseal/core'
import type { Case } from './cases.ts'
import type { Subject } from './timing.ts'

/** The name of the least code among ours. */
export const LEAST = 'least code, nodeCrypto'

type Task = Omit<Case, 'provider'>

/** What the next times are of, or one of them. */
export type Request = (Task & { readonly item: unknown }) | { readonly runs: number }

export interface Answer {
  readonly microseconds?: number
  readonly error?: string
}

export interface OwnProcess {
  readonly name: string
  /** From now on it runs this. */
  subject(it: Task, input: Item): Promise<Subject>
  close(): void
}

export function startOwn(name: string): OwnProcess {
  const child = fork(fileURLToPath(new URL('../dist/own-child.js', import.meta.url)), [name], { execArgv: [] })
  return {
    name,
    async subject(it, input) {
      await asked(child, { ...it, item: itemToJson(input) })
      return { measure: async (runs) => (await asked(child, { runs })).microseconds! }
    },
    close: () => child.kill(),
  }
}

/** One question at a time. */
async function asked(child: ChildProcess, request: Request): Promise<Answer> {
  const answer = await new Promise<Answer>((resolve, reject) => {
    const ended = () => reject(new Error('its process has ended'))
    child.once('exit', ended)
    child.once('message', (message) => {
      child.off('exit', ended)
      resolve(message as Answer) // as own-child.ts sends it
    })
    child.send(request)
  })
  if (answer.error !== undefined) throw new Error(answer.error)
  return answer
}
