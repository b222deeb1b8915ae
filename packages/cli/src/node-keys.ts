/**
 * The command line's keys, over `node:crypto`.
 *
 * @module
 */
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { hmacSigner, type MacAlgorithm, type Signer, type Verifier } from '@itemseal/core'
import { aesKeyWrapper, type NodeSignatureAlgorithm, nodeCrypto, nodeSigner, nodeVerifier, rsaKeyWrapper } from '@itemseal/node'
import type { KeyTools } from './keys.ts'

/** Each factory refuses the names that it does not know. */
export const nodeKeyTools: KeyTools = {
  aesKeyWrapper: (algorithm, key) => aesKeyWrapper(key, algorithm === 'AES' ? 'AESWrap' : algorithm),
  rsaKeyWrapper,
  signer: (algorithm, key) =>
    algorithm.startsWith('Hmac') ? macKey(algorithm as MacAlgorithm, key) : nodeSigner(algorithm as NodeSignatureAlgorithm, key),
  verifier: (algorithm, key) => nodeVerifier(algorithm as NodeSignatureAlgorithm, key),
  publicFromPrivate(privateKey) {
    const publicKey = createPublicKey(createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }))
    return new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
  },
}

/** WebCrypto has no SHA-224: a key of it computes with Node's, whatever primitives the encryptor has. */
function macKey(algorithm: MacAlgorithm, key: Uint8Array): Signer & Verifier {
  const mac = hmacSigner(algorithm, key)
  if (algorithm !== 'HmacSHA224') return mac
  return { algorithm, sign: (data) => mac.sign(data, nodeCrypto), verify: (data, signature) => mac.verify(data, signature, nodeCrypto) }
}
