/**
 * Wrapping keys by RSA, with every padding that the peers write.
 *
 * @module
 */
import { ItemCryptoError, type KeyWrapper } from '@itemseal/core'
import { type RsaWrapping, rsaKeyWrapperOver } from '@itemseal/core/rsa-key-wrapper'
import { md5 } from '@noble/hashes/legacy.js'
import { HASHES } from './hashes.ts'
import { randomBytes } from './random.ts'
import { rsaPrivateOperation, rsaPublicOperation } from './rsa-key.ts'

/** For `rsaKeyWrapper`: at least one of the keys. */
export interface RsaKeyWrapperOptions extends RsaWrapping {
  /** SubjectPublicKeyInfo DER: wraps. */
  readonly publicKey?: Uint8Array
  /** PKCS#8 DER: unwraps. */
  readonly privateKey?: Uint8Array
}

/**
 * Wraps data keys by RSA: OAEP in all of Java's forms, its default included, in those of raw RSA keyrings, and
 * RSAES-PKCS1-v1_5 where `algorithm` or `allowPkcs1` asks for it. Which algorithm opens an item is the item's own word.
 *
 * The private operation is blinded and checked, and paddings are looked through without early exit and fail with one error;
 * but BigInt is not constant time, and the numbers of the key stay in memory as the engine pleases. Where somebody may
 * measure how long it takes, prefer `rsaKeyWrapper` of `@itemseal/node`, or AES key wrap. RSAES-PKCS1-v1_5 cannot be
 * protected at all here: who can have many items tried, and learns which of them fail, can come to know a data key.
 *
 * @throws {@link ItemCryptoError} `CONFIGURATION` for a key that is not RSA, or none at all; `UNSUPPORTED` for an unknown
 *   algorithm, and from `unwrap` for one that is not allowed; `NO_MATERIALS` for the half that was not given;
 *   `NOT_AUTHENTIC` for whatever does not unwrap.
 *
 * @example
 * const provider = wrappedProvider({ keyWrapper: rsaKeyWrapper({ publicKey, privateKey }), signer, verifier })
 */
export function rsaKeyWrapper({ publicKey, privateKey, ...wrapping }: RsaKeyWrapperOptions): KeyWrapper {
  const wraps = publicKey && rsaPublicOperation(publicKey)
  const unwraps = privateKey && rsaPrivateOperation(privateKey)
  const key = wraps ?? unwraps
  if (key === undefined) throw new ItemCryptoError('CONFIGURATION', 'an RSA key needs its public or its private half')
  return rsaKeyWrapperOver(
    {
      size: key.size,
      ...(wraps && { publicOperation: wraps.apply }),
      ...(unwraps && { privateOperation: unwraps.apply }),
      digest: (hash, data) => (hash === 'MD5' ? md5 : HASHES[hash])(data),
      randomBytes,
    },
    wrapping,
  )
}
