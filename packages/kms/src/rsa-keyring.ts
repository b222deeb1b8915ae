/**
 * Data keys under an RSA key of KMS: written with its public half, without a call, and read by KMS (materials-and-keyrings, 2.7).
 *
 *     provider id      aws-kms-rsa
 *     provider info    the ARN of the key, as configured
 *     wrapped key      RSA-OAEP of SHA-384 over the encryption context, then the key
 *
 * @module
 */
import { ItemCryptoError, type KeyMaterial, rsaOaepKeyWrapper, type StructuredPrimitives } from '@itemseal/core'
import {
  type AlgorithmSuite,
  addDataKey,
  contextAad,
  type EncryptionContext,
  firstOpened,
  type Keyring,
  openDataKey,
} from '@itemseal/core/materials'
import { isSameKey, parseKmsKeyArn } from './arn.ts'
import type { KmsDecrypt } from './client.ts'
import { clientNeeded, type KmsFor } from './client-supplier.ts'
import { asciiOf, asked, bytesOf, checkGrantTokens, plaintextOf, request, unbelievable, wrappedLength } from './data-key.ts'

/** For `kmsRsaKeyring`: the public key to write, a client to read. */
export interface KmsRsaKeyringOptions {
  /** The ARN of a key. */
  readonly keyId: string
  readonly algorithm: 'RSAES_OAEP_SHA_1' | 'RSAES_OAEP_SHA_256'
  /** SubjectPublicKeyInfo DER of at least 2048 bits, as KMS gives it, or a `CryptoKey` that encrypts. */
  readonly publicKey?: KeyMaterial
  readonly client?: KmsFor<KmsDecrypt>
  /** Up to ten. */
  readonly grantTokens?: readonly string[]
}

const PROVIDER = 'aws-kms-rsa'
const WRAPPERS = { RSAES_OAEP_SHA_1: 'OAEP_SHA1_MGF1', RSAES_OAEP_SHA_256: 'OAEP_SHA256_MGF1' } as const
const MIN_MODULUS = 256
const DIGEST = 48

/**
 * Only for suite `0x6700`: as in the peers, one with signature is refused with `CONFIGURATION`.
 *
 * @throws `CONFIGURATION` for what is not the ARN of a key, or if there is neither a public key nor a client.
 */
export function kmsRsaKeyring({ keyId, algorithm, publicKey, ...options }: KmsRsaKeyringOptions): Keyring {
  const arn = parseKmsKeyArn(keyId)
  if (arn === undefined) throw new ItemCryptoError('CONFIGURATION', 'KMS RSA keyring: the ARN of a key is wanted')
  if (!Object.hasOwn(WRAPPERS, algorithm)) throw new ItemCryptoError('CONFIGURATION', 'KMS RSA keyring: unknown algorithm')
  if (publicKey === undefined && options.client === undefined)
    throw new ItemCryptoError('CONFIGURATION', 'KMS RSA keyring: a public key to write, or a client to read, is wanted')
  const wrapper = publicKey && rsaOaepKeyWrapper(WRAPPERS[algorithm], { publicKey })
  const client = options.client && clientNeeded(options.client, arn.region)
  const named = request({ keyId, client, grantTokens: checkGrantTokens(options.grantTokens) })

  return {
    async onEncrypt(materials, p) {
      checkSuite(materials.suite)
      if (wrapper === undefined) throw new ItemCryptoError('CONFIGURATION', 'KMS RSA keyring: only reads, having no public key')
      const digest = await digestOf(p, materials.encryptionContext)
      return addDataKey(materials, p, async (key) => {
        const plaintext = new Uint8Array([...digest, ...key])
        const ciphertext = await wrapper.wrap(plaintext, p)
        plaintext.fill(0)
        if (ciphertext.length < MIN_MODULUS)
          throw new ItemCryptoError('CONFIGURATION', 'KMS RSA keyring: a key of at least 2048 bits is wanted')
        return { keyProviderId: PROVIDER, keyProviderInfo: bytesOf(keyId), ciphertext }
      })
    },

    async onDecrypt(materials, keys, p) {
      const { suite, encryptionContext } = materials
      checkSuite(suite)
      if (client === undefined) throw new ItemCryptoError('CONFIGURATION', 'KMS RSA keyring: only writes, having no client')
      const digest = await digestOf(p, encryptionContext)
      return firstOpened('KMS RSA keyring', materials, keys, (edk) => {
        if (edk.keyProviderId !== PROVIDER || !isSameKey(keyId, asciiOf(edk.keyProviderInfo))) return undefined
        return openDataKey(materials, p, edk, async (wrapped) => {
          const input = { ...named, CiphertextBlob: new Uint8Array(wrapped), EncryptionAlgorithm: algorithm }
          const answer = await asked('Decrypt', () => client.decrypt(input))
          if (answer.KeyId !== keyId) throw unbelievable('it opened with another key')
          const plaintext = plaintextOf(answer.Plaintext, DIGEST + wrappedLength(suite))
          if (differs(digest, plaintext)) throw new ItemCryptoError('NOT_AUTHENTIC', 'encrypted data key: not of this encryption context')
          return plaintext.subarray(DIGEST)
        })
      })
    },
  }
}

function checkSuite({ signatureCurve }: AlgorithmSuite): void {
  if (signatureCurve !== undefined) throw new ItemCryptoError('CONFIGURATION', 'KMS RSA keyring: not for suites with signature, use 0x6700')
}

async function digestOf(p: StructuredPrimitives, context: EncryptionContext): Promise<Uint8Array> {
  return p.digest('SHA-384', contextAad(context))
}

/** Whether the beginning is another, in the same time wherever it differs. */
function differs(beginning: Uint8Array, bytes: Uint8Array): boolean {
  return beginning.reduce((difference, byte, i) => difference | (byte ^ bytes[i]!), 0) !== 0
}
