/**
 * Data keys that providers wrap themselves, without an intermediate key: for suites of the AWS Encryption SDK, whose keyrings
 * are the same (materials-and-keyrings, 1.5). There is no symmetric signing key.
 *
 * @module
 */
import { type DataKeyWrapping, ofLength } from './edk-wrapping.ts'

/** For `AlgorithmSuite`. */
export const directWrapping: DataKeyWrapping = {
  async add(materials, dataKey, wrap) {
    const { key = dataKey, ...wrapped } = await wrap(new Uint8Array(dataKey))
    return { ...materials, plaintextDataKey: key, encryptedDataKeys: [...materials.encryptedDataKeys, wrapped] }
  },

  async open(materials, ciphertext, unwrap) {
    return { ...materials, plaintextDataKey: ofLength(materials.suite.dataKeyLength, await unwrap(ciphertext)) }
  },
}
