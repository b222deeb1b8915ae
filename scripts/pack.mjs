// Packs what is published, as `npm publish` would, into a folder.
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PUBLISHED } from './packages.mjs'

/** The tarball of each package by its name. */
export function packInto(folder) {
  const workspaces = PUBLISHED.flatMap(({ manifest }) => ['-w', manifest.name])
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder, ...workspaces], {
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const packed = JSON.parse(answer)
  return Object.fromEntries(Object.values(packed).map(({ name, filename, files }) => [name, { file: join(folder, filename), files }]))
}
