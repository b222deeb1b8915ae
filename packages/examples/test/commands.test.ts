import { readFileSync } from 'node:fs'
import { denoProgram, runProgram } from '@itemseal/runtimes'
import { expect, test } from 'vitest'
import { built, testIn } from './runtime.ts'

const READ = 'read: {"id":{"S":"1"},"city":{"S":"London"},"name":{"S":"Ada"}}'
const inOrder = (line: string): unknown => JSON.parse(line.replace('read: ', ''))

test('the Node script reads what it wrote, and imports nothing but the core', async () => {
  const lines = (await runProgram(process.execPath, [built('node')])).trim().split('\n')
  expect(lines[0]).toMatch(/^stored: .*aws_dbe_head/)
  expect(inOrder(lines[1]!)).toEqual(inOrder(READ))
  const imports = [...readFileSync(built('node'), 'utf8').matchAll(/from '([^']+)'/g)].map(([, name]) => name)
  expect(imports).toHaveLength(3)
  expect(imports.every((name) => name!.startsWith('@itemseal/core'))).toBe(true)
})

const deno = denoProgram()
testIn('Deno', deno !== undefined, 'the Deno script needs no permission, and sees a changed item refused', async () => {
  const args = ['run', '--no-prompt', '--node-modules-dir=manual', built('deno')]
  const lines = (await runProgram(deno!, args, { env: { NO_COLOR: '1' } })).trim().split('\n')
  expect(inOrder(lines[0]!)).toEqual(inOrder(READ))
  expect(lines[1]).toBe('changed: NOT_AUTHENTIC')
})
