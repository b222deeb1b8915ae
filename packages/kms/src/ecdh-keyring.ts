/**
 * Data keys under what a key pair in KMS and another's share (materials-and-keyrings, 2.3): as those of `rawEcdhKeyring`, with
 * which it writes and reads in turn, but KMS derives the secret.
 *
 *     provider id      aws-kms-ecdh
 *     provider info    the two public keys
 *
 * @module
 */
import { ItemCryptoError, type StructuredPrimitives } from '@itemseal/core'
import { type Curve, type EcdhParty, ecdhKeyring, ecdhOf, importedPublicKey, type Keyring, spkiOfPoint } from '@itemseal/core/materials'
import { parseKmsKeyArn } from './arn.ts'
import type { KmsKeyAgreement } from './client.ts'
import { clientNeeded, type KmsFor } from './client-supplier.ts'
import { asked, checkGrantTokens, isOfLength, request, unbelievable } from './data-key.ts'

/**
 * The peers' key agreement schemas. Public keys are SubjectPublicKeyInfo, DER.
 *
 * - `static`, `KmsPrivateKeyToStaticPublicKey`: writes to the other and reads what either of the two wrote to the other;
 * - `discovery`, `KmsPublicKeyDiscovery`: reads what anybody wrote to the key in KMS; cannot write.
 */
export type KmsEcdhKeyringOptions = {
  readonly curve: Curve
  /** The ARN of a key for key agreement. */
  readonly keyId: string
  /** Its public key. Without it, KMS is asked once, before the first use. */
  readonly ownPublicKey?: Uint8Array
  readonly client: KmsFor<KmsKeyAgreement>
  /** Up to ten. */
  readonly grantTokens?: readonly string[]
} & (
  | { readonly schema: 'static' /** The other's. */; readonly publicKey: Uint8Array }
  | { readonly schema: 'discovery'; readonly publicKey?: undefined }
)

const WHO = 'KMS ECDH keyring'
const SECRET_LENGTH: Readonly<Record<Curve, number>> = { 'P-256': 32, 'P-384': 48, 'P-521': 66 }

/**
 * Each item costs a call of KMS, both ways.
 *
 * @throws `CONFIGURATION` for an unknown curve or schema, what is not the ARN of a key, a Region without client, or more grant
 *   tokens than KMS takes; at first use, for a public key that is not of the curve.
 */
export function kmsEcdhKeyring(options: KmsEcdhKeyringOptions): Keyring {
  const { curve, schema, keyId } = options
  if (!Object.hasOwn(SECRET_LENGTH, curve)) refuse('curve: P-256, P-384 or P-521')
  if (schema !== 'static' && schema !== 'discovery') refuse('schema: static or discovery')
  const arn = parseKmsKeyArn(keyId) ?? refuse('the ARN of a key is wanted')
  const other = schema === 'static' ? importedPublicKey(`${WHO}: publicKey`, curve, options.publicKey) : undefined
  const given = options.ownPublicKey && importedPublicKey(`${WHO}: ownPublicKey`, curve, options.ownPublicKey)
  const client = clientNeeded(options.client, arn.region)
  const named = request({ keyId, client, grantTokens: checkGrantTokens(options.grantTokens) })

  async function fetchPoint(p: StructuredPrimitives): Promise<Uint8Array> {
    const { KeyId, KeyUsage, PublicKey } = await asked('GetPublicKey', () => client.getPublicKey({ KeyId: keyId })) // without grants, as the peers
    if (KeyId !== keyId) throw unbelievable('it is about another key')
    if (KeyUsage !== 'KEY_AGREEMENT') throw unbelievable('the key is not for key agreement')
    try {
      return await ecdhOf(p).ecdhImportPublic(curve, new Uint8Array(PublicKey ?? []))
    } catch {
      throw unbelievable(`a public key of ${curve} is wanted`)
    }
  }

  async function agree(peer: Uint8Array): Promise<Uint8Array> {
    const input = { ...named, KeyAgreementAlgorithm: 'ECDH', PublicKey: spkiOfPoint(curve, peer) } as const
    const answer = await asked('DeriveSharedSecret', () => client.deriveSharedSecret(input))
    if (answer.KeyId !== keyId || answer.KeyAgreementAlgorithm !== 'ECDH') throw unbelievable('it is of another key or algorithm')
    if (!isOfLength(answer.SharedSecret, SECRET_LENGTH[curve])) throw unbelievable(`a secret of ${curve} is wanted`)
    return new Uint8Array(answer.SharedSecret)
  }

  const ownPoint = given ?? keptOnce(fetchPoint)
  const party = async (p: StructuredPrimitives): Promise<EcdhParty> => ({ publicKey: await ownPoint(p), agree })
  return ecdhKeyring({ who: WHO, curve, keyProviderId: 'aws-kms-ecdh', other, writer: party, reader: party })
}

/** One call under way for all who ask meanwhile; what it gave is kept, a failure is not. */
function keptOnce<A, T>(load: (argument: A) => Promise<T>): (argument: A) => Promise<T> {
  let kept: Promise<T> | undefined
  return (argument) => {
    kept ??= load(argument).catch((error: unknown) => {
      kept = undefined
      throw error
    })
    return kept
  }
}

function refuse(reason: string): never {
  throw new ItemCryptoError('CONFIGURATION', `${WHO}: ${reason}`)
}
