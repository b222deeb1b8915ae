/**
 * Algorithm suites: what an item's header fixes about its cryptography (structured-item-format, section 5).
 *
 * @module
 */
import type { Curve } from '../primitives.ts'
import type { DataKeyWrapping } from './edk-wrapping.ts'

/**
 * - `0x6700`, `ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_SYMSIG_HMAC_SHA384`: whoever can read an item can also have written it;
 * - `0x6701`, `ALG_AES_256_GCM_HKDF_SHA512_COMMIT_KEY_ECDSA_P384_SYMSIG_HMAC_SHA384`: signed by its writer besides. The peers'
 *   default; costs about a millisecond on each side.
 */
export type AlgorithmSuiteId = '0x6700' | '0x6701'

/** What differs between suites. */
export interface AlgorithmSuite {
  readonly id: string
  /** In bytes. */
  readonly dataKeyLength: number
  /** Without it a keyring's provider wraps a key made for the purpose, which wraps the data key (`edk-wrapping.ts`). */
  readonly wrapping?: DataKeyWrapping
  /** Of the signature's key. */
  readonly signatureCurve?: Curve
}

/** Those of the structured format. */
export const SUITES: Readonly<Record<AlgorithmSuiteId, AlgorithmSuite>> = {
  '0x6700': { id: '0x6700', dataKeyLength: 32 },
  '0x6701': { id: '0x6701', dataKeyLength: 32, signatureCurve: 'P-384' },
}
