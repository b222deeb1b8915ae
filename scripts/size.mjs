// `npm run size`: our entries beside libraries that do something like it, bundled in the same way. Those are installed into
// a folder of their own (`.anchors/`, not in the repository), so that nobody else has to wait for them.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'
import './bundle-report.mjs'
import { bundled, line } from './bundle.mjs'

const folder = fileURLToPath(new URL('../.anchors/', import.meta.url))
const PACKAGES = {
  '@aws-crypto/client-browser': '4.2.2',
  '@aws-sdk/client-kms': '3.1164.0',
  '@rollup/plugin-commonjs': '29.0.3',
  '@rollup/plugin-json': '6.1.0',
  aws4fetch: '1.0.20',
  jose: '6.2.18',
}

/** Whole libraries, but only what one needs of them to encrypt, or to ask for a key. */
const ANCHORS = [
  { name: 'jose: compact JWE', code: "export { CompactEncrypt, compactDecrypt } from 'jose'" },
  { name: 'aws4fetch', code: "export { AwsClient } from 'aws4fetch'" },
  {
    name: '@aws-crypto/client-browser: raw AES keyring',
    code: `export { buildClient, CommitmentPolicy, RawAesKeyringWebCrypto, RawAesWrappingSuiteIdentifier } from '@aws-crypto/client-browser'`,
  },
  {
    name: '@aws-sdk/client-kms: two commands',
    code: "export { DecryptCommand, GenerateDataKeyCommand, KMSClient } from '@aws-sdk/client-kms'",
  },
]

if (install()) {
  const require = createRequire(`${folder}package.json`)
  const load = async (name) => (await import(pathToFileURL(require.resolve(name)).href)).default
  const [commonjs, json] = await Promise.all(['@rollup/plugin-commonjs', '@rollup/plugin-json'].map(load))
  for (const { name, code } of ANCHORS) {
    try {
      const bundle = await bundled({ code }, { from: folder, plugins: [commonjs(), json()], onwarn })
      console.log(line(name, bundle))
    } catch (error) {
      console.log(`| ${name}: not bundled: ${error.message.split('\n')[0]} |`)
    }
  }
}

/** The code of others may warn of anything but of what is missing. */
function onwarn({ code, message }) {
  if (code === 'UNRESOLVED_IMPORT' || code === 'MISSING_EXPORT') throw new Error(message)
}

/** Once for each set of versions. */
function install() {
  const manifest = JSON.stringify({ private: true, dependencies: PACKAGES })
  const file = `${folder}package.json`
  if (existsSync(`${folder}node_modules`) && existsSync(file) && readFileSync(file, 'utf8') === manifest) return true
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, manifest)
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (status === 0) return true
  console.log('Nothing to compare with: the other libraries could not be installed (no registry?).')
  return false
}
