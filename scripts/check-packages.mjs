// `npm run check:packages`: publint and are-the-types-wrong on what would be published.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { packInto } from './pack.mjs'

const attw = fileURLToPath(new URL('../node_modules/@arethetypeswrong/cli/dist/index.js', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'itemseal-packed-'))
try {
  for (const [name, { file }] of Object.entries(packInto(folder))) {
    const tarball = readFileSync(file)
    const { messages, pkg } = await publint({
      strict: true,
      pack: { tarball: tarball.buffer.slice(tarball.byteOffset, tarball.byteOffset + tarball.length) },
    })
    for (const message of messages) fail(name, formatMessage(message, pkg))
    try {
      await promisify(execFile)(process.execPath, [attw, file, '--profile', 'esm-only', '--format', 'ascii', '--no-emoji', '--no-color'])
    } catch (error) {
      fail(name, `are-the-types-wrong: ${error.stdout}${error.stderr}`)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function fail(name, problem) {
  console.error(`check-packages: ${name}: ${problem}`)
  process.exitCode = 1
}
