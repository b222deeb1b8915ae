import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

async function demo(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const child = spawn(process.execPath, ['--no-warnings', MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let [out, err] = ['', '']
  child.stdout.on('data', (piece: Buffer) => {
    out += piece.toString()
  })
  child.stderr.on('data', (piece: Buffer) => {
    err += piece.toString()
  })
  const [status] = (await once(child, 'close')) as [number]
  return { status, out, err }
}

test.each([
  ['classic', 'structured'],
  ['structured', 'classic'],
])('the demo in the %s format runs to its end, piped', async (format, other) => {
  const { status, out, err } = await demo('--format', format)
  expect({ status, err }).toEqual({ status: 0, err: '' })
  expect(out).not.toContain('\u001b')
  expect(out.match(/\{"S":"data"\}/g)).toHaveLength(2) // as it was put, and as it was read back; in the table it is not
  const lines = out.trimEnd().split('\n')
  const end = lines.slice(lines.findIndex((line) => line.startsWith('    refused')))
  expect(end[0]).toMatch(/^ {4}refused {2}NOT_AUTHENTIC: table "ExampleTable": Item: /)
  expect(end.slice(1, 5)).toEqual(['             No part of the item was given out.', '', '■ What to read next', ''])
  expect(end[5]).toContain(`npm run demo -- --format ${other}`)
  expect(end.at(-1)).toMatch(/^ {4}npm test /)
})

test.each([
  ['classic', 'KMS Decrypt failed: DisabledException'],
  ['structured', 'KMS keyring: no encrypted data key opened'],
])(
  'the demo in the %s format runs to its end with its keys in KMS, which it counts the calls of and disables a key of',
  async (format, end) => {
    const { status, out, err } = await demo('--format', format, '--kms')
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out.match(/\{"S":"data"\}/g)).toHaveLength(2)
    expect(out).toContain('What KMS was asked for this: once for each item written or read')
    expect(out).toMatch(/refused {2}NOT_AUTHENTIC: table "ExampleTable": Item: /)
    expect(out).toContain(`refused  NO_MATERIALS: table "ExampleTable": Item: ${end}`)
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^ {4}npm test /)
  },
)

test('the demo does not run in a format that it does not know', async () => {
  const { status, out, err } = await demo('--format', 'modern')
  expect(status).not.toBe(0)
  expect(out + err).toContain('structured')
})
