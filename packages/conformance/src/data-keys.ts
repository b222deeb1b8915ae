/**
 * Data keys that the peers' keyrings wrapped (materials-and-keyrings, section 7): each must come out of the keyring that the
 * vector describes.
 *
 * @module
 */
import { fromBase64, toBase64 } from '@itemseal/core'
import {
  type AlgorithmSuite,
  type Curve,
  defaultMaterialsManager,
  directWrapping,
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
  rawEcdhKeyring,
  rawRsaKeyring,
  requiredContextMaterialsManager,
} from '@itemseal/core/materials'
import type { Case, Subject } from './suite.ts'

type Text = Readonly<Record<string, string>>
type Tools = Subject['tools']

interface KeyringDescription {
  readonly type: string
  readonly key?: string
  readonly 'provider-id'?: string
  readonly 'encryption-algorithm'?: string
  readonly 'padding-algorithm'?: string
  readonly 'padding-hash'?: string
  readonly schema?: string
  readonly sender?: string
  readonly recipient?: string
  readonly 'recipient-public-key'?: string
  readonly 'ecc-curve'?: string
  readonly generator?: KeyringDescription
  readonly childKeyrings?: readonly KeyringDescription[]
  readonly underlying?: KeyringDescription
  readonly requiredEncryptionContextKeys?: readonly string[]
}

/** `keyrings/data-keys.json` of the peers, parsed. */
export interface DataKeyVectors {
  readonly keys: Readonly<Record<string, Text>>
  readonly cases: readonly {
    readonly id: string
    readonly description: string
    readonly keyring: KeyringDescription
    readonly algorithmSuiteId: string
    readonly encryptionContext: Text
    readonly encryptedDataKeys: readonly {
      readonly keyProviderId: string
      readonly keyProviderInfo: string
      readonly ciphertext: string
    }[]
    readonly plaintextDataKey: string
  }[]
}

/** A case per data key. */
export function dataKeyCases({ keys, cases }: DataKeyVectors): Case[] {
  return cases.map(({ id, description, keyring, algorithmSuiteId, encryptionContext, encryptedDataKeys, plaintextDataKey }) => ({
    title: `${description} (${id})`,
    async run({ primitives, tools }) {
      const required = keyring.requiredEncryptionContextKeys ?? []
      const inner = defaultMaterialsManager(keyringOf(keyring.underlying ?? keyring, keys, tools))
      const manager = required.length > 0 ? requiredContextMaterialsManager({ manager: inner, requiredContextKeys: required }) : inner
      const part = (of: boolean) => Object.fromEntries(Object.entries(encryptionContext).filter(([name]) => required.includes(name) === of))
      const materials = await manager.decryptionMaterials(
        {
          suite: suiteOf(algorithmSuiteId),
          encryptedDataKeys: encryptedDataKeys.map((edk) => ({
            keyProviderId: edk.keyProviderId,
            keyProviderInfo: fromBase64(edk.keyProviderInfo),
            ciphertext: fromBase64(edk.ciphertext),
          })),
          encryptionContext: part(false),
          reproducedContext: part(true),
        },
        primitives,
      )
      const key = materials.plaintextDataKey
      if (!(key instanceof Uint8Array) || toBase64(key) !== plaintextDataKey) throw new Error('another data key')
      return 'read'
    },
  }))
}

const SIGNED: Readonly<Record<string, Curve>> = { '0214': 'P-256', '0346': 'P-384', '0378': 'P-384', '0578': 'P-384' }

/** A suite of the AWS Encryption SDK, whose data keys are wrapped directly. */
function suiteOf(id: string): AlgorithmSuite {
  const dataKeyLength = id.endsWith('14') ? 16 : id.endsWith('46') ? 24 : 32
  return { id: `0x${id}`, dataKeyLength, wrapping: directWrapping, ...(SIGNED[id] && { signatureCurve: SIGNED[id] }) }
}

function keyringOf(description: KeyringDescription, keys: DataKeyVectors['keys'], tools: Tools): Keyring {
  const key = (name = ''): Text => keys[name] ?? fail(`no key ${name}`)
  switch (description.type) {
    case 'aws-kms-hierarchy': {
      const { 'key-id': branchKeyId = '', branchKeyVersion: version = '', branchKey = '' } = key(description.key)
      const keyStore = inMemoryBranchKeyStore([{ branchKeyId, version, branchKey: fromBase64(branchKey) }])
      return hierarchicalKeyring({ keyStore, branchKeyId, ttlSeconds: 600 })
    }
    case 'raw': {
      const names = { namespace: description['provider-id']!, name: key(description.key)['key-id']! }
      const material = key(description.key).material!
      if (description['encryption-algorithm'] === 'aes') return rawAesKeyring({ ...names, wrappingKey: fromBase64(material) })
      const allowPkcs1 = description['padding-algorithm'] === 'pkcs1'
      const algorithm = allowPkcs1 ? 'PKCS1' : `OAEP_${description['padding-hash']!.toUpperCase()}_MGF1`
      return rawRsaKeyring({ ...names, keyWrapper: tools.rsaKeyWrapper({ algorithm, allowPkcs1, privateKey: pem(material) }) })
    }
    case 'raw-ecdh': {
      const curve = description['ecc-curve']!.replace('ecc', 'P') as Curve // the three that there are
      const recipient = key(description.recipient)
      if (description.schema === 'discovery')
        return rawEcdhKeyring({ curve, schema: 'discovery', privateKey: pem(recipient['recipient-material']!) })
      const privateKey = pem(key(description.sender)['sender-material']!)
      const publicKey = fromBase64(recipient[description['recipient-public-key']!]!)
      return rawEcdhKeyring({ curve, schema: 'static', privateKey, publicKey })
    }
    case 'multi-keyring': {
      const { generator, childKeyrings = [] } = description
      return multiKeyring({
        ...(generator && isLocal(generator) && { generator: keyringOf(generator, keys, tools) }),
        children: childKeyrings.filter(isLocal).map((child) => keyringOf(child, keys, tools)),
      })
    }
    default:
      return fail(`no keyring of type ${description.type}`)
  }
}

/** Members that need AWS KMS cannot be asked here. */
function isLocal({ type }: KeyringDescription): boolean {
  return !type.startsWith('aws-kms') || type === 'aws-kms-hierarchy'
}

function pem(text: string): Uint8Array {
  return fromBase64(text.replace(/-----[^-]+-----|\s/g, ''))
}

function fail(reason: string): never {
  throw new Error(reason)
}
