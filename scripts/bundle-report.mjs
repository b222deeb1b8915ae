// Bundles each entry alone, minified and gzipped; fails when one is over its budget, reaches for the AWS SDK, or holds a
// word of another format.
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import resolve from '@rollup/plugin-node-resolve'
import terser from '@rollup/plugin-terser'
import { rollup } from 'rollup'

const WORDS = { classic: /amzn-ddb-(map|env|meta)/, structured: /AwsDbeField|aws_dbe_|AWS_DBE_/ }

/** Budgets in KiB, gzip. `format` is the one whose words an entry may hold (`any`: of all). */
const ENTRIES = [
  { name: 'core', code: "export * from '@itemseal/core'", budget: 6 },
  { name: 'core/classic', code: "export * from '@itemseal/core/classic'", budget: 6, format: 'classic' },
  {
    name: 'core/structured, raw AES',
    code: "export * from '@itemseal/core/structured'; export { rawAesKeyring } from '@itemseal/core/materials'",
    budget: 10,
    format: 'structured',
  },
  { name: 'core/inspect', code: "export * from '@itemseal/core/inspect'", budget: 3, format: 'any' },
  {
    name: 'kms over fetch',
    code: "export { fetchKmsClient, kmsKeyring, kmsMrkKeyring } from '@itemseal/kms'",
    budget: 6,
    external: [/^@itemseal\/core/],
  },
  { name: 'dynamodb', code: "export * from '@itemseal/dynamodb'", budget: 5, external: [/^@itemseal\/core/] },
]
const entry = (code) => ({ name: 'entry', resolveId: (id) => (id === 'entry' ? id : null), load: (id) => (id === 'entry' ? code : null) })

const root = fileURLToPath(new URL('..', import.meta.url))
let failed = false
for (const { name, code: source, budget, format, external = [] } of ENTRIES) {
  const bundle = await rollup({
    input: 'entry',
    external,
    plugins: [entry(source), resolve({ browser: true, rootDir: root })],
    onwarn: fail,
  })
  const { output } = await bundle.generate({ format: 'es', plugins: [terser({ module: true })] })
  const code = output.map((chunk) => chunk.code ?? '').join('')
  const size = gzipSync(code, { level: 9 }).length / 1024
  console.log(
    `${name.padEnd(26)} ${(code.length / 1024).toFixed(1).padStart(6)} KiB  ${size.toFixed(2).padStart(6)} KiB gzip  of ${budget}`,
  )
  if (size > budget) fail(`${name} is over its budget`)
  if (code.includes('@aws-sdk')) fail(`${name} reaches for the AWS SDK`)
  for (const [other, words] of Object.entries(WORDS)) {
    if (format !== 'any' && other !== format && words.test(code))
      fail(`${name} holds a word of the ${other} format: ${words.exec(code)[0]}`)
  }
}
if (failed) process.exit(1)

function fail(problem) {
  failed = true
  console.error(`bundle-report: ${problem.message ?? problem}`)
}
