/**
 * Data keys under what your key pair and another's share (materials-and-keyrings, 2.3; layout: `ecdh-wrapping.ts`).
 *
 * @module
 */
import { CURVES, pointOfSpki } from '../ec-point.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Curve, EcdhPrimitives, KeyPair, MaybePromise, Primitives, StructuredPrimitives } from '../primitives.ts'
import { ecdhWebCrypto } from '../webcrypto.ts'
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
const SCHEMAS = ['static', 'ephemeral', 'discovery']

/**
 * @throws `CONFIGURATION` for an unknown curve or schema, or a public key that is not of the curve; at first use, for a
 *   private key that is not.
 */
export function rawEcdhKeyring(options: RawEcdhKeyringOptions): Keyring {
  const { curve, schema } = options
  if (!Object.hasOwn(CURVES, curve)) refuse(`curve: one of ${Object.keys(CURVES).join(', ')}`)
  if (!SCHEMAS.includes(schema)) refuse(`schema: one of ${SCHEMAS.join(', ')}`)
  const own = schema === 'ephemeral' ? undefined : ownParty(curve, options.privateKey)
  const keyring = ecdhKeyring({
    who: WHO,
    curve,
    keyProviderId: 'raw-ecdh',
    other: schema === 'discovery' ? undefined : publicPoint(curve, options.publicKey),
    writer: own ?? ((p) => party(p, curve, ecdhOf(p).ecdhGenerate(curve))),
    reader: own,
  })

  return {
    onEncrypt: keyring.onEncrypt,
    async onDecrypt(materials, keys, p) {
      await own?.(p) // a private key that is none is to be heard of whatever the item holds
      return keyring.onDecrypt(materials, keys, p)
    },
  }
}

/** What a structured bundle holds unasked is without ECDH: this keyring brings it. */
function ecdhOf(p: StructuredPrimitives | Primitives): EcdhPrimitives {
  return 'ecdhDerive' in p ? p : ecdhWebCrypto
}

async function party(p: StructuredPrimitives, curve: Curve, pair: MaybePromise<KeyPair>): Promise<EcdhParty> {
  const { privateKey, publicKey } = await pair
  return { publicKey, agree: (peer) => ecdhOf(p).ecdhDerive(curve, privateKey, peer) }
}

/** The holder of a private key, imported once for each provider. The bytes are copied now. */
function ownParty(curve: Curve, privateKey: Uint8Array): (p: StructuredPrimitives) => Promise<EcdhParty> {
  if (!(privateKey instanceof Uint8Array)) refuse('privateKey: PKCS#8 DER is needed')
  const raw = new Uint8Array(privateKey)
  const parties = new WeakMap<StructuredPrimitives, Promise<EcdhParty>>()
  const load = async (p: StructuredPrimitives) => {
    try {
      return await party(p, curve, ecdhOf(p).ecdhImport(curve, raw))
    } catch (cause) {
      throw new ItemCryptoError('CONFIGURATION', `privateKey: not a private key of ${curve}, as PKCS#8 DER`, { cause })
    }
  }
  return (p) => {
    const loaded = parties.get(p) ?? load(p)
    parties.set(p, loaded)
    return loaded
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
