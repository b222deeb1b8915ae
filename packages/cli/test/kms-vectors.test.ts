import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { encryptorFromConfig } from '@itemseal/cli/config'
import { nodeKeyTools } from '@itemseal/cli/node-keys'
import { type Item, itemFromJson } from '@itemseal/core'
import { type LocalKms, startLocalKms } from '@itemseal/local-kms'
import { nodeCrypto } from '@itemseal/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { normal } from '../../core/test/support/structured-vectors.ts'

interface Vector {
  readonly name: string
  readonly config: { readonly partitionKey: string; readonly keys: object }
  readonly plaintext: object
  readonly encrypted: object
}

const folder = new URL('../../../vectors/kms/', import.meta.url)
const FILES = ['structured-written-by-java.json', 'classic-written-by-java.json', 'classic-written-by-python.json']

let kms: LocalKms
beforeAll(async () => {
  kms = await startLocalKms({ file: fileURLToPath(new URL('keys.json', folder)) })
})
afterAll(() => kms.close())

/** The emulator's endpoint wherever keys are in KMS. */
function atEndpoint(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(atEndpoint)
  if (typeof value !== 'object' || value === null) return value
  const inner = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, atEndpoint(member)]))
  const kind = String(inner.keyring ?? inner.provider)
  return kind.startsWith('kms') ? { ...inner, endpoint: kms.endpoint } : inner
}

function decrypt({ config, encrypted }: Vector, change: Item = {}): Promise<Item> {
  const environment = { AWS_ACCESS_KEY_ID: kms.credentials.accessKeyId, AWS_SECRET_ACCESS_KEY: kms.credentials.secretAccessKey }
  const around = { tools: nodeKeyTools, primitives: nodeCrypto, environment, readItems: async () => [] }
  const encryptor = encryptorFromConfig({ ...config, keys: atEndpoint(config.keys) }, 'decrypt', around)
  return encryptor.decryptItem({ ...itemFromJson(encrypted), ...change })
}

describe.each(FILES)('%s', (file) => {
  const { cases } = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { cases: Vector[] }

  test.each(cases.map((vector) => [vector.name, vector] as const))('is read: %s', async (_, vector) => {
    expect(normal(await decrypt(vector))).toEqual(normal(itemFromJson(vector.plaintext)))
  })

  test.each(cases.map((vector) => [vector.name, vector] as const))(
    'is refused with the key attribute of another item: %s',
    async (_, vector) => {
      const moved = { [vector.config.partitionKey]: { S: 'of another item' } }
      await expect(decrypt(vector, moved)).rejects.toMatchObject({ code: expect.stringMatching(/^(NO_MATERIALS|NOT_AUTHENTIC)$/) })
    },
  )
})
