// `npm run soak:cli [-- LINES]`: a million lines through `itemseal encrypt` and `itemseal decrypt`, one into the other; fails if
// one is lost or changed, or if either process takes more memory at its end than after the first tenth, but for some slack.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const LINES = Number(process.argv[2] ?? 1_000_000)
const SLACK_KIB = 40_000
const main = fileURLToPath(new URL('../packages/cli/dist/itemseal.js', import.meta.url))
const key = (algorithm) => ({ algorithm, encoding: 'RAW', type: 'symmetric', material: Buffer.alloc(32, 1).toString('base64') })
const config = {
  format: 'classic',
  table: 'soak',
  partitionKey: 'id',
  actions: { default: 'ENCRYPT_AND_SIGN' },
  keys: { provider: 'static', encryptionKey: key('AES'), signingKey: key('HmacSHA256') },
}
const line = (i) => JSON.stringify({ id: { S: String(i) }, name: { S: `Person ${i}` }, born: { N: String(i % 100) } })

const folder = mkdtempSync(join(tmpdir(), 'itemseal-soak-'))
try {
  const file = join(folder, 'config.json')
  writeFileSync(file, JSON.stringify(config))
  const run = (command, stdin) => spawn(process.execPath, [main, command, '--config', file], { stdio: [stdin, 'pipe', 'inherit'] })
  const encrypting = run('encrypt', 'pipe')
  const decrypting = run('decrypt', encrypting.stdout)
  const closed = [encrypting, decrypting].map((child) => once(child, 'exit'))
  const memory = () =>
    [encrypting, decrypting].map(({ pid }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]))

  const feed = async () => {
    for (let i = 0; i < LINES; i++) if (!encrypting.stdin.write(`${line(i)}\n`)) await once(encrypting.stdin, 'drain')
    encrypting.stdin.end()
  }
  const fed = feed()
  let [read, early, late] = [0, [], []]
  const begun = Date.now()
  for await (const text of createInterface(decrypting.stdout)) {
    if (text !== line(read)) throw new Error(`line ${read + 1} is not what went in`)
    read++
    if (read % Math.ceil(LINES / 10) !== 0 || read === LINES) continue
    late = memory()
    if (early.length === 0) early = late
    console.log(
      `${read} lines, ${Math.round((Date.now() - begun) / 1000)} s, ${late.map((kib) => Math.round(kib / 1024)).join(' and ')} MiB`,
    )
  }
  await fed
  const statuses = (await Promise.all(closed)).map(([status]) => status)
  if (read !== LINES || statuses.some((status) => status !== 0)) throw new Error(`${read} of ${LINES} lines came out, exit ${statuses}`)
  if (late.some((kib, i) => kib > early[i] + SLACK_KIB)) throw new Error('memory grows with the number of lines')
  console.log(`${LINES} lines came back as they were, in constant memory`)
} finally {
  rmSync(folder, { recursive: true })
}
