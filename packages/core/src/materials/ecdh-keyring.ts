/**
 * The ECDH keyring, wherever the private key lives (materials-and-keyrings, 2.3; layout: `ecdh-wrapping.ts`).
 *
 * @module
 */
import { constantTimeEqual } from '../bytes.ts'
import { compressPoint, curveThrough, decompressPoint } from '../ec-point.ts'
import { ItemCryptoError } from '../errors.ts'
import type { Curve, EcdhPrimitives, MaybePromise, Primitives, StructuredPrimitives } from '../primitives.ts'
import { ecdhWebCrypto } from '../webcrypto.ts'
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
  /** Gives the public key of the one it writes to, and the only one it reads from. Without it, it only reads, from everybody. */
  readonly other: ((p: StructuredPrimitives) => MaybePromise<Uint8Array>) | undefined
  /** Asked for each data key that is written. */
  readonly writer: (p: StructuredPrimitives) => MaybePromise<EcdhParty>
  /** Asked for each item that is read. Without it, it only writes. */
  readonly reader: ((p: StructuredPrimitives) => MaybePromise<EcdhParty>) | undefined
}

/** Writes to the other, and reads what either of the two wrote to the other; with no other, what anybody wrote to the reader. */
export function ecdhKeyring({ who, curve, keyProviderId, other, writer, reader }: EcdhKeyringParts): Keyring {
  return {
    onEncrypt: (materials, p) =>
      addDataKey(materials, p, async (key) => {
        if (!other) throw new ItemCryptoError('CONFIGURATION', `${who}: schema discovery cannot encrypt`)
        const [party, point] = await Promise.all([writer(p), other(p)])
        const parties = { sender: compressPoint(party.publicKey), recipient: compressPoint(point) }
        const agreement = { curve, parties, secret: await party.agree(point) }
        const ciphertext = await wrapUnderEcdh(p, agreement, materials.encryptionContext, key)
        return { keyProviderId, keyProviderInfo: serializeEcdhInfo(parties), ciphertext }
      }),

    async onDecrypt(materials, keys, p) {
      if (!reader) throw new ItemCryptoError('CONFIGURATION', `${who}: schema ephemeral cannot decrypt`)
      const ours = keys.filter(({ keyProviderId }) => ECDH_PROVIDERS.includes(keyProviderId))
      const [party, point] = ours.length > 0 ? await Promise.all([reader(p), other?.(p)]) : [] // before any is opened: their errors are their own
      return firstOpened(who, materials, ours, async (edk) => {
        const parties = parseEcdhInfo(curve, edk.keyProviderInfo)
        if (!parties || !party) return undefined
        const { sender, recipient } = parties
        const mine = compressPoint(party.publicKey)
        const theirs = point ? compressPoint(point) : sender
        const isFrom = (from: Uint8Array, to: Uint8Array) => constantTimeEqual(sender, from) && constantTimeEqual(recipient, to)
        if (!isFrom(theirs, mine) && !isFrom(mine, theirs)) return undefined
        return openDataKey(materials, p, edk, async (wrapped) => {
          const secret = await party.agree(point ?? decompressPoint(curveThrough(curve, party.publicKey), sender))
          return unwrapUnderEcdh(p, { curve, parties, secret }, materials.encryptionContext, wrapped)
        })
      })
    },
  }
}

/** What a structured bundle holds unasked is without ECDH: these keyrings bring that of WebCrypto. */
export function ecdhOf(p: StructuredPrimitives | Primitives): EcdhPrimitives {
  return 'ecdhDerive' in p ? p : ecdhWebCrypto
}

/**
 * The full point of a public key in SubjectPublicKeyInfo, as `importedKey` imports it.
 *
 * @param title how errors call the key.
 */
export function importedPublicKey(title: string, curve: Curve, spki: Uint8Array): (p: StructuredPrimitives) => Promise<Uint8Array> {
  return importedKey(spki, `${title}: not SubjectPublicKeyInfo DER of ${curve}`, (p, key) => ecdhOf(p).ecdhImportPublic(curve, key))
}

/** What becomes of a key, which is copied now and imported at first use, once for each provider. @throws `CONFIGURATION` saying the problem. */
export function importedKey<T>(
  key: Uint8Array,
  problem: string,
  load: (p: StructuredPrimitives, key: Uint8Array) => MaybePromise<T>,
): (p: StructuredPrimitives) => Promise<T> {
  if (!(key instanceof Uint8Array)) throw new ItemCryptoError('CONFIGURATION', problem)
  const raw = new Uint8Array(key)
  const loaded = new WeakMap<StructuredPrimitives, Promise<T>>()
  const attempt = async (p: StructuredPrimitives) => {
    try {
      return await load(p, raw)
    } catch (cause) {
      throw new ItemCryptoError('CONFIGURATION', problem, { cause })
    }
  }
  return (p) => {
    const result = loaded.get(p) ?? attempt(p)
    loaded.set(p, result)
    return result
  }
}
