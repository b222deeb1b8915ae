import { type Curve, type Hash, type KeyUse, type Primitives, type SecretKey, webCrypto } from '@itemseal/core'
import { nodeCrypto } from '@itemseal/node'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { PROVIDERS, SYNCHRONOUS } from './support/providers.ts'

const RUNS = { numRuns: 60 }
const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength })
const exactly = (length: number) => bytes(length, length)
const aesKey = fc.constantFrom(16, 24, 32).chain(exactly)
const value = fc.oneof(bytes(0, 100), bytes(0, 3000))
const hash = fc.constantFrom<Hash>('SHA-1', 'SHA-224', 'SHA-256', 'SHA-384', 'SHA-512')
const CURVES: Curve[] = ['P-256', 'P-384', 'P-521']
/** As SubjectPublicKeyInfo: OpenSSL takes it for a key, and Node 20 aborts the process that asks of what kind. */
const INFINITY: Readonly<Record<Curve, string>> = {
  'P-256': '3019301306072a8648ce3d020106082a8648ce3d03010703020000',
  'P-384': '3016301006072a8648ce3d020106052b8104002203020000',
  'P-521': '3016301006072a8648ce3d020106052b8104002303020000',
}
const nextTo = (curve: Curve): Curve => CURVES[(CURVES.indexOf(curve) + 1) % 3]!

/** The answer of each provider, to raw bytes and to its own handle of them. */
async function answers(
  use: KeyUse,
  raw: Uint8Array,
  step: (p: Primitives, key: SecretKey) => Uint8Array | Promise<Uint8Array>,
): Promise<Uint8Array[]> {
  const providers = Object.values(use === 'HMAC-SHA-224' ? SYNCHRONOUS : PROVIDERS)
  return Promise.all(providers.flatMap((p) => [step(p, raw), Promise.resolve(p.importKey(use, raw)).then((key) => step(p, key))]))
}

function expectAllEqual(results: readonly Uint8Array[]): void {
  for (const result of results) expect(result).toEqual(results[0])
}

describe('webCrypto, nobleCrypto and nodeCrypto agree', () => {
  test('on digests', async () => {
    await fc.assert(
      fc.asyncProperty(hash, value, async (hash, data) => {
        const providers = hash === 'SHA-224' ? SYNCHRONOUS : PROVIDERS
        expectAllEqual(await Promise.all(Object.values(providers).map((p) => p.digest(hash, data))))
      }),
      RUNS,
    )
  })

  test('all verify under a compressed point of P-384, and refuse what is none', async () => {
    const { privateKey, publicKey } = await nodeCrypto.ecdsaGenerate('P-384')
    const data = new Uint8Array(48)
    const signature = await nodeCrypto.ecdsaSign('P-384', privateKey, data)
    const x = publicKey.subarray(1, 49)
    const compressed = Uint8Array.of(2 + (publicKey.at(-1)! & 1), ...x)
    const negated = Uint8Array.of(3 - (publicKey.at(-1)! & 1), ...x)
    for (const [name, p] of Object.entries(PROVIDERS)) {
      const verified = async (key: Uint8Array) => p.ecdsaVerify('P-384', key, signature, data)
      expect(await verified(compressed), name).toBe(true)
      expect(await verified(negated), name).toBe(false)
      const none = [
        [],
        [0],
        [2],
        [2, ...x, 0],
        [5, ...x],
        [7, ...publicKey.subarray(1)],
        [2, ...new Uint8Array(48).fill(255)],
        [2, ...new Uint8Array(47), 1],
      ]
      for (const bytes of none) await expect(verified(Uint8Array.from(bytes)), name).rejects.toMatchObject({ code: 'MALFORMED' })
    }
  })

  test('on MACs', async () => {
    await fc.assert(
      fc.asyncProperty(hash, bytes(1, 200), value, async (hash, key, data) =>
        expectAllEqual(await answers(`HMAC-${hash}`, key, (p, handle) => p.hmac(hash, handle, data))),
      ),
      RUNS,
    )
  })

  test('on derived keys, for every hash, info of up to 1024 bytes, and no key at all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom<Hash>('SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'),
        bytes(0, 80),
        fc.oneof(bytes(0, 100), exactly(1024)),
        fc.integer({ min: 1, max: 500 }),
        async (hash, key, info, length) => expectAllEqual(await answers('HKDF', key, (p, handle) => p.hkdf(hash, handle, info, length))),
      ),
      RUNS,
    )
  })

  test('on AES-GCM', async () => {
    await fc.assert(
      fc.asyncProperty(aesKey, exactly(12), bytes(0, 200), value, async (key, iv, aad, plaintext) => {
        const encrypted = await answers('AES-GCM', key, (p, handle) => p.aesGcmEncrypt(handle, iv, aad, plaintext))
        expectAllEqual(encrypted)
        expectAllEqual([plaintext, ...(await answers('AES-GCM', key, (p, handle) => p.aesGcmDecrypt(handle, iv, aad, encrypted[0]!)))])
      }),
      RUNS,
    )
  })

  test('on AES-CBC of what is said to be padded already, but for the block of padding that nodeCrypto leaves away', async () => {
    const blocks = fc.nat(6).chain((count) => exactly(16 * count))
    await fc.assert(
      fc.asyncProperty(aesKey, exactly(16), fc.oneof(blocks, value), async (key, iv, plaintext) => {
        const [whole, ...others] = await answers('AES-CBC', key, (p, handle) => p.aesCbcEncrypt(handle, iv, plaintext, true))
        expect(whole).toEqual(await webCrypto.aesCbcEncrypt(key, iv, plaintext))
        const without = plaintext.length % 16 === 0 ? whole!.slice(0, plaintext.length) : whole
        expect(others).toEqual([whole, whole, whole, without, without])
      }),
      RUNS,
    )
  })

  test('on AES-CBC', async () => {
    await fc.assert(
      fc.asyncProperty(aesKey, exactly(16), value, async (key, iv, plaintext) => {
        const encrypted = await answers('AES-CBC', key, (p, handle) => p.aesCbcEncrypt(handle, iv, plaintext))
        expectAllEqual(encrypted)
        expectAllEqual([plaintext, ...(await answers('AES-CBC', key, (p, handle) => p.aesCbcDecrypt(handle, iv, encrypted[0]!)))])
      }),
      RUNS,
    )
  })

  test('on the keystream of AES-CTR, past the end of the counter too', async () => {
    const counter = fc.oneof(
      exactly(16),
      exactly(8).map((end) => new Uint8Array(16).fill(0xff).map((byte, i) => (i === 15 ? end[0]! : byte))),
    )
    await fc.assert(
      fc.asyncProperty(aesKey, counter, fc.integer({ min: 0, max: 2000 }), async (key, counter, length) =>
        expectAllEqual(await answers('AES-CTR', key, (p, handle) => p.aesCtrKeystream(handle, counter, length))),
      ),
      RUNS,
    )
  })

  test('on AES key wrap', async () => {
    const dataKey = fc.integer({ min: 2, max: 9 }).chain((blocks) => exactly(8 * blocks))
    await fc.assert(
      fc.asyncProperty(aesKey, dataKey, async (kek, key) => {
        const wrapped = await answers('AES-KW', kek, (p, handle) => p.aesKwWrap(handle, key))
        expectAllEqual(wrapped)
        expectAllEqual([key, ...(await answers('AES-KW', kek, (p, handle) => p.aesKwUnwrap(handle, wrapped[0]!)))])
      }),
      RUNS,
    )
  })

  test('on values of 100 KiB', async () => {
    const [key, iv, large] = [webCrypto.randomBytes(32), webCrypto.randomBytes(16), webCrypto.randomBytes(100 * 1024)]
    expectAllEqual(await Promise.all(Object.values(PROVIDERS).map((q) => q.digest('SHA-384', large))))
    expectAllEqual(await answers('HMAC-SHA-256', key, (q, handle) => q.hmac('SHA-256', handle, large)))
    expectAllEqual(await answers('AES-GCM', key, (q, handle) => q.aesGcmEncrypt(handle, iv.subarray(0, 12), large, large)))
    expectAllEqual(await answers('AES-CBC', key, (q, handle) => q.aesCbcEncrypt(handle, iv, large)))
    expectAllEqual(await answers('AES-CTR', key, (q, handle) => q.aesCtrKeystream(handle, iv, large.length)))
  })

  describe.each(CURVES)('on %s:', (curve) => {
    test('what one signs all verify, and no other data with it', async () => {
      for (const [name, signer] of Object.entries(PROVIDERS)) {
        const { privateKey, publicKey } = await signer.ecdsaGenerate(curve)
        const data = signer.randomBytes(100)
        const signature = await signer.ecdsaSign(curve, privateKey, data)
        expect(signature.length, name).toBe(2 * Math.ceil(Number(curve.slice(2)) / 8))
        for (const [reader, p] of Object.entries(PROVIDERS)) {
          expect(await p.ecdsaVerify(curve, publicKey, signature, data), `${reader} of ${name}`).toBe(true)
          expect(await p.ecdsaVerify(curve, publicKey, signature, data.subarray(1)), `${reader} of ${name}`).toBe(false)
          expect(await p.ecdsaVerify(curve, publicKey, signature.subarray(1), data), `${reader} of ${name}`).toBe(false)
          const flipped = signature.map((byte, i) => (i === 5 ? byte ^ 1 : byte))
          expect(await p.ecdsaVerify(curve, publicKey, flipped, data), `${reader} of ${name}`).toBe(false)
        }
      }
    })

    test('a private key in PKCS#8 signs in all, and every signature is another', async () => {
      const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: curve }, true, ['sign', 'verify'])
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
      const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
      const data = Uint8Array.of(1, 2, 3)
      const signatures = new Set<string>()
      for (const p of Object.values(PROVIDERS)) {
        for (let i = 0; i < 2; i++) {
          const signature = await p.ecdsaSign(curve, pkcs8, data)
          signatures.add(signature.join())
          for (const reader of Object.values(PROVIDERS)) expect(await reader.ecdsaVerify(curve, point, signature, data)).toBe(true)
        }
      }
      expect(signatures.size).toBe(6)
    })

    test('two key pairs share one secret, whoever made and whoever derives', async () => {
      const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: curve }, true, ['deriveBits'])
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
      const imported = await Promise.all(Object.values(PROVIDERS).map((p) => p.ecdhImport(curve, pkcs8)))
      expectAllEqual(imported.map(({ publicKey }) => publicKey))
      for (const p of Object.values(PROVIDERS)) {
        const ephemeral = await p.ecdhGenerate(curve)
        const theirs = await p.ecdhDerive(curve, ephemeral.privateKey, imported[0]!.publicKey)
        const ours = Object.values(PROVIDERS).map((q, i) => q.ecdhDerive(curve, imported[i]!.privateKey, ephemeral.publicKey))
        expectAllEqual([theirs, ...(await Promise.all(ours))])
        expect(theirs.length).toBe(Math.ceil(Number(curve.slice(2)) / 8))
      }
    })

    test('all have the same point of a public key in SubjectPublicKeyInfo, and none takes another', async () => {
      const { publicKey, privateKey } = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: curve }, true, ['deriveBits'])
      const spki = new Uint8Array(await crypto.subtle.exportKey('spki', publicKey))
      const point = new Uint8Array(await crypto.subtle.exportKey('raw', publicKey))
      const other = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: nextTo(curve) }, true, ['deriveBits'])
      const wrong = [
        new Uint8Array(await crypto.subtle.exportKey('spki', other.publicKey)),
        new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey)),
        spki.map((byte, i) => (i === spki.length - 1 ? byte ^ 1 : byte)),
        spki.map((byte, i) => (i === spki.length - point.length ? 5 : byte)),
        spki.map((byte, i) => (i === 4 ? byte ^ 1 : byte)),
        point,
        new Uint8Array(Buffer.from(INFINITY[curve], 'hex')),
      ]
      for (const [name, p] of Object.entries(PROVIDERS)) {
        const imported = await p.ecdhImportPublic(curve, spki)
        expect(imported, name).toEqual(point)
        expect(imported.buffer, name).not.toBe(spki.buffer)
        // OpenSSL knows a third form of points: it is read as what it is, or not at all.
        const hybrid = spki.map((byte, i) => (i === spki.length - point.length ? 6 + (point.at(-1)! & 1) : byte))
        expect(await (async () => p.ecdhImportPublic(curve, hybrid))().catch(() => point), name).toEqual(point)
        for (const bytes of [...wrong, ...Array.from({ length: spki.length }, (_, i) => spki.subarray(0, i))])
          await expect((async () => p.ecdhImportPublic(curve, bytes))(), `${name}: ${bytes.length} bytes`).rejects.toThrow()
      }
    })

    test('none takes a public key that is not on the curve, or none of the full form', async () => {
      for (const [name, p] of Object.entries(PROVIDERS)) {
        const { privateKey, publicKey } = await p.ecdhGenerate(curve)
        const off = publicKey.map((byte, i) => (i === publicKey.length - 1 ? byte ^ 1 : byte))
        const derive = async (point: Uint8Array) => p.ecdhDerive(curve, privateKey, point)
        await expect(derive(off), name).rejects.toThrow()
        await expect(derive(publicKey.subarray(1)), name).rejects.toThrow()
        await expect(derive(new Uint8Array(publicKey.length)), name).rejects.toThrow()
        await expect(derive(new Uint8Array(0)), name).rejects.toThrow()
        await expect((async () => p.ecdsaVerify(curve, off, new Uint8Array(2), off))(), name).rejects.toThrow()
      }
    })

    test('none takes a private key of another curve', async () => {
      const other = nextTo(curve)
      const { privateKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: other }, true, ['sign', 'verify'])
      const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
      for (const [name, p] of Object.entries(PROVIDERS)) {
        await expect((async () => p.ecdsaSign(curve, pkcs8, pkcs8))(), name).rejects.toThrow()
        await expect((async () => p.ecdhImport(curve, pkcs8))(), name).rejects.toThrow()
      }
    })
  })
})
