/**
 * Vercel's edge-runtime, in the version that serves developers: it lends its code the WebCrypto of the Node that runs it.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { suiteBundle } from './bundle.ts'
import type { Report } from './inside/job.ts'
import type { Runtime } from './runtime.ts'
import { importTool, toolPath } from './tools.ts'

interface EdgeRuntimeModule {
  readonly EdgeRuntime: new (options: {
    readonly initialCode: string
  }) => {
    dispatchFetch(url: string, init: { readonly method: string; readonly body: string }): Promise<Response>
  }
}

const LISTENER = `
addEventListener('fetch', (event) => {
  event.respondWith(event.request.json().then(suite.run).then((report) => new Response(JSON.stringify(report))))
})
`

export const EDGE_RUNTIME: Runtime = {
  id: 'edge-runtime',
  title: "Vercel's edge-runtime",
  providers: ['webCrypto', 'nobleCrypto'],
  tools: 'tools',
  find: () => {
    const manifest = toolPath('tools', 'edge-runtime/package.json')
    if (manifest === undefined) return { missing: 'edge-runtime is not installed' }
    const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
    return {
      version: `${version} on Node ${process.versions.node}`,
      identity: /^EdgeRuntime edge-runtime$/,
      run: async (job) => {
        const { EdgeRuntime } = await importTool<EdgeRuntimeModule>('edge-runtime/dist/index.js')
        const runtime = new EdgeRuntime({ initialCode: `${await suiteBundle('iife')}${LISTENER}` })
        const response = await runtime.dispatchFetch('http://127.0.0.1/', { method: 'POST', body: JSON.stringify(job) })
        return (await response.json()) as Report
      },
    }
  },
}
