/** The pages on object mappers, run as they are: their blocks of code make one module each, which talks to a fresh server. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import ts from 'typescript'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { FORMATS } from './formats.ts'
import { startMapperServer } from './mappers/mapper-server.ts'

const docs = new URL('../docs/', import.meta.url)
const dist = new URL('../dist/', import.meta.url) // git and the linter pass over it
const pages = readdirSync(docs).filter((name) => name.endsWith('.md'))
let folder: string
const fileOf = (page: string) => join(folder, page.replace('.md', '.ts'))

beforeAll(() => {
  mkdirSync(dist, { recursive: true })
  folder = mkdtempSync(fileURLToPath(new URL('docs-', dist)))
  for (const page of pages) {
    const blocks = [...readFileSync(new URL(page, docs), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, block]) => block)
    expect(blocks.length, page).toBeGreaterThan(4)
    writeFileSync(fileOf(page), blocks.join('\n'))
  }
})
afterEach(() => vi.unstubAllEnvs())
afterAll(() => rmSync(folder, { recursive: true }))

test('there is a page for each mapper', () => {
  expect(pages).toEqual(['dynamodb-toolbox.md', 'dynamoose.md', 'electrodb.md', 'onetable.md'])
})

test('what the pages say is what the types say', () => {
  const config = fileURLToPath(new URL('../../tsconfig.tests.json', import.meta.url))
  const { options } = ts.parseJsonConfigFileContent(ts.readConfigFile(config, ts.sys.readFile).config, ts.sys, dirname(config))
  const program = ts.createProgram(pages.map(fileOf), { ...options, moduleDetection: ts.ModuleDetectionKind.Force })
  const problems = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const { line } = file?.getLineAndCharacterOfPosition(start) ?? { line: -1 }
    return `${file && basename(file.fileName)}, line ${line + 1} of its code: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
  })
  expect(problems).toEqual([])
})

test.each(pages)('%s does what it says, and no name is on the wire in clear', async (page) => {
  const server = await startMapperServer(FORMATS[0]!, 'people', {})
  server.reset()
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', server.endpoint)
  vi.stubEnv('AWS_REGION', 'eu-central-1')
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'a')
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'b')
  try {
    await import(/* @vite-ignore */ pathToFileURL(fileOf(page)).href)
    server.expectNoSecret('Lovelace')
  } finally {
    await server.close()
  }
})
