import { generateKeyPairSync, type KeyObject } from 'node:crypto'

/** A new key pair as DER: SubjectPublicKeyInfo and PKCS#8. */
export function rsaKeyPair(): { publicKey: Buffer; privateKey: Buffer } {
  return exported(generateKeyPairSync('rsa', { modulusLength: 2048 }))
}

export function ecKeyPair(namedCurve: string): { publicKey: Buffer; privateKey: Buffer } {
  return exported(generateKeyPairSync('ec', { namedCurve }))
}

function exported({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): { publicKey: Buffer; privateKey: Buffer } {
  return { publicKey: publicKey.export({ format: 'der', type: 'spki' }), privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }) }
}
