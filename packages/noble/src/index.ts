/**
 * Cryptography in pure JavaScript, synchronous, from noble. What WebCrypto cannot do with RSA is in the entry `rsa`.
 *
 * @module
 */
export { aesKeyWrapper } from './aes-key-wrapper.ts'
export { nobleCrypto } from './noble-crypto.ts'
