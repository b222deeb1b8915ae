import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import {
  ecdsaSigner,
  ecdsaVerifier,
  webCrypto as p,
  rsaSigner as rsaSignerOfCore,
  rsaVerifier as rsaVerifierOfCore,
  type Signer,
  type Verifier,
} from '@itemseal/core'
import { type RsaSignatureAlgorithm, rsaSigner, rsaVerifier } from '@itemseal/noble/rsa'
import { describe, expect, test } from 'vitest'
import { nodeSigner, nodeVerifier } from '../src/index.ts'
import { withCode } from './support/expect-error.ts'

const data = p.randomBytes(100)
const der = ({ publicKey, privateKey }: { publicKey: KeyObject; privateKey: KeyObject }) => ({
  publicKey: new Uint8Array(publicKey.export({ format: 'der', type: 'spki' })),
  privateKey: new Uint8Array(privateKey.export({ format: 'der', type: 'pkcs8' })),
})
const rsa = der(generateKeyPairSync('rsa', { modulusLength: 2048 }))
const HASHES = [1, 224, 256, 384, 512] as const

async function expectAgreement(signers: readonly Signer[], verifiers: readonly Verifier[]): Promise<void> {
  for (const signer of signers) {
    const signature = await signer.sign(data, p)
    for (const verifier of verifiers) {
      expect(verifier.algorithm).toBe(signer.algorithm)
      expect(await verifier.verify(data, signature, p)).toBe(true)
      expect(await verifier.verify(data.subarray(1), signature, p)).toBe(false)
      for (const at of [0, 3, signature.length - 1]) {
        const flipped = signature.map((byte, i) => (i === at ? byte ^ 1 : byte))
        expect(await verifier.verify(data, flipped, p), `byte ${at}`).toBe(false)
      }
      for (const length of [0, 1, signature.length - 1])
        expect(await verifier.verify(data, signature.subarray(0, length), p), `cut to ${length} bytes`).toBe(false)
      expect(await verifier.verify(data, new Uint8Array([...signature, 0]), p)).toBe(false)
      expect(await verifier.verify(data, new Uint8Array(signature.length), p)).toBe(false)
      expect(await verifier.verify(data, new Uint8Array(signature.length).fill(0xff), p)).toBe(false)
    }
  }
}

describe('signatures', () => {
  test.each(HASHES)('by RSA and SHA-%i are the same by node and by noble, and by WebCrypto where it has them', async (hash) => {
    const algorithm: RsaSignatureAlgorithm = `SHA${hash}withRSA`
    const ofCore = algorithm === 'SHA224withRSA' ? undefined : algorithm
    const signers = [nodeSigner(algorithm, rsa.privateKey), rsaSigner(algorithm, rsa.privateKey)]
    const verifiers = [nodeVerifier(algorithm, rsa.publicKey), rsaVerifier(algorithm, rsa.publicKey)]
    if (ofCore) signers.push(rsaSignerOfCore(ofCore, rsa.privateKey))
    if (ofCore) verifiers.push(rsaVerifierOfCore(ofCore, rsa.publicKey))
    await expectAgreement(signers, verifiers)
    const signatures = await Promise.all(signers.map((signer) => signer.sign(data, p)))
    for (const signature of signatures) expect(signature).toEqual(signatures[0])
  })

  test.each(['P-256', 'P-384', 'P-521'] as const)('by ECDSA on %s are understood by node and by core, in both encodings', async (curve) => {
    const ec = der(generateKeyPairSync('ec', { namedCurve: curve }))
    for (const hash of [1, 256, 384, 512] as const) {
      for (const algorithm of [`SHA${hash}withECDSA`, `SHA${hash}withECDSAinP1363Format`] as const)
        await expectAgreement(
          [nodeSigner(algorithm, ec.privateKey), ecdsaSigner(algorithm, curve, ec.privateKey)],
          [nodeVerifier(algorithm, ec.publicKey), ecdsaVerifier(algorithm, curve, ec.publicKey)],
        )
    }
    for (const algorithm of ['SHA224withECDSA', 'SHA224withECDSAinP1363Format'] as const)
      await expectAgreement([nodeSigner(algorithm, ec.privateKey)], [nodeVerifier(algorithm, ec.publicKey)])
  })

  test('are not made with unknown algorithms', () => {
    for (const algorithm of ['MD5withRSA', 'NONEwithRSA', 'SHA256withRSAinP1363Format', 'SHA256', '__proto__', '']) {
      expect(() => nodeSigner(algorithm as never, rsa.privateKey), algorithm).toThrow(withCode('CONFIGURATION', 'algorithm'))
      expect(() => nodeVerifier(algorithm as never, rsa.publicKey), algorithm).toThrow(withCode('CONFIGURATION', 'algorithm'))
      expect(() => rsaSigner(algorithm as never, rsa.privateKey), algorithm).toThrow(withCode('CONFIGURATION', 'algorithm'))
      expect(() => rsaVerifier(algorithm as never, rsa.publicKey), algorithm).toThrow(withCode('CONFIGURATION', 'algorithm'))
    }
  })

  test('are not made with keys of another kind, or the other half', () => {
    const ec = der(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
    const signers = [nodeSigner, rsaSigner]
    const verifiers = [nodeVerifier, rsaVerifier]
    for (const wrong of [ec.privateKey, rsa.publicKey, new Uint8Array(3)])
      for (const make of signers) expect(() => make('SHA256withRSA', wrong)).toThrow(withCode('CONFIGURATION'))
    for (const wrong of [ec.publicKey, rsa.privateKey, new Uint8Array(3)])
      for (const make of verifiers) expect(() => make('SHA256withRSA', wrong)).toThrow(withCode('CONFIGURATION'))
    expect(() => nodeSigner('SHA256withECDSA', rsa.privateKey)).toThrow(withCode('CONFIGURATION'))
  })

  test('by noble need a key that is long enough for the hash', () => {
    const short = der(generateKeyPairSync('rsa', { modulusLength: 512 }))
    expect(() => rsaSigner('SHA512withRSA', short.privateKey)).toThrow(withCode('CONFIGURATION', 'short'))
    expect(() => rsaVerifier('SHA512withRSA', short.publicKey)).toThrow(withCode('CONFIGURATION', 'short'))
  })
})
