/**
 * What Node has that WebCrypto has not: synchronous primitives, and the key wrappings and signatures that WebCrypto lacks.
 *
 * @module
 */
export { aesKeyWrapper, type RsaKeyWrapperOptions, rsaKeyWrapper } from './key-wrapper.ts'
export { nodeCrypto } from './node-crypto.ts'
export { type NodeSignatureAlgorithm, nodeSigner, nodeVerifier } from './signer.ts'
