/**
 * Materials managers (in the peers: cryptographic materials manager, CMM): between an item and the keyring
 * (materials-and-keyrings, 3).
 *
 * @module
 */
import { fromBase64, toBase64 } from '../base64.ts'
import { compressPoint } from '../ec-point.ts'
import { ItemCryptoError } from '../errors.ts'
import { pick } from '../item.ts'
import type { KeyPair, MaybePromise, SecretKey, StructuredPrimitives } from '../primitives.ts'
import type { EncryptedDataKey } from './encrypted-data-key.ts'
import { type EncryptionContext, PUBLIC_KEY } from './encryption-context.ts'
import type { Keyring } from './keyring.ts'
import type { DecryptionMaterials, EncryptionMaterials } from './materials.ts'
import type { AlgorithmSuite } from './suites.ts'

/** What is known of an item to be written. */
export interface EncryptionMaterialsRequest {
  readonly suite: AlgorithmSuite
  readonly encryptionContext: EncryptionContext
  /** Names of pairs that the item does not store: its reader makes them anew. */
  readonly requiredContextKeys: readonly string[]
  /** How many bytes are to be encrypted. */
  readonly plaintextLength: number
  /** For a suite with signature: the key pair, if not a new one. */
  readonly signingKeys?: KeyPair
}

/** What is known of an item to be read. */
export interface DecryptionMaterialsRequest {
  readonly suite: AlgorithmSuite
  readonly encryptedDataKeys: readonly EncryptedDataKey[]
  /** What the item stores. Nothing has confirmed it. */
  readonly encryptionContext: EncryptionContext
  /** What the reader knows of itself, or sees in the item. */
  readonly reproducedContext: EncryptionContext
}

/** Gives the keys for each item. */
export interface MaterialsManager {
  encryptionMaterials(request: EncryptionMaterialsRequest, p: StructuredPrimitives): MaybePromise<EncryptionMaterials<SecretKey>>
  decryptionMaterials(request: DecryptionMaterialsRequest, p: StructuredPrimitives): MaybePromise<DecryptionMaterials<SecretKey>>
}

/** Asks a keyring for every item, and makes the key pair for its signature. */
export function defaultMaterialsManager(keyring: Keyring): MaterialsManager {
  return {
    async encryptionMaterials({ suite, encryptionContext, requiredContextKeys, signingKeys }, p) {
      if (Object.hasOwn(encryptionContext, PUBLIC_KEY))
        throw new ItemCryptoError('CONFIGURATION', `encryption context: ${PUBLIC_KEY} is reserved`)
      const pair = suite.signatureCurve && (signingKeys ?? (await p.ecdsaGenerate(suite.signatureCurve)))
      const context = pair ? { ...encryptionContext, [PUBLIC_KEY]: toBase64(compressPoint(pair.publicKey)) } : encryptionContext
      checkContext(context, requiredContextKeys)
      const asked = { suite, encryptionContext: context, requiredContextKeys, ...(pair && { signingKey: pair.privateKey }) }
      const given = await keyring.onEncrypt({ ...asked, encryptedDataKeys: [], symmetricSigningKeys: [] }, p)
      return { ...withDataKey(given, suite), ...asked }
    },

    async decryptionMaterials({ suite, encryptedDataKeys, encryptionContext: stored, reproducedContext }, p) {
      const encryptionContext = { ...stored, ...reproducedContext }
      for (const [name, value] of Object.entries(stored)) {
        if (encryptionContext[name] !== value)
          throw new ItemCryptoError(
            'NOT_AUTHENTIC',
            `encryption context does not match reproduced encryption context: ${JSON.stringify(name)}`,
          )
      }
      const verificationKey = verificationKeyOf(suite, encryptionContext)
      const asked = {
        suite,
        encryptionContext,
        requiredContextKeys: Object.keys(reproducedContext).filter((name) => !Object.hasOwn(stored, name)),
        ...(verificationKey && { verificationKey }),
      }
      return { ...withDataKey(await keyring.onDecrypt(asked, encryptedDataKeys, p), suite), ...asked }
    },
  }
}

/** For `requiredContextMaterialsManager`. */
export interface RequiredContextMaterialsManagerOptions {
  readonly manager: MaterialsManager
  /** Names of pairs that every item is bound to, that none stores, and that every reader must bring. */
  readonly requiredContextKeys: readonly string[]
}

/** @throws `CONFIGURATION` if no name is given. */
export function requiredContextMaterialsManager({
  manager,
  requiredContextKeys,
}: RequiredContextMaterialsManagerOptions): MaterialsManager {
  if (requiredContextKeys.length === 0) throw new ItemCryptoError('CONFIGURATION', 'required encryption context: no name is given')
  const isRequired = (name: string) => requiredContextKeys.includes(name)
  return {
    async encryptionMaterials(request, p) {
      checkContext(request.encryptionContext, requiredContextKeys)
      const names = [...new Set([...request.requiredContextKeys, ...requiredContextKeys])]
      const materials = await manager.encryptionMaterials({ ...request, requiredContextKeys: names }, p)
      checkKept(materials, pick(request.encryptionContext, isRequired), materials.requiredContextKeys)
      return materials
    },
    async decryptionMaterials(request, p) {
      checkContext(request.reproducedContext, requiredContextKeys)
      const materials = await manager.decryptionMaterials(request, p)
      checkKept(materials, pick(request.reproducedContext, isRequired))
      return materials
    },
  }
}

/** What a keyring gave, if that is a data key of the suite. Whether the signing keys fit is for the format to say. */
function withDataKey<T extends { readonly plaintextDataKey?: Uint8Array }>(given: T, { dataKeyLength }: AlgorithmSuite): T {
  if (given.plaintextDataKey?.length !== dataKeyLength) throw new ItemCryptoError('NO_MATERIALS', 'the keyring gave unfit materials')
  return given
}

function checkContext(context: EncryptionContext, names: readonly string[]): void {
  for (const name of names) {
    if (!Object.hasOwn(context, name)) throw new ItemCryptoError('CONFIGURATION', `encryption context: ${JSON.stringify(name)} is needed`)
  }
}

/**
 * What a manager must leave as it was asked.
 *
 * @param required pairs of the context.
 * @param kept names of the pairs that will not be stored, when it is for the manager to say.
 * @throws `NO_MATERIALS` if it did not.
 */
export function checkKept(
  { encryptionContext }: { readonly encryptionContext: EncryptionContext },
  required: EncryptionContext,
  kept?: readonly string[],
): void {
  for (const [name, value] of Object.entries(required)) {
    if (encryptionContext[name] !== value || kept?.includes(name) === false)
      throw new ItemCryptoError('NO_MATERIALS', 'the materials manager changed the encryption context')
  }
}

function verificationKeyOf({ signatureCurve }: AlgorithmSuite, context: EncryptionContext): Uint8Array | undefined {
  const text = context[PUBLIC_KEY]
  if (!text !== !signatureCurve) throw new ItemCryptoError('MALFORMED', `encryption context: ${PUBLIC_KEY} is not of this suite`)
  return signatureCurve && fromBase64(text!)
}
