/**
 * The command line's keys, over `node:crypto`.
 *
 * @module
 */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { hmacSigner, type MacAlgorithm } from '@itemseal/core'
import { aesKeyWrapper, type NodeSignatureAlgorithm, nodeSigner, nodeVerifier, rsaKeyWrapper } from '@itemseal/node'
import type { KeyTools } from './keys.ts'

/** Each factory refuses the names that it does not know. */
export const nodeKeyTools: KeyTools = {
  aesKeyWrapper: (algorithm, key) => aesKeyWrapper(key, algorithm === 'AES' ? 'AESWrap' : algorithm),
  rsaKeyWrapper,
  signer: (algorithm, key) =>
    algorithm.startsWith('Hmac') ? hmacSigner(algorithm as MacAlgorithm, key) : nodeSigner(algorithm as NodeSignatureAlgorithm, key),
  verifier: (algorithm, key) => nodeVerifier(algorithm as NodeSignatureAlgorithm, key),
  publicFromPrivate(privateKey) {
    const publicKey = createPublicKey(createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }))
    return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
  },
}
