/**
 * The key derivation of NIST SP 800-108 in counter mode with HMAC (materials-and-keyrings, 2.9).
 *
 *     block i = HMAC(key, i ‖ label ‖ 00 ‖ context ‖ bits)      i from 1 and bits: uint32
 *
 * @module
 */
import { concat, uint } from '../bytes.ts'
import type { Hash, SecretKey, StructuredPrimitives } from '../primitives.ts'

/**
 * @param key imported for `HMAC-${hash}` if it serves more than once.
 * @param length at most two hashes long: nobody here wants more.
 */
export async function counterKdf(
  p: StructuredPrimitives,
  hash: Hash,
  key: SecretKey,
  label: Uint8Array,
  context: Uint8Array,
  length: number,
): Promise<Uint8Array> {
  const rest = concat(label, Uint8Array.of(0), context, uint(8 * length, 4))
  const block = (i: number) => p.hmac(hash, key, concat(uint(i, 4), rest))
  const first = await block(1)
  return (first.length < length ? concat(first, await block(2)) : first).slice(0, length)
}
