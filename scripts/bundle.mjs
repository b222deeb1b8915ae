// What is bundled to be measured, and how: each entry alone, by Rollup, minified and gzipped.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { rollup } from 'rollup'

const root = fileURLToPath(new URL('..', import.meta.url))
const WORDS = { classic: /amzn-ddb-(map|env|meta)/, structured: /AwsDbeField|aws_dbe_|AWS_DBE_/ }
const CORE = [/^@itemseal\/core/]

const structuredWith = (...names) =>
  `export * from '@itemseal/core/structured'; export { ${names.join(', ')} } from '@itemseal/core/materials'`

/**
 * Budgets in KiB, gzip. `format` is the one whose words an entry may hold (`any`: of all). What is `external` is not counted.
 */
export const ENTRIES = [
  { name: 'core', code: "export * from '@itemseal/core'", budget: 6 },
  { name: 'core/classic', code: "export * from '@itemseal/core/classic'", budget: 6, format: 'classic' },
  { name: 'core/structured, raw AES keyring', code: structuredWith('rawAesKeyring'), budget: 10, format: 'structured' },
  {
    name: 'core/structured, raw RSA keyring',
    code: structuredWith('rawRsaKeyring', 'rsaOaepKeyWrapper'),
    budget: 10,
    format: 'structured',
  },
  { name: 'core/structured, hierarchical keyring', code: structuredWith('hierarchicalKeyring'), budget: 10, format: 'structured' },
  { name: 'core/structured, raw ECDH keyring', code: structuredWith('rawEcdhKeyring'), budget: 10, format: 'structured' },
  {
    name: 'core, both formats, all keyrings',
    code: `export { classicItemEncryptor, staticProvider, wrappedProvider } from '@itemseal/core/classic'
           ${structuredWith('rawAesKeyring', 'rawRsaKeyring', 'rawEcdhKeyring', 'hierarchicalKeyring', 'multiKeyring')}`,
    budget: 16,
    format: 'any',
  },
  { name: 'core/inspect', code: "export * from '@itemseal/core/inspect'", budget: 3, format: 'any' },
  { name: 'dynamodb, without the core', code: "export * from '@itemseal/dynamodb'", budget: 5, external: CORE },
  {
    name: 'kms over fetch with aws4fetch, without the core',
    code: "export { fetchKmsClient, kmsKeyring } from '@itemseal/kms'",
    budget: 6,
    external: CORE,
  },
]

/** Minified code of a module, and its size in KiB, gzip. Imports are looked up from `from`. */
export async function bundled({ code: source, external = [] }, { from = root, plugins = [], onwarn = raise } = {}) {
  const input = `${from}entry.js` // is no file: where it would lie says where imports are looked up
  const entry = { name: 'entry', resolveId: (id) => (id === input ? id : null), load: (id) => (id === input ? source : null) }
  const bundle = await rollup({ input, external, plugins: [entry, resolve({ browser: true }), ...plugins], onwarn })
  const { output } = await bundle.generate({ format: 'es', inlineDynamicImports: true, plugins: [terser({ module: true })] })
  const code = output.map((chunk) => chunk.code ?? '').join('')
  return { code, minified: code.length / 1024, gzip: gzipSync(code, { level: 9 }).length / 1024 }
}

/** What is wrong with the bundle of an entry. */
export function problemsOf({ name, budget, format }, { code, gzip }) {
  const problems = []
  if (gzip > budget) problems.push(`${name} is over its budget`)
  if (code.includes('@aws-sdk')) problems.push(`${name} reaches for the AWS SDK`)
  for (const [other, words] of Object.entries(WORDS)) {
    if (format !== 'any' && other !== format && words.test(code))
      problems.push(`${name} holds a word of the ${other} format: ${words.exec(code)[0]}`)
  }
  return problems
}

/** A line of a table. */
export function line(name, { minified, gzip }, budget = '') {
  return `| ${name.padEnd(48)} | ${minified.toFixed(1).padStart(8)} | ${gzip.toFixed(2).padStart(8)} | ${String(budget).padStart(6)} |`
}

export const HEAD = `| ${'KiB'.padEnd(48)} | minified |     gzip | budget |\n| ${'-'.repeat(48)} | -------: | -------: | -----: |`

function raise(warning) {
  throw new Error(warning.message)
}
