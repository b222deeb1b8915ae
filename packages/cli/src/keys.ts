/**
 * Keys as a configuration gives them: `{"algorithm", "encoding", "type", "material"}`.
 *
 * @module
 */
import type { KeyWrapper, Signer, Verifier } from '@itemseal/core'
import type { Dialect } from '@itemseal/core/classic'
import { at, object, oneOf, text, wrong } from './config-reader.ts'

/** What makes keys of bytes. The command line has them from `node:crypto`; elsewhere the add-ons of `@itemseal/noble` serve. */
export interface KeyTools {
  aesKeyWrapper(algorithm: string, key: Uint8Array): KeyWrapper
  /** Keys are DER, SubjectPublicKeyInfo and PKCS#8. */
  rsaKeyWrapper(options: { algorithm: string; publicKey?: Uint8Array; privateKey?: Uint8Array; allowPkcs1: boolean }): KeyWrapper
  /** By Java's name of the algorithm. A MAC key verifies too. */
  signer(algorithm: string, key: Uint8Array): Signer | (Signer & Verifier)
  verifier(algorithm: string, key: Uint8Array): Verifier
  publicFromPrivate(privateKey: Uint8Array): Uint8Array
}

/** A key of a configuration, its material as bytes. */
export interface ConfiguredKey {
  readonly path: string
  readonly algorithm: string
  readonly type: 'symmetric' | 'public' | 'private'
  readonly material: Uint8Array
}

const ARMOUR = /^-----BEGIN ([A-Z ]+)-----([\s\S]*)-----END \1-----\s*$/

export function readKey(value: unknown, path: string): ConfiguredKey {
  const key = object(value, path, ['algorithm', 'encoding', 'type', 'material'])
  const encoding = oneOf(['RAW', 'DER', 'PEM'])(key.encoding, `${path}.encoding`)
  const type = oneOf(['symmetric', 'public', 'private'])(key.type, `${path}.type`)
  if ((type === 'symmetric') !== (encoding === 'RAW'))
    wrong(`${path}.encoding`, type === 'symmetric' ? 'a symmetric key is RAW' : 'a key of a pair is DER or PEM')
  const material = text(key.material, `${path}.material`)
  const base64 = encoding === 'PEM' ? unarmoured(material.trim(), `${path}.material`) : material
  return { path, algorithm: text(key.algorithm, `${path}.algorithm`), type, material: bytesOf(base64, `${path}.material`) }
}

export function signerOf(key: ConfiguredKey, tools: KeyTools): Signer | (Signer & Verifier) {
  checkKind(key)
  if (key.type === 'public') wrong(`${key.path}.type`, 'a public key does not sign')
  return at(key.path, () => tools.signer(key.algorithm, key.material))
}

export function verifierOf(key: ConfiguredKey, tools: KeyTools): Verifier {
  checkKind(key)
  return at(key.path, () => {
    if (key.type !== 'symmetric') return tools.verifier(key.algorithm, publicPart(key, tools))
    return tools.signer(key.algorithm, key.material) as Signer & Verifier // a MAC, as has been checked
  })
}

/** @param algorithm how to wrap, if it is not the key's own business. */
export function keyWrapperOf(
  wrapping: ConfiguredKey | undefined,
  unwrapping: ConfiguredKey | undefined,
  { algorithm, unwrapPkcs1, dialect }: { algorithm: string | undefined; unwrapPkcs1: boolean; dialect: Dialect },
  tools: KeyTools,
): KeyWrapper {
  const key = wrapping ?? unwrapping! // the caller has made sure of one
  const named = algorithm ?? key.algorithm
  // The Python client does AES key wrap whatever these transformations say (classic-item-format, 7.2).
  const aesWrapper = (name: string, material: Uint8Array): KeyWrapper =>
    dialect === 'python' && /^AES\/(ECB|CBC)\//.test(name)
      ? { ...tools.aesKeyWrapper('AESWrap', material), algorithm: name }
      : tools.aesKeyWrapper(name, material)
  if (key.type === 'symmetric') {
    if (unwrapping && unwrapping.type !== 'symmetric') wrong(unwrapping.path, 'not of the kind of the wrapping key')
    return both(
      wrapping && at(wrapping.path, () => aesWrapper(named, wrapping.material)),
      unwrapping && at(unwrapping.path, () => aesWrapper(named, unwrapping.material)),
    )
  }
  if (unwrapping && unwrapping.type !== 'private') wrong(`${unwrapping.path}.type`, 'a private key unwraps')
  return at(key.path, () =>
    tools.rsaKeyWrapper({
      algorithm: named === 'RSA' ? 'RSA/ECB/OAEPWithSHA-256AndMGF1Padding' : named,
      ...(wrapping && { publicKey: publicPart(wrapping, tools) }),
      ...(unwrapping && { privateKey: unwrapping.material }),
      allowPkcs1: unwrapPkcs1 || [named, unwrapping?.algorithm].includes('RSA/ECB/PKCS1Padding'),
    }),
  )
}

function both(wrapping: KeyWrapper | undefined, unwrapping: KeyWrapper | undefined): KeyWrapper {
  const { algorithm, wrap } = wrapping ?? unwrapping!
  const { unwrap } = unwrapping ?? wrapping!
  return { algorithm, wrap, unwrap }
}

/** The bytes of a private key are a MAC key like any other: nobody else has it, and nobody could verify. */
function checkKind({ path, algorithm, type }: ConfiguredKey): void {
  if (algorithm.startsWith('Hmac') !== (type === 'symmetric'))
    wrong(`${path}.algorithm`, 'a MAC goes with a symmetric key, and with no other')
}

function publicPart(key: ConfiguredKey, tools: KeyTools): Uint8Array {
  return key.type === 'private' ? publicFromPrivate(key.material, `${key.path}.material`, tools) : key.material
}

export function publicFromPrivate(privateKey: Uint8Array, path: string, tools: KeyTools): Uint8Array {
  try {
    return tools.publicFromPrivate(privateKey)
  } catch {
    return wrong(path, 'not a private key, as PKCS#8')
  }
}

/** The DER within PEM. */
export function pemBytes(value: unknown, path: string): Uint8Array {
  return bytesOf(unarmoured(text(value, path).trim(), path), path)
}

function unarmoured(pem: string, path: string): string {
  return (ARMOUR.exec(pem)?.[2] ?? wrong(path, 'not PEM')).replace(/\s/g, '')
}

/** Lenient about line breaks and padding, as files are. */
export function bytesOf(base64: string, path: string): Uint8Array {
  const symbols = base64.replace(/\s/g, '')
  if (
    !/^[A-Za-z0-9+/]*={0,2}$/.test(symbols) ||
    symbols.replace(/=/g, '').length % 4 === 1 ||
    (symbols.includes('=') && symbols.length % 4 !== 0)
  )
    wrong(path, 'not base64')
  return Uint8Array.from(atob(symbols), (character) => character.charCodeAt(0))
}
