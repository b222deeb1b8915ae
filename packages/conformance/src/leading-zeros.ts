/**
 * Data keys that begin with zeros, under RSA: WebKitGTK's WebCrypto gives them back without, one key in 256.
 *
 * @module
 */
import { fromBase64, toBase64 } from '@itemseal/core'
import { type OwnVectors, resolved } from './own.ts'
import type { Case } from './suite.ts'

const LENGTHS = [16, 24, 32]
const ZEROS = [0, 1, 2, 5, 7]

/** For each padding of raw RSA keyrings that the vectors have a key pair for: such keys go in, and must come out. */
export function leadingZeroCases(vectors: readonly OwnVectors[]): Case[] {
  const pairs = new Map<string, { publicKey: Uint8Array; privateKey: Uint8Array }>()
  for (const config of vectors.flatMap(({ keys = {}, cases }) => cases.map(({ config }) => resolved(config.keys, keys)))) {
    const { keyring, padding, publicKey, privateKey } = config as Readonly<Record<string, unknown>>
    if (keyring !== 'raw-rsa' || typeof publicKey !== 'string' || typeof privateKey !== 'string') continue
    pairs.set(String(padding), { publicKey: der(publicKey), privateKey: der(privateKey) })
  }
  return [...pairs].flatMap(([algorithm, pair]) =>
    LENGTHS.flatMap((length) =>
      ZEROS.map((zeros) => ({
        title: `${algorithm}: a key of ${length} bytes, ${zeros} of them zeros at its beginning`,
        async run({ primitives, tools }) {
          const wrapper = tools.rsaKeyWrapper({ algorithm, allowPkcs1: algorithm === 'PKCS1', ...pair })
          const key = new Uint8Array(length).fill(0xa5, zeros)
          const back = await wrapper.unwrap(await wrapper.wrap(key, primitives), algorithm, primitives)
          if (toBase64(back) !== toBase64(key)) throw new Error('another key came back')
          return 'written'
        },
      })),
    ),
  )
}

function der(pem: string): Uint8Array {
  return fromBase64(pem.replace(/-----[^-]+-----|\s/g, ''))
}
