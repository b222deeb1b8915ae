import type { DecryptionMaterials, EncryptionMaterials, Keyring } from '../../src/materials/index.ts'
import { type AlgorithmSuite, directWrapping, type EncryptionContext, SUITES } from '../../src/materials/index.ts'
import type { Primitives } from '../../src/primitives.ts'

export const CONTEXT: EncryptionContext = { 'aws-crypto-table-name': 'T', a: '1' }
export const DIRECT: AlgorithmSuite = { id: 'direct', dataKeyLength: 16, wrapping: directWrapping, signatureCurve: 'P-384' }

export function emptyEncryption(encryptionContext: EncryptionContext = CONTEXT, suite = SUITES['0x6700']): EncryptionMaterials {
  return { suite, encryptionContext, requiredContextKeys: [], encryptedDataKeys: [], symmetricSigningKeys: [] }
}

export function emptyDecryption(encryptionContext: EncryptionContext = CONTEXT, suite = SUITES['0x6700']): DecryptionMaterials {
  return { suite, encryptionContext, requiredContextKeys: [] }
}

/** What a keyring makes for a new item, and what another makes of that. */
export async function passOn(
  p: Primitives,
  from: Keyring,
  to: Keyring,
): Promise<{ made: EncryptionMaterials; opened: DecryptionMaterials }> {
  const made = await from.onEncrypt(emptyEncryption(), p)
  return { made, opened: await to.onDecrypt(emptyDecryption(), made.encryptedDataKeys, p) }
}
