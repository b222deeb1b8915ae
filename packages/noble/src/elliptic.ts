/**
 * ECDSA and ECDH on the NIST curves.
 *
 *     private key    SEQUENCE { INTEGER 1, OCTET STRING { scalar }, [0] curve?, [1] public key? }     (RFC 5915), inside PKCS#8
 *
 * @module
 */
import { type Curve, ItemCryptoError, type KeyPair, type Primitives, type SecretKey } from '@itemseal/core'
import type { ECDSA } from '@noble/curves/abstract/weierstrass.js'
import { p256, p384, p521 } from '@noble/curves/nist.js'
import { derReader, OCTET_STRING, privateKeyOf, publicKeyOf } from './der.ts'
import { keyBytes } from './key-bytes.ts'
import { randomBytes } from './random.ts'

const CURVES: Readonly<Record<Curve, ECDSA>> = { 'P-256': p256, 'P-384': p384, 'P-521': p521 }
/** As in keys: id-ecPublicKey, then the curve's own. */
const ALGORITHMS: Readonly<Record<Curve, string>> = {
  'P-256': '06072a8648ce3d020106082a8648ce3d030107',
  'P-384': '06072a8648ce3d020106052b81040022',
  'P-521': '06072a8648ce3d020106052b81040023',
}
const CURVE = 0xa0
const PUBLIC_KEY = 0xa1
const FULL_POINT = 4
/** Both halves of the signatures that others write are taken, not only the lower one. */
const ANY_S = { lowS: false }

export const elliptic: Pick<
  Primitives,
  'ecdsaGenerate' | 'ecdsaSign' | 'ecdsaVerify' | 'ecdhGenerate' | 'ecdhImport' | 'ecdhImportPublic' | 'ecdhDerive'
> = {
  ecdsaGenerate: generate,

  ecdsaSign(curve, privateKey, data) {
    const scalar = scalarOf(curve, privateKey)
    return CURVES[curve].sign(data, scalar, { ...ANY_S, extraEntropy: randomBytes(scalar.length) })
  },

  ecdsaVerify(curve, publicKey, signature, data) {
    const point = verificationPointOf(curve, publicKey)
    return signature.length === CURVES[curve].lengths.signature && CURVES[curve].verify(signature, data, point, ANY_S)
  },

  ecdhGenerate: generate,

  ecdhImport: (curve, privateKey) => pairOf(curve, parsePrivateKey(curve, keyBytes(privateKey))),

  ecdhImportPublic: (curve, spki) => pointOf(curve, publicKeyOf(ALGORITHMS[curve], spki)).slice(),

  ecdhDerive(curve, privateKey, publicKey) {
    const shared = CURVES[curve].getSharedSecret(scalarOf(curve, privateKey), pointOf(curve, publicKey), false)
    return shared.slice(1, (shared.length + 1) / 2)
  },
}

function generate(curve: Curve): KeyPair {
  return pairOf(curve, CURVES[curve].utils.randomSecretKey(randomBytes(CURVES[curve].lengths.seed!))) // these curves have one
}

function pairOf(curve: Curve, privateKey: Uint8Array): KeyPair {
  return { privateKey, publicKey: CURVES[curve].getPublicKey(privateKey, false) }
}

/** Handles are scalars, which are shorter than any PKCS#8. */
function scalarOf(curve: Curve, key: SecretKey): Uint8Array {
  const bytes = keyBytes(key)
  return bytes.length === CURVES[curve].lengths.secretKey ? bytes : parsePrivateKey(curve, bytes)
}

function parsePrivateKey(curve: Curve, pkcs8: Uint8Array): Uint8Array {
  const outer = derReader(privateKeyOf(ALGORITHMS[curve], pkcs8))
  const inner = outer.sequence()
  outer.end()
  if (inner.integer() !== 1n) throw new Error('an unknown version of private key')
  const digits = inner.content(OCTET_STRING)
  inner.optional(CURVE)
  inner.optional(PUBLIC_KEY)
  inner.end()
  const size = CURVES[curve].lengths.secretKey! // these curves have one
  const scalar = new Uint8Array(size)
  scalar.set(digits, size - digits.length) // some writers leave out zeros in front; it throws for more than fit
  if (!CURVES[curve].utils.isValidSecretKey(scalar)) throw new Error('not a scalar of the curve')
  return scalar
}

/** @throws `MALFORMED` for what is not a point of the curve. */
function verificationPointOf(curve: Curve, key: SecretKey): Uint8Array {
  const bytes = keyBytes(key)
  try {
    return CURVES[curve].Point.fromBytes(bytes).toBytes(false)
  } catch (cause) {
    throw new ItemCryptoError('MALFORMED', `public key: not a point of ${curve}`, { cause })
  }
}

function pointOf(curve: Curve, key: SecretKey): Uint8Array {
  const bytes = keyBytes(key)
  const { lengths, utils } = CURVES[curve]
  if (bytes[0] !== FULL_POINT || bytes.length !== lengths.publicKeyUncompressed || !utils.isValidPublicKey(bytes, false))
    throw new Error('not a point of the curve')
  return bytes
}
