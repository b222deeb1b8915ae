/**
 * What a runtime is given to do, and what it answers. Both are JSON.
 *
 * @module
 */
import { allCases, type Capability, type Case, type Outcome, runCases, type Vectors } from '@itemseal/conformance'
import { library, type ProviderName, type Subjects } from './subjects.ts'

export interface Job {
  readonly vectors: Vectors
  readonly providers: readonly ProviderName[]
  /** By provider, if not all cases: 8 for every eighth. */
  readonly every?: Readonly<Partial<Record<ProviderName, number>>>
  /** What is known to be missing here, by provider. */
  readonly lacks: Readonly<Partial<Record<ProviderName, readonly Capability[]>>>
}

export interface Report {
  /** What the runtime says that it is. */
  readonly identity: string
  readonly outcomes: Readonly<Partial<Record<ProviderName, Outcome & { readonly seconds: number }>>>
}

/** Runs the suite here, one provider after the other. */
export async function runJob(job: Job, subjects: Subjects): Promise<Report> {
  const outcomes: Record<string, Outcome & { seconds: number }> = {}
  for (const provider of job.providers) {
    const subject = subjects[provider]
    if (subject === undefined) throw new Error(`no ${provider} in this bundle`)
    const start = Date.now()
    const outcome = await runCases(casesOf(job, provider), subject, job.lacks[provider] ?? [])
    outcomes[provider] = { ...outcome, seconds: (Date.now() - start) / 1000 }
  }
  return { identity: identity(), outcomes }
}

/** The cases of a job for one of its providers. */
export function casesOf({ vectors, every }: Pick<Job, 'vectors' | 'every'>, provider: ProviderName): Case[] {
  return allCases(library, vectors).filter((_, i) => i % (every?.[provider] ?? 1) === 0)
}

interface Marks {
  readonly Deno?: { readonly version: { readonly deno: string } }
  readonly Bun?: { readonly version: string }
  readonly EdgeRuntime?: string
  readonly process?: { readonly version: string }
  readonly navigator?: { readonly userAgent: string }
}

/** Asked here, so that a suite that ran somewhere else than it was sent to is found out. */
function identity(): string {
  const { Deno, Bun, EdgeRuntime, process, navigator } = globalThis as unknown as Marks // each has some of these
  if (Deno) return `Deno ${Deno.version.deno}`
  if (Bun) return `Bun ${Bun.version}`
  if (EdgeRuntime) return `EdgeRuntime ${EdgeRuntime}`
  const agent = navigator?.userAgent ?? ''
  if (process && !agent.startsWith('Cloudflare')) return `Node ${process.version.slice(1)}`
  return agent
}
