/**
 * Keys of a configuration over the core, as its users have them: WebCrypto's wherever it has them, noble's for the rest.
 *
 * @module
 */
import type { KeyTools } from '@itemseal/cli/config'
import {
  aesKeyWrapper,
  type KeyMaterial,
  type KeyWrapper,
  type RsaOaepAlgorithm,
  type RsaSignatureAlgorithm,
  rsaOaepKeyWrapper,
  rsaSigner,
  rsaVerifier,
} from '@itemseal/core'
import { nobleKeyTools } from './noble-keys.ts'

/** Java's other names mask with SHA-1 whatever hash they name, which WebCrypto cannot. */
const OAEP = /^(OAEP_SHA\d+_MGF1|RSA\/ECB\/OAEP(WithSHA-?1AndMGF1)?Padding)$/
const RSA_SIGNATURES: readonly string[] = [
  'SHA1withRSA',
  'SHA256withRSA',
  'SHA384withRSA',
  'SHA512withRSA',
] satisfies RsaSignatureAlgorithm[]

export const webKeyTools: KeyTools = {
  ...nobleKeyTools,
  aesKeyWrapper: (algorithm, key) => (algorithm === 'AESWrap' ? aesKeyWrapper(key) : nobleKeyTools.aesKeyWrapper(algorithm, key)),
  rsaKeyWrapper(options) {
    const noble = nobleKeyTools.rsaKeyWrapper(options)
    return OAEP.test(options.algorithm)
      ? withNobleFor(rsaOaepKeyWrapper(options.algorithm as RsaOaepAlgorithm, pairOf(options)), noble)
      : noble
  },
  signer: (algorithm, key) =>
    RSA_SIGNATURES.includes(algorithm) ? rsaSigner(algorithm as RsaSignatureAlgorithm, key) : nobleKeyTools.signer(algorithm, key),
  verifier: (algorithm, key) =>
    RSA_SIGNATURES.includes(algorithm) ? rsaVerifier(algorithm as RsaSignatureAlgorithm, key) : nobleKeyTools.verifier(algorithm, key),
}

/** An item may name another padding than that of its key. */
function withNobleFor(web: KeyWrapper, noble: KeyWrapper): KeyWrapper {
  return {
    ...web,
    unwrap: (wrapped, named, p) =>
      named === undefined || !OAEP.test(named) ? noble.unwrap(wrapped, named, p) : web.unwrap(wrapped, named, p),
  }
}

function pairOf({ publicKey, privateKey }: Parameters<KeyTools['rsaKeyWrapper']>[0]): {
  publicKey?: KeyMaterial
  privateKey?: KeyMaterial
} {
  return { ...(publicKey && { publicKey }), ...(privateKey && { privateKey }) }
}
