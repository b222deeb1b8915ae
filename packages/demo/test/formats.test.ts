import { readFileSync } from 'node:fs'
import type { Item } from '@itemseal/core'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { demoAsked } from '../src/arguments.ts'
import { FORMATS, type Format, type FormatName } from '../src/formats.ts'
import { type DemoKms, formatUnderKms, startDemoKms } from '../src/kms.ts'

const NAMES = Object.keys(FORMATS) as FormatName[]
const item: Item = {
  partition_key: { S: 'is this' },
  sort_key: { N: '55' },
  example: { S: 'Bernoulli' },
  test: { S: 'test-value' },
}
const encrypted = (name: FormatName, format: Format = FORMATS[name]) => {
  const { schema, protect } = format.table()
  if (typeof schema === 'function') expect.fail('the demo asks nobody for its keys')
  return protect('ExampleTable', schema).encryptor.encryptItem(item)
}

test.each(NAMES)('%s: the code that is shown is the code that runs', (name) => {
  const plain = (code: string) => code.replaceAll(/\s/g, '').replaceAll(',}', '}')
  const source = plain(readFileSync(new URL('../src/formats.ts', import.meta.url), 'utf8'))
  expect(source.split(plain(FORMATS[name].code))).toHaveLength(3)
})

test.each(NAMES)('%s: there is a word on every stored attribute that is not encrypted', async (name) => {
  const { example: _, ...others } = await encrypted(name)
  expect(Object.keys(others).sort()).toEqual(Object.keys(FORMATS[name].remarks).sort())
})

test.each(NAMES)('%s: what an item tells without a key fits in six lines, and no value is among it', async (name) => {
  const facts = FORMATS[name].facts(await encrypted(name))
  expect(facts.length).toBeGreaterThanOrEqual(3)
  expect(facts.length).toBeLessThanOrEqual(6)
  expect(facts[0]).toEqual(['format', expect.stringMatching(`^${name}`)])
  for (const value of ['is this', 'Bernoulli', 'test-value', 'undefined']) expect(JSON.stringify(facts)).not.toContain(value)
})

let kms: DemoKms
beforeAll(async () => {
  kms = await startDemoKms()
})
afterAll(() => kms.close())

test.each(NAMES)('%s, keys in KMS: the code that is shown is the code that runs', (name) => {
  const plain = (code: string) => code.replaceAll(/\s/g, '').replaceAll(',}', '}')
  const source = plain(readFileSync(new URL('../src/kms.ts', import.meta.url), 'utf8'))
  expect(source.split(plain(formatUnderKms(name, kms).code))).toHaveLength(3)
})

test.each(NAMES)('%s, keys in KMS: an item tells the same, and costs a call that is shown no value but the keys', async (name) => {
  const format = formatUnderKms(name, kms)
  const [[, before]] = kms.asked() as [[string, string]]
  const stored = await encrypted(name, format)
  const [[operation, after], , [, shown]] = kms.asked() as [[string, string], unknown, [string, string]]
  expect([operation, Number.parseInt(after, 10)]).toEqual(['GenerateDataKey', Number.parseInt(before, 10) + 1])
  const { example: _, ...others } = stored
  expect(Object.keys(others).sort()).toEqual(Object.keys(format.remarks).sort())
  for (const value of ['Bernoulli', 'test-value', 'undefined']) expect(JSON.stringify([format.facts(stored), shown])).not.toContain(value)
  for (const [, text] of format.facts(stored)) expect(text.length).toBeLessThan(150)
})

test('facts of an item of another form are an error', () => {
  for (const name of NAMES) expect(() => FORMATS[name].facts(item)).toThrow('of the form plaintext')
})

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

test('the format is classic and the keys are not in KMS, unless asked otherwise', () => {
  expect(demoAsked([])).toEqual({ format: 'classic', kms: false })
  expect(demoAsked(['--format', 'structured'])).toEqual({ format: 'structured', kms: false })
  expect(demoAsked(['--format=classic', '--kms'])).toEqual({ format: 'classic', kms: true })
})

test('help is a line, and no failure', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  expect(demoAsked(['--help'])).toBeUndefined()
  expect(write).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^usage: .*--format classic\|structured/))
  expect(process.exitCode).toBeUndefined()
})

test.each(['--format x', '--format', '--format toString', 'x', '--x', '--kms=x'])('%s: a usage line, and exit code 2', (args) => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(demoAsked(args.split(' '))).toBeUndefined()
  expect(write).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^usage: /))
  expect(process.exitCode).toBe(2)
})
