import { expect, test } from 'vitest'
// @ts-expect-error: a script of the repository, without types
import { bundled, ENTRIES, problemsOf } from '../../../../scripts/bundle.mjs'

const CLASSIC = "export { classicItemEncryptor } from '@itemseal/core/classic'"
const STRUCTURED = "export { structuredItemEncryptor } from '@itemseal/core/structured'"

test('a bundle of one format that holds a word of the other is found', async () => {
  const [classic, structured, both] = await Promise.all([CLASSIC, STRUCTURED, `${CLASSIC}\n${STRUCTURED}`].map((code) => bundled({ code })))
  const problems = (bundle: object, format?: string): string[] => problemsOf({ name: 'entry', budget: 100, format }, bundle)
  expect(problems(classic, 'classic')).toEqual([])
  expect(problems(structured, 'structured')).toEqual([])
  expect(problems(both, 'any')).toEqual([])
  expect(problems(both, 'classic')).toEqual([expect.stringContaining('a word of the structured format')])
  expect(problems(both, 'structured')).toEqual([expect.stringContaining('a word of the classic format')])
  expect(problems(both)).toHaveLength(2)
}, 120_000)

test('a bundle over its budget is found, and one that reaches for the AWS SDK', async () => {
  const bundle = await bundled({ code: "export { KMSClient } from '@aws-sdk/client-kms'", external: [/^@aws-sdk/] })
  expect(problemsOf({ name: 'entry', budget: 100 }, bundle)).toEqual([expect.stringContaining('AWS SDK')])
  expect(problemsOf({ name: 'entry', budget: bundle.gzip / 2 }, bundle)).toContain('entry is over its budget')
})

test('each format has an entry of its own that no word of the other may be in', () => {
  const formats = ENTRIES.map(({ name, format }: { name: string; format?: string }) => `${name}: ${format ?? 'none'}`)
  expect(formats).toEqual(expect.arrayContaining(['core/classic: classic', 'core/structured, raw AES keyring: structured']))
})
