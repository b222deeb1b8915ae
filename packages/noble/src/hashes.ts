/**
 * The hash functions, by the names that primitives use.
 *
 * @module
 */
import type { Hash } from '@itemseal/core'
import { sha1 } from '@noble/hashes/legacy.js'
import { sha224, sha256, sha384, sha512 } from '@noble/hashes/sha2.js'
import type { CHash } from '@noble/hashes/utils.js'

export const HASHES: Readonly<Record<Hash, CHash>> = {
  'SHA-1': sha1,
  'SHA-224': sha224,
  'SHA-256': sha256,
  'SHA-384': sha384,
  'SHA-512': sha512,
}
