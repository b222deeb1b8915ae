// THIRD-PARTY-NOTICES.md of each package that brings others with it, from its production dependencies; at the top those of all.
// Fails when one is not up to date (`npm run notices` accepts).
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { kept, PUBLISHED } from './packages.mjs'

const root = new URL('../', import.meta.url)
const modules = new URL('node_modules/', root)
const manifestOf = (name) => JSON.parse(readFileSync(new URL(`${name}/package.json`, modules), 'utf8'))

/** All that a package installs, ours left out, by name. */
function thirdParties({ dependencies = {} }, found = new Map()) {
  for (const name of Object.keys(dependencies)) {
    const manifest = manifestOf(name)
    if (!name.startsWith('@itemseal/')) {
      if (found.has(name)) continue
      found.set(name, manifest)
    }
    thirdParties(manifest, found)
  }
  return found
}

function notices(title, found) {
  const parts = [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1)).map(notice)
  return `# Third-party notices\n\n${title} depends on the following. Made by \`npm run notices\`.\n\n${parts.join('\n')}`
}

function notice({ name, version, license, homepage }) {
  const folder = new URL(`${name}/`, modules)
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
  if (license === undefined || file === undefined) throw new Error(`${name}: no license`)
  const text = readFileSync(new URL(file, folder), 'utf8').trim()
  return `## ${name} ${version}\n\n${license}${homepage ? `, ${homepage}` : ''}\n\n\`\`\`text\n${text}\n\`\`\`\n`
}

const all = new Map()
const stale = []
for (const { path, manifest } of PUBLISHED) {
  const found = thirdParties(manifest)
  for (const [name, one] of found) all.set(name, one)
  const file = new URL('THIRD-PARTY-NOTICES.md', path)
  if (found.size > 0 ? !kept(file, notices(manifest.name, found), writeFileSync) : existsSync(file)) stale.push(file)
}
if (!kept(new URL('THIRD-PARTY-NOTICES.md', root), notices('itemseal', all), writeFileSync))
  stale.push(new URL('THIRD-PARTY-NOTICES.md', root))
for (const file of stale) console.error(`notices: ${fileURLToPath(file)} is not up to date: run \`npm run notices\``)
if (stale.length > 0) process.exit(1)
