import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Curve } from '../../src/primitives.ts'

/** SubjectPublicKeyInfo and PKCS#8, both DER. */
export interface DerKeys {
  readonly publicKey: Uint8Array
  readonly privateKey: Uint8Array
}

export function ecKeys(namedCurve: Curve): DerKeys {
  return der(generateKeyPairSync('ec', { namedCurve }))
}

export function rsaKeys(): DerKeys {
  return der(generateKeyPairSync('rsa', { modulusLength: 2048 }))
}

function der({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }): DerKeys {
  return {
    publicKey: new Uint8Array(publicKey.export({ type: 'spki', format: 'der' })),
    privateKey: new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' })),
  }
}
