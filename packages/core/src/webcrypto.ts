/**
 * `webCrypto`: the primitives over `crypto.subtle`, which browsers, Workers, Deno, Bun and Node share.
 *
 * With `signer.ts` and `key-wrapper.ts` the only user of it.
 *
 * @module
 */
import { decompressPoint, P384 } from './ec-point.ts'
import { CURVE_BYTES } from './ecdsa-encoding.ts'
import { ItemCryptoError } from './errors.ts'
import type { KeyMaterial } from './key-handle.ts'
import type {
  ClassicPrimitives,
  CommonPrimitives,
  Curve,
  EcdhPrimitives,
  Hash,
  KeyDerivationPrimitives,
  KeyPair,
  KeyUse,
  KeyWrapPrimitives,
  Primitives,
  SecretKey,
  StructuredPrimitives,
} from './primitives.ts'

const MAX_RANDOM = 65_536 // of one getRandomValues call
const ECDSA_HASH: Readonly<Record<Curve, Hash>> = { 'P-256': 'SHA-256', 'P-384': 'SHA-384', 'P-521': 'SHA-512' }
const WRAPPED_AS = { name: 'HMAC', hash: 'SHA-256' } // AES-KW wraps CryptoKeys only: any kind that takes every length

/** `crypto.subtle`. @throws `UNSUPPORTED` where the runtime has none, as on pages served without TLS. @internal */
export function subtle(): SubtleCrypto {
  return globalThis.crypto?.subtle ?? lacking('WebCrypto')
}

/** TypeScript wants to know that the memory is not shared: WebCrypto refuses it if it is. */
export function buffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes as Uint8Array<ArrayBuffer>
}

/** What `webCrypto` does for the classic format. */
export const classicWebCrypto: ClassicPrimitives = {
  randomBytes,
  importKey,
  digest,
  hmac,
  aesCbcEncrypt,
  aesCbcDecrypt,
}

/** The same, and what it does for `aesKeyWrapper`. */
export const keyWrapWebCrypto: ClassicPrimitives & KeyWrapPrimitives = {
  ...classicWebCrypto,
  importKey: (use, raw) => (use === 'AES-KW' ? importWrappingKey(raw) : importKey(use, raw)),
  aesKwWrap,
  aesKwUnwrap,
}

/** What it does where the classic format's primitives lack key derivation. */
export const keyDerivationWebCrypto: KeyDerivationPrimitives & Pick<CommonPrimitives, 'importKey'> = { importKey, hkdf }

/** What it does for the structured format. */
export const structuredWebCrypto: StructuredPrimitives = {
  randomBytes,
  importKey,
  digest,
  hmac,
  hkdf,

  async aesGcmEncrypt(key, iv, aad, plaintext) {
    return result(subtle().encrypt(gcm(iv, aad), await keyFor('AES-GCM', key), buffer(plaintext)))
  },

  async aesGcmDecrypt(key, iv, aad, ciphertext) {
    return result(subtle().decrypt(gcm(iv, aad), await keyFor('AES-GCM', key), buffer(ciphertext)))
  },

  async aesCtrKeystream(key, counter, length) {
    const algorithm = { name: 'AES-CTR', counter: buffer(counter), length: 128 }
    return result(subtle().encrypt(algorithm, await keyFor('AES-CTR', key), new Uint8Array(length)))
  },

  ecdsaGenerate: (namedCurve) => keyPair({ name: 'ECDSA', namedCurve }, ['sign', 'verify']),

  async ecdsaSign(namedCurve, privateKey, data) {
    const algorithm = { name: 'ECDSA', hash: ECDSA_HASH[namedCurve], namedCurve }
    const key =
      privateKey instanceof Uint8Array ? await subtle().importKey('pkcs8', buffer(privateKey), algorithm, false, ['sign']) : privateKey
    return result(subtle().sign(algorithm, key as CryptoKey, buffer(data))) // a handle of this provider is a CryptoKey
  },

  async ecdsaVerify(namedCurve, publicKey, signature, data) {
    const algorithm = { name: 'ECDSA', hash: ECDSA_HASH[namedCurve], namedCurve }
    const key =
      publicKey instanceof Uint8Array ? await subtle().importKey('raw', buffer(full(publicKey)), algorithm, false, ['verify']) : publicKey
    return subtle().verify(algorithm, key as CryptoKey, buffer(signature), buffer(data))
  },
}

/** What it does for raw ECDH keyrings. */
export const ecdhWebCrypto: EcdhPrimitives = {
  ecdhGenerate: (namedCurve) => keyPair({ name: 'ECDH', namedCurve }, ['deriveBits']),

  async ecdhImport(namedCurve, raw) {
    const algorithm = { name: 'ECDH', namedCurve }
    const [privateKey, exportable] = await Promise.all(
      [false, true].map((extractable) => subtle().importKey('pkcs8', buffer(raw), algorithm, extractable, ['deriveBits'])),
    )
    const { kty, crv, x, y } = await subtle().exportKey('jwk', exportable!)
    const publicKey = await subtle().importKey('jwk', { kty, crv, x, y } as JsonWebKey, algorithm, true, []) // an EC key has all four
    return { privateKey: privateKey!, publicKey: await result(subtle().exportKey('raw', publicKey)) }
  },

  async ecdhImportPublic(namedCurve, spki) {
    return result(subtle().exportKey('raw', await subtle().importKey('spki', buffer(spki), { name: 'ECDH', namedCurve }, true, [])))
  },

  async ecdhDerive(namedCurve, privateKey, publicKey) {
    const peer = await subtle().importKey('raw', buffer(publicKey), { name: 'ECDH', namedCurve }, false, [])
    return result(subtle().deriveBits({ name: 'ECDH', public: peer }, privateKey as CryptoKey, 8 * CURVE_BYTES[namedCurve])) // a handle of this provider is a CryptoKey
  },
}

/** A provider over WebCrypto: every call is asynchronous, and keys that are imported once are not extractable. */
export const webCrypto: Primitives = { ...structuredWebCrypto, ...ecdhWebCrypto, ...keyWrapWebCrypto }

export type AsymmetricParameters = { readonly name: string; readonly hash: string; readonly namedCurve?: string }

/**
 * A key pair's half, imported at first use and then kept.
 *
 * @throws `CONFIGURATION` for what is no key at all; at first use, for bytes that are not such a key.
 * @internal
 */
export function asymmetricKey(
  format: 'spki' | 'pkcs8',
  parameters: AsymmetricParameters,
  key: KeyMaterial,
  usage: KeyUsage,
): () => Promise<CryptoKey> {
  if (!(key instanceof Uint8Array)) {
    if (!key?.type) throw new ItemCryptoError('CONFIGURATION', `key to ${usage} with: neither DER nor a CryptoKey`)
    return async () => key as CryptoKey // of whatever kind: the engine will tell
  }
  const raw = new Uint8Array(key)
  let imported: Promise<CryptoKey> | undefined
  return () => {
    imported ??= subtle()
      .importKey(format, raw, parameters, false, [usage])
      .catch((cause: unknown) => {
        throw new ItemCryptoError(
          'CONFIGURATION',
          `key to ${usage} with: not ${format === 'spki' ? 'a public' : 'a private'} key of this kind, as ${format} DER`,
          { cause },
        )
      })
    return imported
  }
}

async function keyPair(algorithm: EcKeyGenParams, usages: ('sign' | 'verify' | 'deriveBits')[]): Promise<KeyPair> {
  const { privateKey, publicKey } = await subtle().generateKey(algorithm, false, usages)
  return { privateKey, publicKey: await result(subtle().exportKey('raw', publicKey)) }
}

function randomBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i += MAX_RANDOM) crypto.getRandomValues(bytes.subarray(i, i + MAX_RANDOM))
  return bytes
}

async function digest(hash: Hash, data: Uint8Array): Promise<Uint8Array> {
  return result(subtle().digest(available(hash), buffer(data)))
}

async function hmac(hash: Hash, key: SecretKey, data: Uint8Array): Promise<Uint8Array> {
  return result(subtle().sign('HMAC', await keyFor(`HMAC-${hash}`, key), buffer(data)))
}

async function hkdf(hash: Hash, key: SecretKey, info: Uint8Array, length: number): Promise<Uint8Array> {
  const algorithm = { name: 'HKDF', hash, salt: new Uint8Array(0), info: buffer(info) }
  return result(subtle().deriveBits(algorithm, await keyFor('HKDF', key), 8 * length))
}

async function aesCbcEncrypt(key: SecretKey, iv: Uint8Array, plaintext: Uint8Array): Promise<Uint8Array> {
  return result(subtle().encrypt({ name: 'AES-CBC', iv: buffer(iv) }, await keyFor('AES-CBC', key), buffer(plaintext)))
}

async function aesCbcDecrypt(key: SecretKey, iv: Uint8Array, ciphertext: Uint8Array): Promise<Uint8Array> {
  return result(subtle().decrypt({ name: 'AES-CBC', iv: buffer(iv) }, await keyFor('AES-CBC', key), buffer(ciphertext)))
}

async function aesKwWrap(wrappingKey: SecretKey, key: Uint8Array): Promise<Uint8Array> {
  const wrapped = await subtle().importKey('raw', buffer(key), WRAPPED_AS, true, ['sign'])
  return result(subtle().wrapKey('raw', wrapped, await wrappingKeyFor(wrappingKey), 'AES-KW'))
}

async function aesKwUnwrap(wrappingKey: SecretKey, wrapped: Uint8Array): Promise<Uint8Array> {
  const kek = await wrappingKeyFor(wrappingKey)
  return result(subtle().exportKey('raw', await subtle().unwrapKey('raw', buffer(wrapped), kek, 'AES-KW', WRAPPED_AS, true, ['sign'])))
}

async function wrappingKeyFor(key: SecretKey): Promise<CryptoKey> {
  return key instanceof Uint8Array ? importWrappingKey(key) : (key as CryptoKey) // a handle of this provider is a CryptoKey
}

function importWrappingKey(raw: Uint8Array): Promise<CryptoKey> {
  return importKey('AES-KW', raw, ['wrapKey', 'unwrapKey'])
}

async function importKey(
  use: KeyUse,
  raw: Uint8Array,
  usages: KeyUsage[] = use === 'HKDF' ? ['deriveBits'] : ['encrypt', 'decrypt'],
): Promise<CryptoKey> {
  const key = buffer(raw)
  const webcrypto = subtle() // its absence is not that of AES-192
  if (use.startsWith('HMAC'))
    return webcrypto.importKey('raw', key, { name: 'HMAC', hash: available(use.slice(5) as Hash) }, false, ['sign']) // what is left is `HMAC-${Hash}`
  try {
    return await webcrypto.importKey('raw', key, use, false, usages)
  } catch (cause) {
    if (key.length !== 24) throw cause
    return lacking('AES-192', cause)
  }
}

async function keyFor(use: KeyUse, key: SecretKey): Promise<CryptoKey> {
  return key instanceof Uint8Array ? importKey(use, key) : (key as CryptoKey) // a handle of this provider is a CryptoKey
}

function available(hash: Hash): Hash {
  return hash === 'SHA-224' ? lacking('SHA-224') : hash
}

function lacking(what: string, cause?: unknown): never {
  throw new ItemCryptoError('UNSUPPORTED', `no ${what} here: pass nobleCrypto or nodeCrypto`, { cause })
}

/** Not all engines import compressed points. */
function full(point: Uint8Array): Uint8Array {
  return point[0] === 4 ? point : decompressPoint(P384, point)
}

function gcm(iv: Uint8Array, additionalData: Uint8Array): AesGcmParams {
  return { name: 'AES-GCM', iv: buffer(iv), additionalData: buffer(additionalData), tagLength: 128 }
}

async function result(bits: Promise<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await bits)
}
