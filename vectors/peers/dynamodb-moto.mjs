/**
 * `npm run interop:dynamodb [-- FILE…]`: the plugin's tests against a DynamoDB that nobody here wrote, which is moto's: it has
 * transactions, PartiQL and streams of its own. By default the table of all operations; exits as the test runner does.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { startEmulator } from './run-emulator.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const [, , ...asked] = process.argv
const files = asked.length > 0 ? asked : ['packages/dynamodb/test/surface.test.ts']

const moto = await startEmulator('moto').catch((error) => {
  console.error(`moto: not run: ${error.message}`)
  process.exit(1)
})
console.log(`${moto.version} at ${moto.endpoint}`)
const runner = spawn(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...files], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, ITEMSEAL_DYNAMODB_ENDPOINT: moto.endpoint },
})
const [status] = await once(runner, 'close')
await moto.close()
process.exitCode = status ?? 1
