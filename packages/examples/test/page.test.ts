import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle, chromiumProgram, type PageFile, servePages, toolsInstalled, withPage } from '@itemseal/runtimes'
import { build } from 'vite'
import { afterAll, expect } from 'vitest'
import { built, testIn } from './runtime.ts'

const HTML = fileURLToPath(new URL('../src/page.html', import.meta.url))
const screenshots = fileURLToPath(new URL('../dist/screenshots', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'itemseal-'))
afterAll(() => rmSync(folder, { recursive: true }))

const BUNDLERS: Readonly<Record<string, () => Promise<Record<string, PageFile>>>> = {
  async Rollup() {
    return {
      '/': { type: 'text/html', content: readFileSync(HTML) },
      '/page.js': { type: 'text/javascript', content: await bundle(built('page'), 'es') },
    }
  },
  async Vite() {
    const [root, outDir] = [join(folder, 'root'), join(folder, 'out')]
    mkdirSync(root)
    copyFileSync(HTML, join(root, 'index.html'))
    const alias = [{ find: './page.js', replacement: built('page') }]
    await build({ configFile: false, root, resolve: { alias }, build: { outDir, emptyOutDir: true }, logLevel: 'error' })
    const [script] = readdirSync(join(outDir, 'assets')).filter((name) => name.endsWith('.js'))
    return {
      '/': { type: 'text/html', content: readFileSync(join(outDir, 'index.html')) },
      [`/assets/${script}`]: { type: 'text/javascript', content: readFileSync(join(outDir, 'assets', script!)) },
    }
  },
}

for (const [bundler, files] of Object.entries(BUNDLERS)) {
  const present = chromiumProgram() !== undefined && toolsInstalled()
  testIn('Chromium', present, `the page, bundled by ${bundler}, encrypts and decrypts an item in Chromium`, async () => {
    const server = await servePages(await files())
    try {
      await withPage('chromium', async (page) => {
        const errors: string[] = []
        page.on('pageerror', ({ message }) => errors.push(message))
        await page.goto(server.url)
        await page.click('#encrypt')
        await page.waitForFunction('document.getElementById("read").textContent !== ""', undefined, { timeout: 20_000 })
        const text = async (id: string) => JSON.parse((await page.textContent(id)) ?? '') as Record<string, unknown>
        expect(await text('#read')).toEqual({ id: { S: '1' }, name: { S: 'Ada' }, city: { S: 'London' } })
        const stored = await text('#stored')
        expect(stored.name).toHaveProperty('B')
        expect(stored.city).toEqual({ S: 'London' })
        expect(errors).toEqual([])
        mkdirSync(screenshots, { recursive: true })
        await page.screenshot({ path: join(screenshots, `${bundler}.png`) })
        expect(existsSync(join(screenshots, `${bundler}.png`))).toBe(true)
      })
    } finally {
      server.close()
    }
  })
}
