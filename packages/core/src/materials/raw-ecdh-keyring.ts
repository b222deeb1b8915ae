/**
 * Data keys under what your key pair and another's share (materials-and-keyrings, 2.3; layout: `ecdh-wrapping.ts`).
 *
 * @module
 */
import { CURVE_BYTES } from '../ecdsa-encoding.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Curve, KeyPair, MaybePromise, StructuredPrimitives } from '../primitives.ts'
import { type EcdhParty, ecdhKeyring, ecdhOf, importedKey, importedPublicKey } from './ecdh-keyring.ts'
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

/** @throws `CONFIGURATION` for an unknown curve or schema; at first use, for a key that is not of the curve. */
export function rawEcdhKeyring(options: RawEcdhKeyringOptions): Keyring {
  const { curve, schema } = options
  if (!Object.hasOwn(CURVE_BYTES, curve)) refuse(`curve: one of ${Object.keys(CURVE_BYTES).join(', ')}`)
  if (!SCHEMAS.includes(schema)) refuse(`schema: one of ${SCHEMAS.join(', ')}`)
  const own =
    schema === 'ephemeral'
      ? undefined
      : importedKey(options.privateKey, `${WHO}: privateKey: not PKCS#8 DER of ${curve}`, (p, key) =>
          party(p, curve, ecdhOf(p).ecdhImport(curve, key)),
        )
  const other = schema === 'discovery' ? undefined : importedPublicKey(`${WHO}: publicKey`, curve, options.publicKey)

  return ecdhKeyring({
    who: WHO,
    curve,
    keyProviderId: 'raw-ecdh',
    other,
    writer: own ?? ((p) => party(p, curve, ecdhOf(p).ecdhGenerate(curve))),
    reader: own,
  })
}

async function party(p: StructuredPrimitives, curve: Curve, pair: MaybePromise<KeyPair>): Promise<EcdhParty> {
  const { privateKey, publicKey } = await pair
  return { publicKey, agree: (peer) => ecdhOf(p).ecdhDerive(curve, privateKey, peer) }
}

function refuse(reason: string): never {
  throw new ItemCryptoError('CONFIGURATION', `${WHO}: ${reason}`)
}
