import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll } from 'vitest'

export const MAIN = fileURLToPath(new URL('../dist/itemseal.js', import.meta.url))
export const folder = mkdtempSync(join(tmpdir(), 'itemseal-'))
afterAll(() => rmSync(folder, { recursive: true }))

export const ITEMS = [
  '{"id":{"S":"1"},"name":{"S":"Ada"},"city":{"S":"London"}}',
  '{"id":{"S":"2"},"photo":{"B":"AAEC"},"note":{"L":[{"N":"1.50"},{"M":{}}]}}',
]

let files = 0
export function file(content: unknown): string {
  const path = join(folder, `${files++}.json`)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

export interface Run {
  readonly status: number
  readonly out: string[]
  readonly err: string
}

/** @param environment beside, or in place of, what is set; `undefined` unsets. */
export async function itemseal(
  args: string[],
  input: string | Buffer = '',
  environment: NodeJS.ProcessEnv = {},
  main = MAIN,
): Promise<Run> {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, ...environment } })
  const [out, err]: Buffer[][] = [[], []]
  child.stdout.on('data', (piece: Buffer) => out!.push(piece))
  child.stderr.on('data', (piece: Buffer) => err!.push(piece))
  child.stdin.on('error', () => {}) // it may stop before it has read all
  child.stdin.end(input)
  const [status] = (await once(child, 'close')) as [number]
  return {
    status,
    out: Buffer.concat(out!)
      .toString()
      .split('\n')
      .filter((line) => line !== ''),
    err: Buffer.concat(err!).toString(),
  }
}

export const encrypt = (config: unknown, items: string[] = ITEMS): Promise<Run> =>
  itemseal(['encrypt', '--config', file(config)], items.join('\n'))
export const decrypt = (config: unknown, lines: string[], ...more: string[]): Promise<Run> =>
  itemseal(['decrypt', '--config', file(config), ...more], lines.join('\n'))
