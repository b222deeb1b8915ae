import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { figuresOf, READMES, withSection } from '../src/figures.ts'
import { readResults, readText } from '../src/results.ts'

const results = readResults()

test('tables, charts and targets are what the kept results make of them', () => {
  for (const [name, content] of Object.entries(figuresOf(results))) expect(readText(name), name).toBe(content)
})

test('the figures in READMEs are those of the kept results', () => {
  for (const { file, section } of READMES) {
    const text = readFileSync(file, 'utf8')
    expect(text).toBe(withSection(text, section(results)))
  }
})

test('a text without the marks for figures is refused', () => {
  expect(() => withSection('# Speed\n', '| 1 |')).toThrow('no marks')
})
