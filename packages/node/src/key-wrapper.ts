/**
 * Wrapping keys over `node:crypto`: every RSA padding and every AES mode that the peers write.
 *
 * @module
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  KeyObject,
  privateDecrypt,
  publicEncrypt,
  randomFillSync,
} from 'node:crypto'
import { aesKeyWrapper as aesKeyWrapperOfCore, ItemCryptoError, type KeyWrapper, unsupportedWrapping } from '@itemseal/core'
import { type RsaWrapping, rsaKeyWrapperOver } from '@itemseal/core/rsa-key-wrapper'

/** For `rsaKeyWrapper`: at least one of the keys. */
export interface RsaKeyWrapperOptions extends RsaWrapping {
  /** SubjectPublicKeyInfo DER, or a `KeyObject`: wraps. */
  readonly publicKey?: Uint8Array | KeyObject
  /** PKCS#8 DER, or a `KeyObject`: unwraps. */
  readonly privateKey?: Uint8Array | KeyObject
}

const ECB = /^AES(\/ECB\/PKCS5Padding)?$/
const KWP = 'AES/KWP/NoPadding'
const KWP_IV = Buffer.from('a65959a6', 'hex')

/**
 * Wraps data keys by RSA: OAEP in all of Java's forms, its default included, in those of raw RSA keyrings, and
 * RSAES-PKCS1-v1_5 where `algorithm` or `allowPkcs1` asks for it. The private operation is OpenSSL's, with its protection
 * against side channels; paddings are checked without early exit.
 *
 * @throws `CONFIGURATION` for a key that is not RSA, or none at all; `UNSUPPORTED` for an unknown algorithm.
 *
 * @example
 * const provider = wrappedProvider({ keyWrapper: rsaKeyWrapper({ publicKey, privateKey }), signer, verifier })
 */
export function rsaKeyWrapper({ publicKey, privateKey, ...wrapping }: RsaKeyWrapperOptions): KeyWrapper {
  const padding = constants.RSA_NO_PADDING
  const wrapsWith =
    publicKey &&
    rsaKey('public', () =>
      publicKey instanceof KeyObject ? publicKey : createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }),
    )
  const unwrapsWith =
    privateKey &&
    rsaKey('private', () =>
      privateKey instanceof KeyObject ? privateKey : createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }),
    )
  const key = wrapsWith ?? unwrapsWith
  if (key === undefined) throw new ItemCryptoError('CONFIGURATION', 'an RSA key needs its public or its private half')
  return rsaKeyWrapperOver(
    {
      size: Math.ceil(key.asymmetricKeyDetails!.modulusLength! / 8), // RSA keys have one
      ...(wrapsWith && { publicOperation: (block) => new Uint8Array(publicEncrypt({ key: wrapsWith, padding }, block)) }),
      ...(unwrapsWith && { privateOperation: (block) => new Uint8Array(privateDecrypt({ key: unwrapsWith, padding }, block)) }),
      digest: (hash, data) => createHash(hash.replace('-', '').toLowerCase()).update(data).digest(),
      randomBytes: (length) => randomFillSync(new Uint8Array(length)),
    },
    wrapping,
  )
}

/**
 * AES key wrap, as core's `aesKeyWrapper`; opens also what the Java client wrapped with padding (RFC 5649) or under
 * AES/ECB, and writes those if asked to.
 *
 * @throws `CONFIGURATION` for a key of another length than 16, 24 or 32 bytes; `UNSUPPORTED` for an unknown algorithm.
 */
export function aesKeyWrapper(wrappingKey: Uint8Array, algorithm = 'AESWrap'): KeyWrapper {
  const keyWrap = aesKeyWrapperOfCore(wrappingKey)
  const key = new Uint8Array(wrappingKey)
  const bits = 8 * key.length
  if (![keyWrap.algorithm, 'AES/KW/NoPadding', KWP].includes(algorithm) && !ECB.test(algorithm)) throw unsupportedWrapping(algorithm)
  const parameters = (named: string): [string, Uint8Array, Uint8Array | null] =>
    named === KWP ? [`id-aes${bits}-wrap-pad`, key, KWP_IV] : [`aes-${bits}-ecb`, key, null]
  const isOurs = (named: string) => named === KWP || ECB.test(named)
  return {
    algorithm,
    wrap: (dataKey, p) => (isOurs(algorithm) ? through(createCipheriv(...parameters(algorithm)), dataKey) : keyWrap.wrap(dataKey, p)),
    async unwrap(wrapped, named = 'AES', p) {
      if (named === KWP) return through(createDecipheriv(...parameters(named)), wrapped)
      if (!ECB.test(named)) return keyWrap.unwrap(wrapped, named, p)
      try {
        return await keyWrap.unwrap(wrapped, keyWrap.algorithm, p) // the Python client wraps so whatever it calls it
      } catch (reason) {
        try {
          return through(createDecipheriv(...parameters(named)), wrapped)
        } catch {
          throw reason // such as that this runtime's WebCrypto has no AES-192
        }
      }
    },
  }
}

function through(cipher: { update(data: Uint8Array): Buffer; final(): Buffer }, data: Uint8Array): Uint8Array {
  if (data.length === 0) throw new Error('no bytes') // of none, OpenSSL makes none, without a word
  return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]))
}

function rsaKey(half: 'public' | 'private', make: () => KeyObject): KeyObject {
  let key: KeyObject | undefined
  let cause: unknown
  try {
    key = make()
  } catch (error) {
    cause = error
  }
  if (key?.asymmetricKeyType !== 'rsa' || (half === 'private' && key.type !== 'private'))
    throw new ItemCryptoError('CONFIGURATION', `not a ${half} RSA key, as ${half === 'public' ? 'SubjectPublicKeyInfo' : 'PKCS#8'} DER`, {
      cause,
    })
  return key
}
