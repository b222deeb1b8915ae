/**
 * A runtime, to whoever wants the suite run in it.
 *
 * @module
 */
import type { Job, Report } from './inside/job.ts'
import type { ProviderName } from './inside/subjects.ts'

export interface Runtime {
  /** For `--only`. */
  readonly id: string
  readonly title: string
  readonly providers: readonly ProviderName[]
  readonly tools?: 'tools' | 'nodes'
  /** The runtime as it is on this machine, or why it is not. */
  find(): FoundRuntime | Missing
}

export interface FoundRuntime {
  /** The version, of which the machine is sure before anything runs. */
  readonly version: string
  /** What the runtime must say of itself from within: so that no suite runs unnoticed somewhere else. */
  readonly identity: RegExp
  run(job: Job): Promise<Report>
}

export interface Missing {
  readonly missing: string
}

/** For `RegExp`. */
export function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
