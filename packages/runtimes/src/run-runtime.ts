/**
 * One runtime, asked to run the suite, and what it answered, checked.
 *
 * @module
 */
import type { Vectors } from '@itemseal/conformance'
import { casesOf, type Job, type Report } from './inside/job.ts'
import type { ProviderName } from './inside/subjects.ts'
import { LACKS, type Lack } from './lacks.ts'
import type { Runtime } from './runtime.ts'

/** A line of the table. */
export interface Row {
  readonly runtime: string
  readonly version?: string
  readonly provider?: ProviderName
  readonly cases?: number
  readonly passed?: number
  readonly written?: number
  readonly lacking?: string
  readonly seconds?: number
  /** Nothing ran. */
  readonly missing?: string
  readonly failures: readonly string[]
}

export interface RunOptions {
  readonly vectors: Vectors
  /** See `Job`. */
  readonly every?: Job['every']
}

const LIMIT_MS = 900_000

/** Runs the suite over all providers of a runtime. Whatever goes wrong is a failure in a row. */
export async function runRuntime(runtime: Runtime, options: RunOptions): Promise<Row[]> {
  const found = runtime.find()
  if ('missing' in found) return [{ runtime: runtime.title, missing: found.missing, failures: [] }]
  const { title, id, providers } = runtime
  const known = LACKS[id] ?? {}
  const lacks = Object.fromEntries(providers.map((provider) => [provider, (known[provider] ?? []).map(({ capability }) => capability)]))
  const job: Job = { vectors: options.vectors, providers, lacks, ...(options.every && { every: options.every }) }
  try {
    const report = await within(LIMIT_MS, found.run(job))
    if (!found.identity.test(report.identity)) throw new Error(`it ran in ${report.identity}, which is not ${found.version}`)
    return providers.map((provider) => ({
      runtime: title,
      version: found.version,
      provider,
      ...checked(report, provider, job, known[provider] ?? []),
    }))
  } catch (error) {
    return [{ runtime: title, version: found.version, failures: [error instanceof Error ? error.message : String(error)] }]
  }
}

/** A runtime that says nothing of some case has failed. */
function checked(report: Report, provider: ProviderName, job: Job, known: readonly Lack[]): Omit<Row, 'runtime'> {
  const cases = casesOf(job, provider).length
  const outcome = report.outcomes[provider]
  if (outcome === undefined) return { cases, failures: ['it did not answer for this provider'] }
  const { passed, written, lacking, failures, seconds } = outcome
  const uncounted = cases - passed - lacking.length - failures.length
  const names = known.map(({ capability }) => capability).join(', ')
  const expected = known.reduce((sum, { cases: some }) => sum + some, 0)
  return {
    cases,
    passed,
    written,
    seconds,
    ...(lacking.length > 0 && { lacking: `${names}: ${lacking.length} cases, refused as UNSUPPORTED` }),
    failures: [
      ...failures,
      ...(uncounted === 0 ? [] : [`${uncounted} cases were not counted`]),
      ...(lacking.length === expected
        ? []
        : [`${expected} cases are known to need what is lacking (${names}), ${lacking.length} were refused for it`]),
    ],
  }
}

async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} seconds`)), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
