import { constants, createPrivateKey, createPublicKey, privateDecrypt, publicEncrypt } from 'node:crypto'
import { rsaOaepKeyWrapper } from '../../src/index.ts'
import type { KeyWrapper } from '../../src/key-wrapper.ts'
import {
  hierarchicalKeyring,
  inMemoryBranchKeyStore,
  type Keyring,
  multiKeyring,
  rawAesKeyring,
  rawEcdhKeyring,
  rawRsaKeyring,
} from '../../src/materials/index.ts'
import type { Curve } from '../../src/primitives.ts'
import { bytes } from './structured-vectors.ts'

export type KeyManifest = Readonly<Record<string, Readonly<Record<string, string>>>>

export interface KeyringDescription {
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

/** The keyring that a vector describes (materials-and-keyrings, section 7). */
export function keyringOf(description: KeyringDescription, keys: KeyManifest): Keyring {
  const key = (name = ''): Readonly<Record<string, string>> => keys[name] ?? fail(`no key ${name}`)
  switch (description.type) {
    case 'aws-kms-hierarchy':
      return staticBranchKeyring(key(description.key))
    case 'raw': {
      const names = { namespace: description['provider-id']!, name: key(description.key)['key-id']! }
      const material = key(description.key).material!
      if (description['encryption-algorithm'] === 'aes') return rawAesKeyring({ ...names, wrappingKey: bytes(material) })
      if (description['padding-algorithm'] === 'pkcs1') return rawRsaKeyring({ ...names, keyWrapper: pkcs1KeyWrapper(material) })
      const hash = description['padding-hash']!.toUpperCase() as 'SHA1' | 'SHA256' | 'SHA384' | 'SHA512'
      const privateKey = pem(material)
      const publicKey = createPublicKey(createPrivateKey(material)).export({ type: 'spki', format: 'der' })
      return rawRsaKeyring({ ...names, keyWrapper: rsaOaepKeyWrapper(`OAEP_${hash}_MGF1`, { privateKey, publicKey }) })
    }
    case 'raw-ecdh': {
      const curve = description['ecc-curve']!.replace('ecc', 'P') as Curve
      const recipient = key(description.recipient)
      if (description.schema === 'discovery') {
        return rawEcdhKeyring({ curve, schema: 'discovery', privateKey: pem(recipient['recipient-material']!) })
      }
      const privateKey = pem(key(description.sender)['sender-material']!)
      return rawEcdhKeyring({ curve, schema: 'static', privateKey, publicKey: bytes(recipient[description['recipient-public-key']!]!) })
    }
    case 'multi-keyring': {
      const local = (member: KeyringDescription) => !member.type.startsWith('aws-kms') || member.type === 'aws-kms-hierarchy'
      const { generator, childKeyrings = [] } = description
      return multiKeyring({
        ...(generator && local(generator) && { generator: keyringOf(generator, keys) }),
        children: childKeyrings.filter(local).map((child) => keyringOf(child, keys)),
      })
    }
    default:
      return fail(`no keyring of type ${description.type}`)
  }
}

export function staticBranchKeyring(key: Readonly<Record<string, string>>): Keyring {
  const branchKeyId = key['key-id']!
  const entry = {
    branchKeyId,
    version: key.branchKeyVersion!,
    branchKey: bytes(key.branchKey!),
    beaconKey: bytes(key.beaconKey!),
  }
  return hierarchicalKeyring({ keyStore: inMemoryBranchKeyStore([entry]), branchKeyId, ttlSeconds: 600 })
}

export function pem(text: string): Uint8Array {
  return bytes(text.replace(/-----[^-]+-----|\s/g, ''))
}

/** For tests: RSAES-PKCS1-v1_5, whose padding Node no longer removes by itself. Not for anything that an attacker can time. */
export function pkcs1KeyWrapper(privateKey: string): KeyWrapper {
  return {
    algorithm: 'PKCS1',
    wrap: (key) => new Uint8Array(publicEncrypt({ key: privateKey, padding: constants.RSA_PKCS1_PADDING }, key)),
    unwrap(wrapped) {
      const block = privateDecrypt({ key: privateKey, padding: constants.RSA_NO_PADDING }, wrapped)
      const end = block.indexOf(0, 2)
      if (block[0] !== 0 || block[1] !== 2 || end < 10) throw new Error('padding')
      return new Uint8Array(block.subarray(end + 1))
    },
  }
}

function fail(reason: string): never {
  throw new Error(reason)
}
