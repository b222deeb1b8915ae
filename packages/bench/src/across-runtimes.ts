/**
 * A run inside other runtimes: what a fast digest spread over webCrypto brings there.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as runtimes from '@itemseal/runtimes'
import { OPERATIONS } from './operations.ts'
import type { Keep } from './results.ts'
import type { RuntimeCase, RuntimeTimes } from './runtime-job.ts'
import { runtimeLine } from './runtime-report.ts'
import type { Schedule } from './timing.ts'

export interface RuntimeResult extends RuntimeTimes {
  readonly runtime: string
}

/** Runs these cases inside, one after the other. */
type Run = (cases: readonly RuntimeCase[]) => Promise<readonly RuntimeTimes[]>

const CASES: readonly RuntimeCase[] = ['classic', '0x6700'].flatMap((format) =>
  ['small', 'medium', 'wide'].flatMap((work) => OPERATIONS.map((operation) => ({ format, work, operation }))),
)

export async function acrossRuntimes(only: string, schedule: Schedule, keep?: Keep): Promise<void> {
  const problem = runtimes.installTools('tools')
  if (problem !== undefined) console.error(problem)
  const code = await runtimes.bundle(fileURLToPath(new URL('./runtime-job.js', import.meta.url)), 'es')
  const results: RuntimeResult[] = []
  const missing: string[] = []
  for (const [runtime, run] of Object.entries(runsOf(code, schedule))) {
    if (!runtime.toLowerCase().includes(only.toLowerCase())) continue
    if (run === undefined) {
      missing.push(runtime)
      continue
    }
    const times = await run(CASES)
    for (const it of times) console.log(runtimeLine({ runtime, ...it }))
    results.push(...times.map((it) => ({ runtime, ...it })))
  }
  for (const runtime of missing) console.log(`${runtime}: not run: it is not installed`)
  keep?.('runtimes', { missing, results })
}

function runsOf(code: string, schedule: Schedule): Readonly<Record<string, Run | undefined>> {
  const { denoProgram, bunProgram, workerdProgram, chromiumProgram, firefoxProgram, toolsInstalled } = runtimes
  const command = (program: string | undefined, ...args: string[]) => program && inCommand(code, schedule, program, args)
  const page = (kind: 'chromium' | 'firefox', program: string | undefined) =>
    program && toolsInstalled() ? inPage(code, schedule, kind) : undefined
  return {
    Node: inCommand(code, schedule, process.execPath, []),
    Deno: command(denoProgram(), 'run', '--no-prompt') || undefined,
    Bun: command(bunProgram(), 'run') || undefined,
    workerd: workerdProgram() && inWorker(code, schedule),
    Chromium: page('chromium', chromiumProgram()),
    Firefox: page('firefox', firefoxProgram()),
  } as Readonly<Record<string, Run | undefined>>
}

function inCommand(code: string, schedule: Schedule, program: string, args: readonly string[]): Run {
  return (cases) =>
    runtimes.withFolder(async (folder) => {
      writeFileSync(join(folder, 'job.mjs'), code)
      const script = join(folder, 'main.mjs')
      writeFileSync(script, `import { timesOf } from './job.mjs'\n${loop(cases, schedule)}\nconsole.log(JSON.stringify(all))\n`)
      return JSON.parse(await runtimes.runProgram(program, [...args, script])) as RuntimeTimes[]
    })
}

/** A request for each case: nobody waits for an answer for ever. */
function inWorker(code: string, schedule: Schedule): Run {
  const worker = `import { clockByEvents, timesOf } from 'job.js'
export default { fetch: async (request) => Response.json(await timesOf(await request.json(), ${JSON.stringify(schedule)}, clockByEvents)) }`
  return (cases) =>
    runtimes.withWorker({ modules: { 'worker.js': worker, 'job.js': code } }, async (url) => {
      const all: RuntimeTimes[] = []
      for (const it of cases) {
        const response = await fetch(url, { method: 'POST', body: JSON.stringify(it) })
        if (!response.ok) throw new Error(`workerd answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
        all.push((await response.json()) as RuntimeTimes)
      }
      return all
    })
}

function inPage(code: string, schedule: Schedule, kind: 'chromium' | 'firefox'): Run {
  return async (cases) => {
    const server = await runtimes.servePages({
      '/': { type: 'text/html', content: '<!doctype html><meta charset="utf-8"><title>bench</title>' },
      '/job.js': { type: 'text/javascript', content: code },
    })
    try {
      return await runtimes.withPage(kind, async (page) => {
        await page.goto(server.url)
        return page.evaluate<RuntimeTimes[]>(
          `(async () => { const { timesOf } = await import('/job.js'); ${loop(cases, schedule)}; return all })()`,
        )
      })
    } finally {
      server.close()
    }
  }
}

function loop(cases: readonly RuntimeCase[], schedule: Schedule): string {
  return `const all = []; for (const it of ${JSON.stringify(cases)}) all.push(await timesOf(it, ${JSON.stringify(schedule)}))`
}
