/**
 * WebKitGTK, driven over W3C WebDriver. It is not Safari: its WebCrypto is built on libgcrypt, Apple's on CommonCrypto.
 *
 * @module
 */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { runInPage } from './page.ts'
import { startService, versionOf } from './process.ts'
import type { Runtime } from './runtime.ts'
import { systemProgram } from './tools.ts'

const MINI_BROWSER = '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser'
const DRIVER = '/usr/bin/WebKitWebDriver'
const XVFB = '/usr/bin/Xvfb'
/** As root there is no sandbox to be had, and without a display no compositing. */
const ENVIRONMENT = { WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS: '1', WEBKIT_DISABLE_COMPOSITING_MODE: '1' }

export const WEBKIT: Runtime = {
  id: 'webkit',
  title: 'WebKitGTK',
  providers: ['webCrypto', 'nobleCrypto'],
  find: () => {
    if (![MINI_BROWSER, DRIVER, XVFB].every((program) => systemProgram(program)))
      return { missing: 'apt-get install --no-install-recommends webkit2gtk-driver xvfb' }
    return {
      version: versionOf('/usr/bin/dpkg-query', /Version: ([\d.]+)/, ['-s', 'webkit2gtk-driver']), // it tells its own to nobody without a display
      identity: /AppleWebKit\/[\d.]+ \(KHTML, like Gecko\) (?!.*Chrome)/, // it says no version of its own
      run: (job) => runInPage(job, visit),
    }
  },
}

async function visit(url: string, until: Promise<unknown>): Promise<void> {
  const display = await startService(XVFB, ['-displayfd', '1', '-screen', '0', '1024x768x24', '-nolisten', 'tcp'], /^(\d+)\n/)
  const port = await freePort()
  const driver = await startService(DRIVER, [`--port=${port}`], /(?:)/, { env: { ...ENVIRONMENT, DISPLAY: `:${display.ready[1]}` } })
  try {
    await inSession(`http://127.0.0.1:${port}`, async (session) => {
      await call('POST', `${session}/url`, { url })
      await until
    })
  } finally {
    await driver.stop()
    await display.stop()
  }
}

async function inSession(driver: string, use: (session: string) => Promise<void>): Promise<void> {
  for (let i = 0; i < 100 && !(await call('GET', `${driver}/status`).catch(() => undefined)); i++) await setTimeout(100)
  const options = { binary: MINI_BROWSER, args: ['--automation'] }
  const { value } = await call('POST', `${driver}/session`, { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': options } } })
  const session = `${driver}/session/${value.sessionId}`
  await use(session)
  await call('DELETE', session)
}

async function call(method: string, url: string, body?: object): Promise<{ readonly value: { readonly sessionId?: string } }> {
  const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) })
  if (!response.ok) throw new Error(`WebKitWebDriver answered ${response.status}: ${(await response.text()).slice(0, 500)}`)
  return (await response.json()) as { value: { sessionId?: string } } // as WebDriver has it
}

/** The driver takes no 0 for one. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // an object, since it listens on a port
  server.close()
  await once(server, 'close')
  return port
}
