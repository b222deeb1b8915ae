import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type OwnVectors, ownCases } from '../src/index.ts'
import { json, library, SUBJECTS } from './subjects.ts'

const vectors = new URL('../../../vectors/', import.meta.url)
const files = ['classic', 'structured'].flatMap((format) =>
  readdirSync(new URL(format, vectors))
    .filter((name) => name.endsWith('.json'))
    .map((name) => `${format}/${name}`),
)

describe.each(Object.entries(SUBJECTS))('over %s', (_, subject) => {
  test.each(files)('every vector of %s is read, or refused as it should be', async (file) => {
    const cases = ownCases(library, subject, json<OwnVectors>(vectors, file))
    expect(cases.length).toBeGreaterThan(50)
    const failures = await Promise.all(
      cases.map(({ title, run }) =>
        run().then(
          () => [],
          (error: Error) => [`${title}: ${error.message}`],
        ),
      ),
    )
    expect(failures.flat()).toEqual([])
  })
})
