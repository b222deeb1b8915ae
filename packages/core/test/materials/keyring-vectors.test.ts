import { describe, expect, test } from 'vitest'
import type { Curve } from '../../src/index.ts'
import { pick } from '../../src/item.ts'
import {
  type AlgorithmSuite,
  defaultMaterialsManager,
  directWrapping,
  type EncryptedDataKey,
  requiredContextMaterialsManager,
} from '../../src/materials/index.ts'
import { peerVectors } from '../support/peer-vectors.ts'
import { type KeyManifest, type KeyringDescription, keyringOf } from '../support/structured-keyrings.ts'
import { PROVIDERS } from '../support/structured-providers.ts'
import { bytes } from '../support/structured-vectors.ts'

interface Case {
  readonly id: string
  readonly description: string
  readonly keyring: KeyringDescription
  readonly algorithmSuiteId: string
  readonly encryptionContext: Readonly<Record<string, string>>
  readonly encryptedDataKeys: readonly { keyProviderId: string; keyProviderInfo: string; ciphertext: string }[]
  readonly plaintextDataKey: string
}

const vectors = peerVectors.present
  ? (peerVectors.read('keyrings/data-keys.json') as { keys: KeyManifest; cases: readonly Case[] })
  : { keys: {}, cases: [] }
const SIGNED: Readonly<Record<string, Curve>> = { '0214': 'P-256', '0346': 'P-384', '0378': 'P-384', '0578': 'P-384' }

/** A suite of the AWS Encryption SDK, whose data keys are wrapped directly. */
function suiteOf(id: string): AlgorithmSuite {
  const dataKeyLength = id.endsWith('14') ? 16 : id.endsWith('46') ? 24 : 32
  return { id: `0x${id}`, dataKeyLength, wrapping: directWrapping, ...(SIGNED[id] && { signatureCurve: SIGNED[id] }) }
}

for (const [provider, p] of PROVIDERS) {
  describe(`the peers' data keys over ${provider}`, () => {
    test.skipIf(!peerVectors.present)(peerVectors.title('are 206'), () => {
      expect(vectors.cases).toHaveLength(206)
    })

    test.each(vectors.cases)(
      '$description ($id)',
      async ({ keyring, algorithmSuiteId, encryptionContext, encryptedDataKeys, plaintextDataKey }) => {
        const required = keyring.requiredEncryptionContextKeys ?? []
        const inner = defaultMaterialsManager(keyringOf(keyring.underlying ?? keyring, vectors.keys))
        const manager = required.length > 0 ? requiredContextMaterialsManager({ manager: inner, requiredContextKeys: required }) : inner
        const materials = await manager.decryptionMaterials(
          {
            suite: suiteOf(algorithmSuiteId),
            encryptedDataKeys: encryptedDataKeys.map(dataKeyOf),
            encryptionContext: pick(encryptionContext, (name) => !required.includes(name)),
            reproducedContext: pick(encryptionContext, (name) => required.includes(name)),
          },
          p,
        )
        expect(materials.plaintextDataKey).toEqual(bytes(plaintextDataKey))
      },
    )
  })
}

function dataKeyOf({ keyProviderId, keyProviderInfo, ciphertext }: Case['encryptedDataKeys'][number]): EncryptedDataKey {
  return { keyProviderId, keyProviderInfo: bytes(keyProviderInfo), ciphertext: bytes(ciphertext) }
}
