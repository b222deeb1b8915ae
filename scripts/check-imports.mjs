// Who may import whom. Fails on any other edge, on a runtime's or a package's module in the core, and on importing a
// package by anything but an entry.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../packages', import.meta.url))

/** Packages: what each may import, beside itself. `node:` and others only where they are named. */
const PACKAGES = {
  core: [],
  noble: ['@itemseal/core', '@noble/hashes', '@noble/ciphers', '@noble/curves', 'micro-rsa-dsa-dh', 'micro-packed'],
  node: ['@itemseal/core', 'node:'],
  dynamodb: ['@itemseal/core', '@aws-sdk/client-dynamodb'],
  kms: ['@itemseal/core', '@aws-sdk/client-kms', 'aws4fetch'],
  conformance: ['@itemseal/core', '@itemseal/cli', '@itemseal/noble'],
  cli: ['@itemseal/core', '@itemseal/node', '@itemseal/kms', '@itemseal/dynamodb', 'node:'],
  'local-dynamodb': ['dynalite', 'node:'],
  'local-kms': ['node:'],
  bench: ['@itemseal/core', '@itemseal/node', '@itemseal/noble', '@itemseal/runtimes', 'node:'],
  runtimes: ['@itemseal/', '@rollup/plugin-node-resolve', 'rollup', 'node:'],
  examples: ['@itemseal/core', '@itemseal/kms', '@itemseal/node'],
  demo: ['@itemseal/', '@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb', 'node:'],
}

/** Inside the core: each row imports only from rows above it (or from its own). Folders end in a slash. */
const LAYERS = [
  ['errors', 'bytes', 'base64', 'cursor', 'order', 'primitives', 'key-handle', 'attribute-value'],
  ['hex', 'number', 'dynamodb-json', 'ecdsa-encoding', 'ec-point', 'webcrypto', 'signer', 'key-wrapper', 'rsa-key-wrapper', 'item'],
  ['materials/'],
  ['classic/', 'structured/', 'beacons/'],
  ['inspect', 'explain', 'explain/', 'migration'],
  ['index'],
]
const APART = [
  ['classic/', 'structured/'],
  ['classic/', 'beacons/'],
  ['structured/', 'beacons/'],
  ['classic/', 'materials/'],
]

const problems = []
for (const [name, allowed] of Object.entries(PACKAGES)) {
  for (const file of sources(join(root, name, 'src'))) {
    for (const specifier of imports(file)) {
      const where = `${relative(root, file)} imports ${specifier}`
      if (specifier.startsWith('.')) {
        const target = join(dirname(file), specifier)
        if (relative(join(root, name, 'src'), target).startsWith('..')) problems.push(`${where}: outside its package`)
        else if (name === 'core') checkCore(file, target, where)
      } else if (!allowed.some((prefix) => specifier === prefix || specifier.startsWith(prefix.replace(/[^:/]$/, '$&/')))) {
        problems.push(`${where}: not allowed`)
      } else if (specifier.startsWith('@itemseal/') && !isEntry(specifier)) {
        problems.push(`${where}: not an entry`)
      }
    }
  }
}
if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}

function checkCore(from, to, where) {
  const [a, b] = [placeOf(from), placeOf(to)]
  const [rowA, rowB] = [a, b].map((place) => LAYERS.findIndex((row) => row.includes(place)))
  if (rowA < 0 || rowB < 0) problems.push(`${where}: one of the two has no place in scripts/check-imports.mjs`)
  else if (rowB > rowA) problems.push(`${where}: upwards`)
  else if (APART.some((pair) => a !== b && pair.includes(a) && pair.includes(b))) problems.push(`${where}: these two stay apart`)
}

function placeOf(file) {
  const path = relative(join(root, 'core/src'), file)
  return path.includes('/') ? path.slice(0, path.indexOf('/') + 1) : path.replace(/\.ts$/, '')
}

function isEntry(specifier) {
  const [, name, ...path] = specifier.split('/')
  const { exports } = JSON.parse(readFileSync(join(root, name, 'package.json'), 'utf8'))
  return Object.hasOwn(exports, ['.', ...path].join('/'))
}

function imports(file) {
  const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|`[^`]*`/g, '') // what a text imports is another's affair
  return [...code.matchAll(/(?:^|[\s;}])(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, specifier]) => specifier)
}

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}
