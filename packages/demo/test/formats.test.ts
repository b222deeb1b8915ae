import { readFileSync } from 'node:fs'
import type { Item } from '@itemseal/core'
import { afterEach, expect, test, vi } from 'vitest'
import { formatAsked } from '../src/arguments.ts'
import { FORMATS, type FormatName } from '../src/formats.ts'

const NAMES = Object.keys(FORMATS) as FormatName[]
const item: Item = {
  partition_key: { S: 'is this' },
  sort_key: { N: '55' },
  example: { S: 'Bernoulli' },
  test: { S: 'test-value' },
}
const encrypted = (name: FormatName) => {
  const { schema, protect } = FORMATS[name].table()
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

test('facts of an item of another form are an error', () => {
  for (const name of NAMES) expect(() => FORMATS[name].facts(item)).toThrow('of the form plaintext')
})

afterEach(() => {
  vi.restoreAllMocks()
  process.exitCode = undefined
})

test('the format is classic unless asked otherwise', () => {
  expect(formatAsked([])).toBe('classic')
  expect(formatAsked(['--format', 'structured'])).toBe('structured')
  expect(formatAsked(['--format=classic'])).toBe('classic')
})

test('help is a line, and no failure', () => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  expect(formatAsked(['--help'])).toBeUndefined()
  expect(write).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^usage: .*--format classic\|structured/))
  expect(process.exitCode).toBeUndefined()
})

test.each(['--format x', '--format', '--format toString', 'x', '--x'])('%s: a usage line, and exit code 2', (args) => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  expect(formatAsked(args.split(' '))).toBeUndefined()
  expect(write).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^usage: /))
  expect(process.exitCode).toBe(2)
})
