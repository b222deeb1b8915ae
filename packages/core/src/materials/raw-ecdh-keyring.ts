/**
 * Data keys under what your key pair and another's share (materials-and-keyrings, 2.3; layout: `ecdh-wrapping.ts`).
 *
 * @module
 */
import { constantTimeEqual } from '../bytes.ts'
import { CURVES, compressPoint, decompressPoint, pointOfSpki } from '../ec-point.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Curve, KeyPair, MaybePromise, Primitives } from '../primitives.ts'
import {
  ECDH_PROVIDERS,
  type EcdhAgreement,
  type EcdhParties,
  parseEcdhInfo,
  serializeEcdhInfo,
  unwrapUnderEcdh,
  wrapUnderEcdh,
} from './ecdh-wrapping.ts'
import { addDataKey, openDataKey } from './edk-wrapping.ts'
import { firstOpened, type Keyring } from './keyring.ts'

/**
 * The peers' key agreement schemas. Private keys are PKCS#8, public ones SubjectPublicKeyInfo, both DER.
 *
 * - `static`, `RawPrivateKeyToStaticPublicKey`: writes to the other and reads what either of the two wrote to the other;
 * - `ephemeral`, `EphemeralPrivateKeyToStaticPublicKey`: writes to the other, each time from a new key pair; cannot read;
 * - `discovery`, `PublicKeyDiscovery`: reads what anybody wrote to this key pair; cannot write.
 */
export type RawEcdhKeyringOptions = { readonly curve: Curve } & (
  | { readonly schema: 'static'; readonly privateKey: Uint8Array; readonly publicKey: Uint8Array }
  | { readonly schema: 'ephemeral'; readonly publicKey: Uint8Array }
  | { readonly schema: 'discovery'; readonly privateKey: Uint8Array }
)

/**
 * @throws `CONFIGURATION` for an unknown curve or schema, or a public key that is not of the curve; at first use, for a
 *   private key that is not.
 */
export function rawEcdhKeyring(options: RawEcdhKeyringOptions): Keyring {
  const { curve, schema } = options
  if (!Object.hasOwn(CURVES, curve)) refuse('curve: P-256, P-384 or P-521')
  if (!['static', 'ephemeral', 'discovery'].includes(schema)) refuse('schema: static, ephemeral or discovery')
  const own = schema === 'ephemeral' ? undefined : ownKeys(curve, options.privateKey)
  const other = schema === 'discovery' ? undefined : publicPoint(curve, options.publicKey)

  async function agree(p: Primitives, pair: KeyPair, peer: Uint8Array, parties: EcdhParties): Promise<EcdhAgreement> {
    return { curve, parties, secret: await p.ecdhDerive(curve, pair.privateKey, peer) }
  }

  return {
    onEncrypt: (materials, p) =>
      addDataKey(materials, p, async (key) => {
        if (other === undefined) return refuse('schema discovery cannot encrypt')
        const pair = await (own?.(p) ?? p.ecdhGenerate(curve))
        const parties = { sender: compressPoint(pair.publicKey), recipient: compressPoint(other) }
        return {
          keyProviderId: ECDH_PROVIDERS[0]!,
          keyProviderInfo: serializeEcdhInfo(parties),
          ciphertext: await wrapUnderEcdh(p, await agree(p, pair, other, parties), materials.encryptionContext, key),
        }
      }),

    async onDecrypt(materials, keys, p) {
      if (own === undefined) return refuse('schema ephemeral cannot decrypt')
      const pair = await own(p)
      const mine = compressPoint(pair.publicKey)
      const theirs = other && compressPoint(other)
      return firstOpened('raw ECDH keyring', materials, keys, (edk) => {
        if (!ECDH_PROVIDERS.includes(edk.keyProviderId)) return undefined
        const parties = parseEcdhInfo(curve, edk.keyProviderInfo)
        if (parties === undefined) return undefined
        const { sender, recipient } = parties
        const toMe = equal(recipient, mine) && (theirs === undefined || equal(sender, theirs))
        const fromMe = theirs !== undefined && equal(sender, mine) && equal(recipient, theirs)
        if (!toMe && !fromMe) return undefined
        return openDataKey(materials, p, edk, async (wrapped) => {
          const peer = other ?? decompressPoint(CURVES[curve], sender)
          return unwrapUnderEcdh(p, await agree(p, pair, peer, parties), materials.encryptionContext, wrapped)
        })
      })
    },
  }
}

/** The pair of a private key, imported once for each provider. The bytes are copied now. */
function ownKeys(curve: Curve, privateKey: Uint8Array): (p: Primitives) => MaybePromise<KeyPair> {
  if (!(privateKey instanceof Uint8Array)) refuse('privateKey: PKCS#8 DER is needed')
  const raw = new Uint8Array(privateKey)
  const pairs = new WeakMap<Primitives, Promise<KeyPair>>()
  const load = async (p: Primitives) => {
    try {
      return await p.ecdhImport(curve, raw)
    } catch (cause) {
      throw new ItemCryptoError('CONFIGURATION', `privateKey: not a private key of ${curve}, as PKCS#8 DER`, { cause })
    }
  }
  return (p) => {
    const pair = pairs.get(p) ?? load(p)
    pairs.set(p, pair)
    return pair
  }
}

function publicPoint(curve: Curve, publicKey: Uint8Array): Uint8Array {
  try {
    return pointOfSpki(curve, publicKey)
  } catch (cause) {
    throw new ItemCryptoError('CONFIGURATION', `publicKey: not a public key of ${curve}, as SubjectPublicKeyInfo DER`, { cause })
  }
}

const equal = constantTimeEqual

function refuse(reason: string): never {
  throw new ItemCryptoError('CONFIGURATION', `raw ECDH keyring: ${reason}`)
}
