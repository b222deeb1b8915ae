/**
 * The ECDH keyring, wherever the private key lives (materials-and-keyrings, 2.3; layout: `ecdh-wrapping.ts`).
 *
 * @module
 */
import { constantTimeEqual } from '../bytes.ts'
import { CURVES, compressPoint, decompressPoint } from '../ec-point.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Curve, MaybePromise, StructuredPrimitives } from '../primitives.ts'
import { ECDH_PROVIDERS, parseEcdhInfo, serializeEcdhInfo, unwrapUnderEcdh, wrapUnderEcdh } from './ecdh-wrapping.ts'
import { addDataKey, openDataKey } from './edk-wrapping.ts'
import { firstOpened, type Keyring } from './keyring.ts'

/** Who holds a private key. Public keys are full points. */
export interface EcdhParty {
  readonly publicKey: Uint8Array
  /** The secret shared with the holder of a public key, in bytes that may be overwritten. */
  agree(peer: Uint8Array): MaybePromise<Uint8Array>
}

/** For `ecdhKeyring`. */
export interface EcdhKeyringParts {
  /** How errors call it. */
  readonly who: string
  readonly curve: Curve
  /** Of what it writes; it reads the data keys of all in `ECDH_PROVIDERS`. */
  readonly keyProviderId: string
  /** The public key of the one it writes to, and the only one it reads from. Without it, it only reads, from everybody. */
  readonly other: Uint8Array | undefined
  /** Asked for each data key that is written. */
  readonly writer: (p: StructuredPrimitives) => MaybePromise<EcdhParty>
  /** Asked for each data key that is of this curve. Without it, it only writes. */
  readonly reader: ((p: StructuredPrimitives) => MaybePromise<EcdhParty>) | undefined
}

/** Writes to the other, and reads what either of the two wrote to the other; with no other, what anybody wrote to the reader. */
export function ecdhKeyring({ who, curve, keyProviderId, other, writer, reader }: EcdhKeyringParts): Keyring {
  const theirs = other && compressPoint(other)

  return {
    onEncrypt: (materials, p) =>
      addDataKey(materials, p, async (key) => {
        if (!other || !theirs) throw new ItemCryptoError('CONFIGURATION', `${who}: schema discovery cannot encrypt`)
        const party = await writer(p)
        const parties = { sender: compressPoint(party.publicKey), recipient: theirs }
        const agreement = { curve, parties, secret: await party.agree(other) }
        const ciphertext = await wrapUnderEcdh(p, agreement, materials.encryptionContext, key)
        return { keyProviderId, keyProviderInfo: serializeEcdhInfo(parties), ciphertext }
      }),

    async onDecrypt(materials, keys, p) {
      if (!reader) throw new ItemCryptoError('CONFIGURATION', `${who}: schema ephemeral cannot decrypt`)
      return firstOpened(who, materials, keys, async (edk) => {
        if (!ECDH_PROVIDERS.includes(edk.keyProviderId)) return undefined
        const parties = parseEcdhInfo(curve, edk.keyProviderInfo)
        if (!parties) return undefined
        const { sender, recipient } = parties
        const party = await reader(p)
        const mine = compressPoint(party.publicKey)
        const isFrom = (from: Uint8Array, to: Uint8Array) => constantTimeEqual(sender, from) && constantTimeEqual(recipient, to)
        if (!isFrom(theirs ?? sender, mine) && !isFrom(mine, theirs ?? mine)) return undefined
        return openDataKey(materials, p, edk, async (wrapped) => {
          const secret = await party.agree(other ?? decompressPoint(CURVES[curve], sender))
          return unwrapUnderEcdh(p, { curve, parties, secret }, materials.encryptionContext, wrapped)
        })
      })
    },
  }
}
