/**
 * Data keys under what your key pair and another's share (materials-and-keyrings, 2.3; layout: `ecdh-wrapping.ts`).
 *
 * @module
 */
import { CURVES, pointOfSpki } from '../ec-point.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Curve, KeyPair, MaybePromise, Primitives } from '../primitives.ts'
import { type EcdhParty, ecdhKeyring } from './ecdh-keyring.ts'
import type { Keyring } from './keyring.ts'

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

const WHO = 'raw ECDH keyring'

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
  const party = async (p: Primitives, pair: MaybePromise<KeyPair>): Promise<EcdhParty> => {
    const { privateKey, publicKey } = await pair
    return { publicKey, agree: (peer) => p.ecdhDerive(curve, privateKey, peer) }
  }
  const keyring = ecdhKeyring({
    who: WHO,
    curve,
    keyProviderId: 'raw-ecdh',
    other,
    writer: (p) => party(p, own?.(p) ?? p.ecdhGenerate(curve)),
    reader: own && ((p) => party(p, own(p))),
  })

  return {
    onEncrypt: keyring.onEncrypt,
    async onDecrypt(materials, keys, p) {
      await own?.(p) // a private key that is none is to be heard of whatever the item holds
      return keyring.onDecrypt(materials, keys, p)
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

function refuse(reason: string): never {
  throw new ItemCryptoError('CONFIGURATION', `${WHO}: ${reason}`)
}
