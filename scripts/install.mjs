// Installs the dependencies when the lock file is newer than what is installed: so that one command works on a fresh clone.
// With a folder, those of that folder, which is no workspace.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const [, script, folder] = process.argv
const place = script === fileURLToPath(import.meta.url) && folder !== undefined ? resolve(folder) : root
const installed = join(place, 'node_modules/.package-lock.json')

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(place, 'package-lock.json')).mtimeMs) {
  console.error(`Installing dependencies${place === root ? '' : ` of ${relative(root, place)}`} (npm ci) …`)
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: place,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  if (status !== 0) process.exit(status ?? 1)
}
