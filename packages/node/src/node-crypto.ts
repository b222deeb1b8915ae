/**
 * `nodeCrypto`: the primitives over `node:crypto`, synchronous.
 *
 * @module
 */
import * as crypto from 'node:crypto'
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  ECDH,
  generateKeyPairSync,
  hkdfSync,
  KeyObject,
  randomFillSync,
  sign,
  verify,
  type webcrypto,
} from 'node:crypto'
import { type Curve, type Hash, ItemCryptoError, type KeyPair, type Primitives, type SecretKey } from '@itemseal/core'

const HASHES: Readonly<Record<Hash, string>> = {
  'SHA-1': 'sha1',
  'SHA-224': 'sha224',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
}
const ECDSA_HASH: Readonly<Record<Curve, string>> = { 'P-256': 'sha256', 'P-384': 'sha384', 'P-521': 'sha512' }
const NAMED_CURVE: Readonly<Record<Curve, string>> = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' }
/** What stands before the uncompressed point in a SubjectPublicKeyInfo. */
const SPKI: Readonly<Record<Curve, Uint8Array>> = {
  'P-256': fromHex('3059301306072a8648ce3d020106082a8648ce3d030107034200'),
  'P-384': fromHex('3076301006072a8648ce3d020106052b81040022036200'),
  'P-521': fromHex('30819b301006072a8648ce3d020106052b8104002303818600'),
}
/** How points begin. */
const FULL = 4
const COMPRESSED: readonly unknown[] = [2, 3]
const KW_IV = new Uint8Array(8).fill(0xa6)
/** These versions take twenty microseconds to use bytes as a key, and one to make a handle of them. */
const RAW_IS_SLOW = /^v2[345]\./.test(process.version)
/** An encoding like all of Node's; types leave it out for digests, whose length might be odd, but none is. */
const UTF16 = 'utf16le' as 'binary'
const NO_SALT = new Uint8Array(0)
const TAG = 16
const BLOCK = 16
const MIN_WRAP = 16

/**
 * A private key made here. Node 20 must not be asked for the curve of such a key, nor for its JWK: it allocates while it holds the
 * key's lock, and if that collects the job that made the key, the job waits for the same lock, for ever.
 */
interface MadeKey {
  readonly type: 'private'
  readonly curve: Curve
  readonly key: KeyObject
}

/**
 * A provider over `node:crypto`. Every call is synchronous and several times faster than WebCrypto's on values of the size
 * of attributes. Takes raw bytes, its own handles (`KeyObject`), and `CryptoKey`s (of those that are not extractable, Node 24
 * and later warn once that they will not be taken for ever). Every result is in memory of its own; what `aesCbcDecrypt` gives has its padding behind it there.
 *
 * What fails because of a key, tag or padding fails with Node's errors, as the interface allows. A handle guards against
 * accidents only: whoever has it can export the key.
 *
 * @example
 * const encryptor = classicItemEncryptor({ tableName: 'people', partitionKey: 'id', provider, primitives: nodeCrypto })
 */
export const nodeCrypto: Primitives = {
  randomBytes: (length) => randomFillSync(new Uint8Array(length)),

  importKey: (_, raw) => createSecretKey(raw),

  digest,

  hmac: (hash, key, data) => fromUtf16(createHmac(HASHES[hash], secret(key)).update(data).digest(UTF16)),

  hkdf: (hash, key, info, length) => new Uint8Array(hkdfSync(HASHES[hash], secret(key), NO_SALT, info, length)),

  aesGcmEncrypt(key, iv, aad, plaintext) {
    const { name, handle } = aes(key, 'gcm')
    const cipher = createCipheriv(name as 'aes-256-gcm', handle, iv, { authTagLength: TAG }).setAAD(aad)
    const ciphertext = cipher.update(plaintext)
    cipher.final() // nothing is left over in this mode
    return joined(ciphertext, cipher.getAuthTag())
  },

  aesGcmDecrypt(key, iv, aad, ciphertext) {
    if (ciphertext.length < TAG) throw new Error('shorter than a tag')
    const { name, handle } = aes(key, 'gcm')
    const decipher = createDecipheriv(name as 'aes-256-gcm', handle, iv, { authTagLength: TAG }).setAAD(aad)
    decipher.setAuthTag(ciphertext.subarray(-TAG))
    return joined(decipher.update(ciphertext.subarray(0, -TAG)), decipher.final())
  },

  aesCbcEncrypt(key, iv, plaintext, isPadded) {
    const { name, handle } = aes(key, 'cbc')
    const cipher = createCipheriv(name, handle, iv)
    const blocks = cipher.update(plaintext)
    return isPadded && blocks.length === plaintext.length ? view(blocks) : joined(blocks, cipher.final())
  },

  aesCbcDecrypt(key, iv, ciphertext) {
    if (ciphertext.length === 0 || ciphertext.length % BLOCK > 0) throw new Error('not whole blocks')
    const { name, handle } = aes(key, 'cbc')
    // OpenSSL would hold the last block back to look at the padding: then all must be copied once more.
    return unpadded(createDecipheriv(name, handle, iv).setAutoPadding(false).update(ciphertext))
  },

  aesCtrKeystream(key, counter, length) {
    const { name, handle } = aes(key, 'ctr')
    return view(createCipheriv(name, handle, counter).update(new Uint8Array(length)))
  },

  aesKwWrap(wrappingKey, key) {
    if (key.length < MIN_WRAP) throw new Error('too short to wrap')
    const { bits, handle } = aes(wrappingKey, 'wrap')
    const cipher = createCipheriv(`id-aes${bits}-wrap`, handle, KW_IV)
    return joined(cipher.update(key), cipher.final())
  },

  aesKwUnwrap(wrappingKey, wrapped) {
    if (wrapped.length < MIN_WRAP) throw new Error('too short to unwrap') // OpenSSL makes nothing of nothing, without a word
    const { bits, handle } = aes(wrappingKey, 'wrap')
    const decipher = createDecipheriv(`id-aes${bits}-wrap`, handle, KW_IV)
    return joined(decipher.update(wrapped), decipher.final())
  },

  ecdsaGenerate: keyPair,

  ecdsaSign: (curve, privateKey, data) =>
    view(sign(ECDSA_HASH[curve], data, { key: privateKeyOf(curve, privateKey), dsaEncoding: 'ieee-p1363' })),

  ecdsaVerify: (curve, publicKey, signature, data) =>
    verify(ECDSA_HASH[curve], data, { key: verificationKeyOf(curve, publicKey), dsaEncoding: 'ieee-p1363' }, signature),

  ecdhGenerate: keyPair,

  ecdhImport(curve, privateKey) {
    const key = privateKeyOf(curve, privateKey)
    return { privateKey: key, publicKey: pointOf(curve, key) }
  },

  ecdhImportPublic(curve, spki) {
    const head = SPKI[curve]
    const point = new Uint8Array(spki.subarray(head.length))
    // Only this form is given to OpenSSL: it knows others, and Node 20 aborts when it is asked of a point at infinity.
    if (Buffer.compare(spki.subarray(0, head.length), head) !== 0 || point[0] !== FULL) throw new Error('not a public key of this curve')
    publicKeyOf(curve, point) // throws for what is not on the curve
    return point
  },

  ecdhDerive: (curve, privateKey, publicKey) =>
    view(diffieHellman({ privateKey: privateKeyOf(curve, privateKey), publicKey: publicKeyOf(curve, publicKey) })),
}

/** `hash` spares an object, where this Node has it (20.12, 21.7 and later); to import it by name would not link elsewhere. */
function digest(hash: Hash, data: Uint8Array): Uint8Array {
  const name = HASHES[hash]
  return fromUtf16(crypto.hash === undefined ? createHash(name).update(data).digest(UTF16) : crypto.hash(name, data, UTF16))
}

/** A short result by way of text, which Node makes in half the time of a Buffer, and with two bytes in each unit it is half as long. */
function fromUtf16(text: string): Uint8Array {
  const bytes = new Uint8Array(2 * text.length)
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    bytes[2 * i] = unit
    bytes[2 * i + 1] = unit >> 8
  }
  return bytes
}

function keyPair(curve: Curve): KeyPair {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: NAMED_CURVE[curve] })
  const privateKey: MadeKey = { type: 'private', curve, key }
  return { privateKey, publicKey: pointOf(curve, key) }
}

function aes(key: SecretKey, mode: string): { name: string; bits: number; handle: KeyObject | Uint8Array } {
  const handle = secret(key)
  const bits = 8 * (handle instanceof Uint8Array ? handle.length : handle.symmetricKeySize!) // a secret key has a size
  return { name: `aes-${bits}-${mode}`, bits, handle }
}

/** Bytes as they are, which is fastest, but where Node is slow with them. */
function secret(key: SecretKey): KeyObject | Uint8Array {
  if (key instanceof Uint8Array) return RAW_IS_SLOW ? createSecretKey(key) : key
  return handleOf(key)
}

function handleOf(key: SecretKey): KeyObject {
  if (key instanceof KeyObject) return key
  return KeyObject.from(key as webcrypto.CryptoKey) // what is left of the kinds that Node knows; it throws for others
}

function privateKeyOf(curve: Curve, key: SecretKey): KeyObject {
  if ('curve' in key) return checked(curve, key.curve, (key as MadeKey).key) // no other handle has one
  if (!(key instanceof Uint8Array)) return ofCurve(curve, handleOf(key))
  return ofCurve(curve, createPrivateKey({ key: Buffer.from(key.buffer, key.byteOffset, key.length), format: 'der', type: 'pkcs8' }))
}

function verificationKeyOf(curve: Curve, key: SecretKey): KeyObject {
  if (!(key instanceof Uint8Array)) return ofCurve(curve, handleOf(key))
  try {
    if (key[0] !== FULL && !COMPRESSED.includes(key[0])) throw new Error('another form of point') // OpenSSL knows one more
    return publicKeyOf(curve, key[0] === FULL ? key : (ECDH.convertKey(key, NAMED_CURVE[curve]) as Buffer)) // no encoding is asked for
  } catch (cause) {
    throw new ItemCryptoError('MALFORMED', `public key: not a point of ${curve}`, { cause })
  }
}

/** @param point a full one. */
function publicKeyOf(curve: Curve, point: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI[curve], point]), format: 'der', type: 'spki' })
}

function ofCurve(curve: Curve, key: KeyObject): KeyObject {
  return checked(NAMED_CURVE[curve], key.asymmetricKeyDetails?.namedCurve, key)
}

/** OpenSSL would take any curve with any hash. */
function checked(wanted: string, curve: unknown, key: KeyObject): KeyObject {
  if (curve !== wanted) throw new Error('a key of another curve')
  return key
}

/**
 * The end of the private key's DER (RFC 5915), which takes OpenSSL a few microseconds to write, and the public key's a hundred.
 * JWK would be as fast, but it waits for ever if the key was made here (see `MadeKey`).
 */
function pointOf(curve: Curve, privateKey: KeyObject): Uint8Array {
  const der = privateKey.export({ format: 'der', type: 'sec1' })
  const point = new Uint8Array(der.subarray(-1 - 2 * Math.ceil(Number(curve.slice(2)) / 8)))
  der.fill(0)
  return point
}

/** The same memory if nobody else has it, as with all that OpenSSL fills; a copy of what lies in a pool. */
function view(bytes: Buffer): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? new Uint8Array(bytes.buffer) : new Uint8Array(bytes)
}

/** A view without the PKCS#7 padding behind it. */
function unpadded(blocks: Buffer): Uint8Array {
  const { length } = blocks
  const surplus = blocks[length - 1]! // there is a block
  let end = length
  while (blocks[end - 1] === surplus && length - end < surplus) end--
  if (surplus === 0 || surplus > BLOCK || length - end < surplus) throw new Error('bad padding')
  return view(blocks).subarray(0, end)
}

function joined(first: Buffer, last: Buffer): Uint8Array {
  if (last.length === 0) return view(first)
  if (first.length === 0) return view(last)
  const whole = new Uint8Array(first.length + last.length)
  whole.set(first)
  whole.set(last, first.length)
  return whole
}

function fromHex(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'))
}
