import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url))
const NAMES = ['core', 'dynamodb', 'node', 'noble', 'kms', 'cli'].map((name) => `@itemseal/${name}`)
const THIRD_PARTY = ['@noble/ciphers', '@noble/curves', '@noble/hashes', 'aws4fetch']
const KINDS = [
  /^(LICENSE|README\.md|THIRD-PARTY-NOTICES\.md|package\.json)$/,
  /^dist\/[\w/-]+\.(js|d\.ts)(\.map)?$/,
  /^src\/[\w/-]+\.ts$/,
  /^docs\/[\w-]+\.md$/,
]
const NEEDS_SDK = /\/sdk$/ // a peer dependency that is not installed here

const project = mkdtempSync(join(tmpdir(), 'itemseal-installed-'))
const installed = (name: string, ...path: string[]) => join(project, 'node_modules', name, ...path)
const manifestOf = (name: string) => JSON.parse(readFileSync(installed(name, 'package.json'), 'utf8'))
const entriesOf = (name: string) => Object.keys(manifestOf(name).exports ?? {}).map((entry) => name + entry.slice(1))
const filesOf = (name: string) =>
  readdirSync(installed(name), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath ?? file.path, file.name).slice(installed(name).length + 1))

function npm(args: readonly string[], cwd: string): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], shell: process.platform === 'win32' })
}

/** What is published, packed and installed into an empty project; what it depends on comes from this checkout, not from a network. */
beforeAll(() => {
  const tarballs = join(project, 'tarballs')
  mkdirSync(tarballs)
  const workspaces = NAMES.flatMap((name) => ['-w', name])
  const packed: unknown = JSON.parse(npm(['pack', '--json', '--ignore-scripts', '--pack-destination', tarballs, ...workspaces], ROOT))
  const files = Object.values(packed as Record<string, { name: string; filename: string }>)
  const dependencies = [
    ...files.map(({ name, filename }) => [name, `file:${join(tarballs, filename)}`]),
    ...THIRD_PARTY.map((name) => [name, `file:${join(ROOT, 'node_modules', name)}`]),
  ]
  const manifest = { name: 'consumer', private: true, type: 'module', dependencies: Object.fromEntries(dependencies) }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  npm(['install', '--offline', '--install-links', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], project)
}, 120_000)

afterAll(() => rmSync(project, { recursive: true, force: true }))

describe.each(NAMES)('the package %s', (name) => {
  test('holds its code, its sources and its papers, and nothing else', () => {
    const files = filesOf(name)
    expect(files.filter((file) => !KINDS.some((kind) => kind.test(file)))).toEqual([])
    const brings = /noble|kms|cli/.test(name) // the command line has what it needs bundled into it
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', ...(brings ? ['THIRD-PARTY-NOTICES.md'] : [])]))
    expect(readFileSync(installed(name, 'LICENSE'), 'utf8')).toBe(readFileSync(join(ROOT, 'LICENSE'), 'utf8'))
  })

  test('has maps that lead to its own sources, and names no path of the machine that built it', () => {
    const files = filesOf(name)
    for (const file of files) {
      const text = readFileSync(installed(name, file), 'utf8')
      expect(text.includes(ROOT), file).toBe(false)
      if (!file.endsWith('.map')) continue
      const map: { sourceRoot?: string; sources: string[] } = JSON.parse(text)
      for (const source of map.sources) expect(files).toContain(join(dirname(file), map.sourceRoot ?? '', source))
    }
  })

  test('says what a registry wants to know', () => {
    const { license, repository, keywords, engines, sideEffects, type } = manifestOf(name)
    const directory = `packages/${name.split('/')[1]}`
    expect({ license, repository, engines, sideEffects, type }).toEqual({
      license: 'Apache-2.0',
      repository: expect.objectContaining({ directory }),
      engines: { node: '>=20' },
      sideEffects: false,
      type: 'module',
    })
    expect(keywords).toContain('dynamodb')
  })
})

describe('an empty project with all packages', () => {
  const usage = `
import { rawAesKeyring } from '@itemseal/core/materials'
import { structuredItemEncryptor } from '@itemseal/core/structured'
import { nodeCrypto } from '@itemseal/node'
const keyring = rawAesKeyring({ namespace: 'n', name: 'k', wrappingKey: new Uint8Array(32) })
const actions = { default: 'ENCRYPT_AND_SIGN' } as const
const encryptor = structuredItemEncryptor({ tableName: 't', partitionKey: 'id', keyring, actions, primitives: nodeCrypto })
const encrypted = await encryptor.encryptItem({ id: { S: '1' }, name: { S: 'Ada' } })
const { name } = await encryptor.decryptItem(encrypted)
console.log(JSON.stringify([Object.keys(encrypted).sort(), name]))
`
  const importsOf = (entries: readonly string[]) =>
    entries.map(
      (entry, i) => `import * as entry${i} from '${entry}'\nif (Object.keys(entry${i}).length === 0) throw new Error('${entry}')\n`,
    )

  test('imports every entry, and encrypts and decrypts an item', () => {
    const entries = NAMES.flatMap(entriesOf).filter((entry) => !NEEDS_SDK.test(entry))
    writeFileSync(join(project, 'main.mjs'), importsOf(entries).join('') + usage.replace(' as const', ''))
    const out = execFileSync(process.execPath, ['main.mjs'], { cwd: project, encoding: 'utf8' })
    expect(JSON.parse(out)).toEqual([['aws_dbe_foot', 'aws_dbe_head', 'id', 'name'], { S: 'Ada' }])
  })

  test.each([
    ['bundler', 'esnext'],
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
  ])('compiles with its types: moduleResolution %s', (moduleResolution, module) => {
    const entries = NAMES.flatMap(entriesOf).filter((entry) => !NEEDS_SDK.test(entry) && !/^@itemseal\/(node|cli)\b/.test(entry))
    writeFileSync(
      join(project, 'main.ts'),
      importsOf(entries).join('') + usage.replace(/^.*nodeCrypto.*\n/m, '').replace(', primitives: nodeCrypto', ''),
    )
    const compilerOptions = {
      ...{ module, moduleResolution, target: 'es2022', lib: ['es2022', 'dom', 'dom.iterable'] },
      ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: [], skipLibCheck: false },
    }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }))
    const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
    const { stdout } = spawnSync(process.execPath, [tsc, '-p', project], { encoding: 'utf8' })
    expect(stdout).toBe('')
  })
})

test('the bill of materials is of what is published and of what that installs', () => {
  const bill = JSON.parse(execFileSync(process.execPath, [join(ROOT, 'scripts/sbom.mjs')], { encoding: 'utf8' }))
  const names = bill.components.map(({ name }: { name: string }) => name)
  expect(names.sort()).toEqual([...NAMES, ...THIRD_PARTY].sort())
})
