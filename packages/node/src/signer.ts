/**
 * Signing keys over `node:crypto`: RSA and ECDSA with every hash that the Java client has, SHA-224 included.
 *
 * @module
 */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'
import { ItemCryptoError, type Signer, type Verifier } from '@itemseal/core'

/** Java's names. ECDSA signatures are DER, unless the name says otherwise. */
export type NodeSignatureAlgorithm = `SHA${1 | 224 | 256 | 384 | 512}with${'RSA' | 'ECDSA' | 'ECDSAinP1363Format'}`

const ALGORITHM = /^SHA(1|224|256|384|512)with(RSA|ECDSA)(inP1363Format)?$/

/**
 * Signs with a private key: PKCS#8 DER, or a `KeyObject`.
 *
 * @throws `CONFIGURATION` for an unknown algorithm, or a key that is not of its kind.
 */
export function nodeSigner(algorithm: NodeSignatureAlgorithm, privateKey: Uint8Array | KeyObject): Signer {
  const { hash, dsaEncoding, kind } = parameters(algorithm)
  const key = checked('private', kind, () =>
    privateKey instanceof Uint8Array ? createPrivateKey({ key: Buffer.from(privateKey), format: 'der', type: 'pkcs8' }) : privateKey,
  )
  return { algorithm, sign: (data) => new Uint8Array(sign(hash, data, { key, dsaEncoding })) }
}

/**
 * Verifies with a public key: SubjectPublicKeyInfo DER, or a `KeyObject`.
 *
 * @throws `CONFIGURATION` for an unknown algorithm, or a key that is not of its kind.
 */
export function nodeVerifier(algorithm: NodeSignatureAlgorithm, publicKey: Uint8Array | KeyObject): Verifier {
  const { hash, dsaEncoding, kind } = parameters(algorithm)
  const key = checked('public', kind, () =>
    publicKey instanceof Uint8Array ? createPublicKey({ key: Buffer.from(publicKey), format: 'der', type: 'spki' }) : publicKey,
  )
  return { algorithm, verify: (data, signature) => verify(hash, data, { key, dsaEncoding }, signature) }
}

function parameters(algorithm: string): { hash: string; kind: 'rsa' | 'ec'; dsaEncoding: 'der' | 'ieee-p1363' } {
  const match = ALGORITHM.exec(algorithm)
  if (match === null || (match[2] === 'RSA' && match[3] !== undefined))
    throw new ItemCryptoError('CONFIGURATION', 'signature algorithm: one such as SHA256withRSA or SHA384withECDSA is wanted')
  return { hash: `sha${match[1]}`, kind: match[2] === 'RSA' ? 'rsa' : 'ec', dsaEncoding: match[3] === undefined ? 'der' : 'ieee-p1363' }
}

function checked(half: 'public' | 'private', kind: 'rsa' | 'ec', make: () => KeyObject): KeyObject {
  let key: KeyObject | undefined
  let cause: unknown
  try {
    key = make()
  } catch (error) {
    cause = error
  }
  if (key?.asymmetricKeyType !== kind || (half === 'private' && key.type !== 'private'))
    throw new ItemCryptoError('CONFIGURATION', `not a ${half} ${kind === 'rsa' ? 'RSA' : 'ECDSA'} key`, { cause })
  return key
}
