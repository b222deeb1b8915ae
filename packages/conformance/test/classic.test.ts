import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { encryptorFromConfig } from '@itemseal/cli/config'
import { nodeKeyTools } from '@itemseal/cli/node-keys'
import { itemFromJson, itemToJson, webCrypto } from '@itemseal/core'
import { nodeCrypto } from '@itemseal/node'
import { describe, expect, test } from 'vitest'
import { type OwnVectors, ownCases, type ScenarioVectors, type Subject, scenarioCases } from '../src/index.ts'

const peers = new URL('../../../../shared/vectors/classic/encrypted_item/', import.meta.url)
const own = new URL('../../../vectors/classic/', import.meta.url)
const library = { encryptorFromConfig, itemFromJson, itemToJson }
const SUBJECTS: Record<string, Subject> = {
  webCrypto: { primitives: webCrypto, tools: nodeKeyTools },
  nodeCrypto: { primitives: nodeCrypto, tools: nodeKeyTools },
}

function json<T>(folder: URL, file: string): T {
  return JSON.parse(readFileSync(new URL(file.replace('file://', ''), folder), 'utf8')) as T
}

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

  for (const file of existsSync(own) ? readdirSync(own).filter((name) => name.endsWith('.json')) : []) {
    const cases = ownCases(library, subject, json<OwnVectors>(own, file))
    test(`agrees with all ${cases.length} vectors of ${file}`, async () => {
      const failures = (
        await Promise.all(
          cases.map(({ title, run }) =>
            run().then(
              () => [],
              (error: Error) => [`${title}: ${error.message}`],
            ),
          ),
        )
      ).flat()
      expect(failures).toEqual([])
    })
  }
})
