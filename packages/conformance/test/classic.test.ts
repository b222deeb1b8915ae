import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type ScenarioVectors, scenarioCases } from '../src/index.ts'
import { json, library, SUBJECTS } from './subjects.ts'

const peers = new URL('../../../../shared/vectors/classic/encrypted_item/', import.meta.url)

describe.each(Object.entries(SUBJECTS))('the classic format over %s', (_, subject) => {
  if (!existsSync(peers)) test.skip("the peers' scenarios: there is no ../shared/vectors beside the project")

  if (existsSync(peers)) {
    const ciphertexts = new Map<string, unknown>()
    const vectors: ScenarioVectors = {
      scenarios: json(peers, 'scenarios.json'),
      plaintext: json(peers, 'plaintext.json'),
      keys: json(peers, 'keys.json'),
      async ciphertext(file) {
        if (!ciphertexts.has(file)) ciphertexts.set(file, json(peers, file))
        return ciphertexts.get(file) as Awaited<ReturnType<ScenarioVectors['ciphertext']>>
      },
    }
    const cases = scenarioCases(library, subject, vectors)

    test('has all items of the offline scenarios before it', () =>
      expect(cases.length).toBe(16 * vectors.scenarios.scenarios.filter(({ network }) => !network).length))
    test.each(cases.map(({ title, run }) => [title, run] as const))('reads %s, and what it writes in its place', (_, run) => run())
  }
})
