/**
 * workerd, the runtime of Cloudflare Workers.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suiteBundle } from './bundle.ts'
import type { Report } from './inside/job.ts'
import { startService, versionOf, withFolder } from './process.ts'
import type { Runtime } from './runtime.ts'
import { toolPath } from './tools.ts'

/** At this date, modules of Node's are there only for who asks, which nobody does here. */
const COMPATIBILITY_DATE = '2026-07-01'

export interface WorkerOptions {
  /** The modules by name, the first one being the Worker. */
  readonly modules: Readonly<Record<string, string>>
  /** Its variables. */
  readonly bindings?: Readonly<Record<string, string>>
}

export interface RunningWorker {
  readonly url: string
  stop(): Promise<void>
}

export function workerdProgram(): string | undefined {
  return toolPath('tools', '@cloudflare/workerd-linux-64/bin/workerd')
}

/** Starts a Worker in workerd on a free port of this machine, as `use` wants it. It may call this machine. */
export async function withWorker<T>(options: WorkerOptions, use: (url: string) => Promise<T>): Promise<T> {
  const program = workerdProgram()
  if (program === undefined) throw new Error('workerd is not installed')
  return withFolder(async (folder) => {
    for (const [name, code] of Object.entries(options.modules)) writeFileSync(join(folder, name), code)
    const config = join(folder, 'config.capnp')
    writeFileSync(config, configOf(options))
    const worker = await startService(program, ['serve', config, '--control-fd=1'], /"event":"listen".*?"port":(\d+)/)
    try {
      return await use(`http://127.0.0.1:${worker.ready[1]}/`)
    } finally {
      await worker.stop()
    }
  })
}

function configOf({ modules, bindings = {} }: WorkerOptions): string {
  const quoted = JSON.stringify // of these strings it is Cap'n Proto too
  const module = (name: string) => `(name = ${quoted(name)}, esModule = embed ${quoted(name)})`
  const binding = ([name, text]: [string, string]) => `(name = ${quoted(name)}, text = ${quoted(text)})`
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .worker), (name = "net", network = (allow = ["public", "private", "local"]))],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
const worker :Workerd.Worker = (
  modules = [${Object.keys(modules).map(module).join(', ')}],
  bindings = [${Object.entries(bindings).map(binding).join(', ')}],
  globalOutbound = "net",
  compatibilityDate = ${quoted(COMPATIBILITY_DATE)}
);
`
}

const WORKER = `import { run } from 'suite.js'
export default { fetch: async (request) => Response.json(await run(await request.json())) }
`

export const WORKERD: Runtime = {
  id: 'workerd',
  title: 'workerd',
  providers: ['webCrypto', 'nobleCrypto'],
  tools: 'tools',
  find: () => {
    const program = workerdProgram()
    if (program === undefined) return { missing: `no package for ${process.platform} ${process.arch} is installed` }
    return {
      version: versionOf(program, /workerd (\S+)/),
      identity: /^Cloudflare-Workers$/, // it says no more; there is one program, and its version is asked above
      run: async (job) =>
        withWorker({ modules: { 'worker.js': WORKER, 'suite.js': await suiteBundle('es') } }, async (url) => {
          const response = await fetch(url, { method: 'POST', body: JSON.stringify(job) })
          if (!response.ok) throw new Error(`workerd answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
          return (await response.json()) as Report
        }),
    }
  },
}
