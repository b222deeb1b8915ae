// `jsr.json` of each package for the JSR registry, from its manifest: the same entries, as sources.
// Fails when one is not up to date (`npm run jsr` accepts). With `--dry-run`, Deno (of the PATH, or named by DENO) checks what
// would be published, types included.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { kept, PUBLISHED } from './packages.mjs'

const ours = PUBLISHED.map(({ manifest }) => manifest.name)
let stale = false
for (const { folder, path, manifest } of PUBLISHED) {
  const { name, version, license, exports, dependencies = {}, peerDependencies = {} } = manifest
  const imports = Object.entries({ ...dependencies, ...peerDependencies }).map(([other, range]) => {
    const registry = ours.includes(other) ? 'jsr' : 'npm'
    return [other, `${registry}:${other}@${range.replace(/^>=(\S+) <\d+$/, '^$1')}`] // a specifier is one word
  })
  const config = {
    name,
    version,
    license,
    exports: Object.fromEntries(Object.entries(exports).map(([entry, conditions]) => [entry, conditions['@itemseal/source']])),
    ...(imports.length > 0 && { imports: Object.fromEntries(imports) }),
    publish: { include: ['src', 'README.md', 'LICENSE', 'jsr.json'] },
  }
  if (kept(new URL('jsr.json', path), `${JSON.stringify(config, null, 2)}\n`, writeFileSync)) continue
  console.error(`jsr: packages/${folder}/jsr.json is not up to date: run \`npm run jsr\``)
  stale = true
}
if (stale) process.exit(1)
if (process.argv.includes('--dry-run')) process.exitCode = dryRun()

/** In a copy: a checkout's own `package.json` files and builds would be taken for more than they are there. */
function dryRun() {
  const workspace = mkdtempSync(join(tmpdir(), 'itemseal-jsr-'))
  try {
    for (const { folder, path } of PUBLISHED) {
      for (const part of ['src', 'README.md', 'LICENSE'])
        cpSync(fileURLToPath(new URL(part, path)), join(workspace, folder, part), { recursive: true })
      cpSync(fileURLToPath(new URL('jsr.json', path)), join(workspace, folder, 'deno.json')) // members of a workspace have one of this name
    }
    writeFileSync(join(workspace, 'deno.json'), JSON.stringify({ workspace: PUBLISHED.map(({ folder }) => `./${folder}`) }))
    const { status, error } = spawnSync(process.env.DENO ?? 'deno', ['publish', '--dry-run', '--quiet'], {
      cwd: workspace,
      stdio: 'inherit',
    })
    if (error) console.error(`jsr: no Deno to check with (${error.code}): put it on the PATH or name it by DENO`)
    return status ?? 1
  } finally {
    rmSync(workspace, { recursive: true, force: true })
  }
}
