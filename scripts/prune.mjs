// Removes from the builds what a source made that is no longer there: the compiler does not, and it would be published.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const packages = fileURLToPath(new URL('../packages', import.meta.url))
const MADE_OTHERWISE = /^(browser\/|itemseal\.js$)/ // by Rollup

for (const name of readdirSync(packages)) {
  const dist = join(packages, name, 'dist')
  for (const file of existsSync(dist) ? readdirSync(dist, { recursive: true }) : []) {
    const source = file.replace(/\.(js|d\.ts)(\.map)?$/, '.ts')
    if (source === file || MADE_OTHERWISE.test(file.replaceAll('\\', '/'))) continue
    if (!existsSync(join(packages, name, 'src', source))) rmSync(join(dist, file))
  }
}
