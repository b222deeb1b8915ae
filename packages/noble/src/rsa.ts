/**
 * What WebCrypto cannot do with RSA, for any runtime: an add-on for who needs it.
 *
 * @module
 */
export { type RsaKeyWrapperOptions, rsaKeyWrapper } from './rsa-key-wrapper.ts'
export { type RsaSignatureAlgorithm, rsaSigner, rsaVerifier } from './rsa-signer.ts'
