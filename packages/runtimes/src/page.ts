/**
 * Pages for browsers, on a port of this machine: such an address counts as secure, so that there is WebCrypto.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { suiteBundle } from './bundle.ts'
import type { Job, Report } from './inside/job.ts'

export interface PageFile {
  readonly type: string
  readonly content: string | Uint8Array
}

export interface PageServer {
  /** The address of `/`. */
  readonly url: string
  /** The body of the next `POST /report`. */
  readonly report: Promise<string>
  close(): void
}

const PAGE = `<!doctype html><meta charset="utf-8"><title>itemseal: the conformance suite</title><script type="module">
const answer = (body) => fetch('/report', { method: 'POST', body: JSON.stringify(body) })
try {
  const { run } = await import('/suite.js')
  await answer({ report: await run(await (await fetch('/job.json')).json()) })
} catch (error) {
  await answer({ error: String(error) })
}
</script>`

/** Serves these files, by path. */
export async function servePages(files: Readonly<Record<string, PageFile>>): Promise<PageServer> {
  let reported: (body: string) => void = () => {}
  const report = new Promise<string>((resolve) => {
    reported = resolve
  })
  const server = createServer(async (request, response) => {
    if (request.method === 'POST' && request.url === '/report') {
      const pieces: Buffer[] = []
      for await (const piece of request) pieces.push(piece as Buffer)
      response.writeHead(204).end()
      return reported(Buffer.concat(pieces).toString())
    }
    const file = files[request.url ?? '']
    if (file === undefined) return response.writeHead(404).end()
    return response.writeHead(200, { 'content-type': file.type, 'cache-control': 'no-store' }).end(file.content)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // an object, since it listens on a port
  return {
    url: `http://127.0.0.1:${port}/`,
    report,
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

/** Serves the suite, has a browser visit it, and waits for its report, until when the browser has to stay. */
export async function runInPage(job: Job, visit: (url: string, until: Promise<unknown>) => Promise<void>): Promise<Report> {
  const server = await servePages({
    '/': { type: 'text/html', content: PAGE },
    '/suite.js': { type: 'text/javascript', content: await suiteBundle('es') },
    '/job.json': { type: 'application/json', content: JSON.stringify(job) },
  })
  try {
    await visit(server.url, server.report)
    const { report, error } = JSON.parse(await server.report) as { report?: Report; error?: string }
    if (report === undefined) throw new Error(error)
    return report
  } finally {
    server.close()
  }
}
