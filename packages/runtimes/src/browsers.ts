/**
 * Chromium and Firefox, as Debian packages them, driven by playwright-core.
 *
 * @module
 */
import { runInPage } from './page.ts'
import { versionOf } from './process.ts'
import { literally, type Runtime } from './runtime.ts'
import { importTool, systemProgram, toolPath } from './tools.ts'

/** What is used of a page of playwright's. */
export interface BrowserPage {
  goto(url: string): Promise<unknown>
  evaluate<T>(script: string): Promise<T>
  waitForFunction(script: string, argument?: undefined, options?: { readonly timeout: number }): Promise<unknown>
  screenshot(options: { readonly path: string }): Promise<unknown>
  click(selector: string): Promise<void>
  textContent(selector: string): Promise<string | null>
  on(event: 'pageerror', listener: (error: Error) => void): unknown
}

interface Browser {
  newPage(options?: { readonly viewport: { readonly width: number; readonly height: number } }): Promise<BrowserPage>
  close(): Promise<void>
}

interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> }
  readonly firefox: { launch(options: object): Promise<Browser> }
}

/** Without the sandbox, since a container's root has none; and without what would want the network. */
const CHROMIUM_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const PACKAGES = { chromium: 'chromium', firefox: 'firefox-esr' } as const

export function chromiumProgram(): string | undefined {
  return systemProgram('/usr/bin/chromium', '/usr/bin/chromium-browser')
}

export function firefoxProgram(): string | undefined {
  return systemProgram('/usr/bin/firefox-esr', '/usr/bin/firefox')
}

/** Opens an empty page for as long as `use` takes. */
export async function withPage<T>(kind: keyof Playwright, use: (page: BrowserPage) => Promise<T>): Promise<T> {
  const playwright = await importTool<Playwright>('playwright-core/index.mjs')
  const options = {
    chromium: { executablePath: chromiumProgram(), args: CHROMIUM_ARGS },
    firefox: { executablePath: firefoxProgram(), channel: 'moz-firefox' },
  }
  const launched = await playwright[kind].launch(options[kind])
  try {
    return await use(await launched.newPage({ viewport: { width: 900, height: 900 } }))
  } finally {
    await launched.close()
  }
}

export const CHROMIUM: Runtime = browser('chromium', 'Chromium', chromiumProgram, (version) => ` (Headless)?Chrome/${version}\\.`)

export const FIREFOX: Runtime = browser('firefox', 'Firefox', firefoxProgram, (version) => ` Firefox/${version}\\.`)

/** Browsers tell pages their major version only. */
function browser(kind: keyof Playwright, title: string, find: () => string | undefined, agent: (major: string) => string): Runtime {
  return {
    id: kind,
    title,
    providers: ['webCrypto', 'nobleCrypto'],
    tools: 'tools',
    find: () => {
      const program = find()
      if (program === undefined) return { missing: `apt-get install --no-install-recommends ${PACKAGES[kind]}` }
      if (toolPath('tools', 'playwright-core') === undefined) return { missing: 'playwright-core is not installed' }
      const version = versionOf(program, /([\d.]+\S*)/)
      return {
        version,
        identity: new RegExp(agent(literally(version.split('.')[0]!))),
        run: (job) =>
          runInPage(job, (url, until) =>
            withPage(kind, async (page) => {
              await page.goto(url)
              await until
            }),
          ),
      }
    },
  }
}
