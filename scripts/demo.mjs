// `npm run demo`: installs and builds what is needed, then runs the demo, on a fresh clone too.
import './install.mjs'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true' // advice on later versions; the demo has its own

const root = fileURLToPath(new URL('..', import.meta.url))
const run = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1

const built = run(['node_modules/typescript/bin/tsc', '-b', 'packages/demo'])
process.exitCode = built === 0 ? run(['--no-warnings', 'packages/demo/dist/main.js', ...process.argv.slice(2)]) : built
