/**
 * The least code for items of the classic format: what any code must do besides the calls of primitives. Written for items of
 * short ASCII texts under two keys and nothing else, whose names are known beforehand; no promises, hardly a check. What separates
 * an encryptor from it is its own affair, and what separates it from the floor is JavaScript's.
 *
 * @module
 */
import { type Item, type Primitives, type SecretKey, webCrypto } from '@itemseal/core'
import { FORMATS, KEYS, TABLE } from './formats.ts'
import type { Operation } from './operations.ts'

const SIGNATURE = '*amzn-ddb-map-sig*'
const DESCRIPTION = '*amzn-ddb-map-desc*'
const BLOCK = 16
const DIGEST = 32
const HEAD = 6 // two bytes of type, four of length
const ROOM = 160 // of a value, encrypted
const TEXT = 0x73
const NUMBER = 0x6e
const BINARY = 0x62

/** Works whose items are of that kind. */
export const PLAIN_WORKS: readonly string[] = ['small', 'medium', 'wide']

/** For items with the names of this one, over a provider that answers at once. */
export async function leastCode(p: Primitives, model: Item): Promise<Record<Operation, (item: Item) => Item>> {
  const names = Object.keys(model)
  const sorted = [...names].sort()
  const isSecret = (name: string) => name !== 'pk' && name !== 'sk'
  const secret = names.filter(isSecret)
  const key = p.importKey('AES-CBC', KEYS.encryption) as SecretKey
  const mac = p.importKey('HMAC-SHA-256', KEYS.signing) as SecretKey
  const sha256 = (data: Uint8Array) => p.digest('SHA-256', data) as Uint8Array
  const ofText = (text: string) => sha256(new TextEncoder().encode(text))
  const layout = new Uint8Array(DIGEST * (1 + 3 * sorted.length))
  layout.set(ofText(`TABLE>${TABLE}<TABLE`))
  for (const [i, name] of sorted.entries()) {
    layout.set(ofText(name), DIGEST * (3 * i + 1))
    layout.set(ofText(isSecret(name) ? 'ENCRYPTED' : 'PLAINTEXT'), DIGEST * (3 * i + 2))
  }
  const { [DESCRIPTION]: description } = await FORMATS.classic!(p).encryptItem(model)
  const descriptionBytes = bytesOf(description)

  function signature(item: Item): Uint8Array {
    const values = new Uint8Array(ROOM * sorted.length)
    const whole = new Uint8Array(layout)
    let end = 0
    for (let i = 0; i < sorted.length; i++) {
      const start = end
      const { S, N, B } = item[sorted[i]!] as { S?: string; N?: string; B?: Uint8Array }
      end = B === undefined ? put(values, start, S === undefined ? NUMBER : TEXT, (S ?? N)!) : putBytes(values, start, B)
      whole.set(sha256(values.subarray(start, end)), DIGEST * (3 * i + 3))
    }
    return p.hmac('SHA-256', mac, whole) as Uint8Array
  }

  return {
    encrypt(item) {
      const chain = new Uint8Array(ROOM * secret.length)
      const starts: number[] = []
      let end = 0
      for (let k = 0; k < secret.length; k++) {
        if (k > 0) for (const surplus = BLOCK - (end % BLOCK), stop = end + surplus; end < stop; ) chain[end++] = surplus
        starts.push(end)
        end = put(chain, end + BLOCK, TEXT, (item[secret[k]!] as { S: string }).S)
      }
      const ciphertext = p.aesCbcEncrypt(key, p.randomBytes(BLOCK), chain.subarray(0, end)) as Uint8Array
      const encrypted: Record<string, Item[string]> = {}
      let k = 0
      for (const name of names) encrypted[name] = isSecret(name) ? { B: ciphertext.subarray(starts[k], starts[++k]) } : item[name]!
      const B = signature(encrypted)
      encrypted[DESCRIPTION] = { B: new Uint8Array(descriptionBytes) }
      encrypted[SIGNATURE] = { B }
      return encrypted
    },

    decrypt(item) {
      const right = signature(item)
      const stored = bytesOf(item[SIGNATURE])
      let difference = right.length ^ stored.length
      for (let i = 0; i < right.length; i++) difference |= right[i]! ^ stored[i]!
      if (difference !== 0) throw new Error('not authentic')
      const chain = new Uint8Array(ROOM * secret.length)
      let end = 0
      for (const name of secret) {
        const value = bytesOf(item[name])
        chain.set(value, end)
        end += value.length
      }
      const plaintexts = p.aesCbcDecrypt(key, new Uint8Array(BLOCK), chain.subarray(0, end)) as Uint8Array
      const decrypted: Record<string, Item[string]> = {}
      let at = 0
      for (const name of names) {
        decrypted[name] = item[name]!
        if (!isSecret(name)) continue
        const text = at + BLOCK + HEAD
        decrypted[name] = { S: decoder.decode(plaintexts.subarray(text, text + plaintexts[text - 1]!)) }
        at += bytesOf(item[name]).length
      }
      return decrypted
    },
  }
}

/** The same of items with one text to encrypt, of any length, over WebCrypto; and the calls that it makes, bare, on the same bytes. */
export async function leastCodeOfOne(
  model: Item,
): Promise<Record<Operation, (item: Item) => Promise<Item>> & Record<'calls', Record<Operation, () => Promise<unknown>>>> {
  const { subtle } = crypto
  const import_ = (raw: Uint8Array, algorithm: string | { name: string; hash: string }, usages: ('encrypt' | 'decrypt' | 'sign')[]) =>
    subtle.importKey('raw', new Uint8Array(raw), algorithm, false, usages)
  const key = await import_(KEYS.encryption, 'AES-CBC', ['encrypt', 'decrypt'])
  const mac = await import_(KEYS.signing, { name: 'HMAC', hash: 'SHA-256' }, ['sign'])
  const cbc = { name: 'AES-CBC', iv: new Uint8Array(BLOCK) }
  const sha256 = async (data: Uint8Array<ArrayBuffer>) => new Uint8Array(await subtle.digest('SHA-256', data))
  const sorted = Object.keys(model).sort()
  const secret = sorted.find((name) => name !== 'pk' && name !== 'sk')!
  const texts = [`TABLE>${TABLE}<TABLE`, ...sorted.flatMap((name) => [name, name === secret ? 'ENCRYPTED' : 'PLAINTEXT', name])]
  const digests = await Promise.all(texts.map((text) => sha256(encoder.encode(text))))
  const layout = new Uint8Array(DIGEST * texts.length)
  for (const [i, digest] of digests.entries()) layout.set(digest, DIGEST * i)
  const { [DESCRIPTION]: description } = await FORMATS.classic!(webCrypto).encryptItem(model)

  function serialized(value: Item[string]): Uint8Array<ArrayBuffer> {
    const { S, N, B } = value as { S?: string; N?: string; B?: Uint8Array }
    const bytes = B ?? encoder.encode(S ?? N)
    const whole = new Uint8Array(HEAD + bytes.length)
    whole[1] = B ? BINARY : S === undefined ? NUMBER : TEXT
    new DataView(whole.buffer).setUint32(2, bytes.length)
    whole.set(bytes, HEAD)
    return whole
  }

  async function signature(item: Item): Promise<Uint8Array> {
    const values = await Promise.all(sorted.map((name) => sha256(serialized(item[name]!))))
    const whole = new Uint8Array(layout)
    for (const [i, digest] of values.entries()) whole.set(digest, DIGEST * (3 * i + 3))
    return new Uint8Array(await subtle.sign('HMAC', mac, whole))
  }

  function plaintextOf(item: Item): Uint8Array<ArrayBuffer> {
    const { S } = item[secret] as { S: string }
    const plaintext = new Uint8Array(BLOCK + HEAD + S.length)
    crypto.getRandomValues(plaintext.subarray(0, BLOCK))
    plaintext[BLOCK + 1] = TEXT
    new DataView(plaintext.buffer).setUint32(BLOCK + 2, S.length)
    encoder.encodeInto(S, plaintext.subarray(BLOCK + HEAD))
    return plaintext
  }

  const plaintext = plaintextOf(model)
  const ciphertext = new Uint8Array(await subtle.encrypt(cbc, key, plaintext))
  const signed = sorted.map((name) => serialized(name === secret ? { B: ciphertext } : model[name]!))
  const sign = async () => {
    await Promise.all(signed.map((value) => subtle.digest('SHA-256', value)))
    await subtle.sign('HMAC', mac, layout)
  }
  return {
    async encrypt(item) {
      const encrypted = { ...item, [secret]: { B: new Uint8Array(await subtle.encrypt(cbc, key, plaintextOf(item))) } }
      return { ...encrypted, [DESCRIPTION]: { B: new Uint8Array(bytesOf(description)) }, [SIGNATURE]: { B: await signature(encrypted) } }
    },
    async decrypt(item) {
      if ((await signature(item)).join() !== bytesOf(item[SIGNATURE]).join()) throw new Error('not authentic')
      const { [SIGNATURE]: _, [DESCRIPTION]: __, ...rest } = item
      const plaintext = new Uint8Array(await subtle.decrypt(cbc, key, bytesOf(item[secret]) as Uint8Array<ArrayBuffer>))
      return { ...rest, [secret]: { S: decoder.decode(plaintext.subarray(BLOCK + HEAD)) } }
    },
    calls: {
      async encrypt() {
        await subtle.encrypt(cbc, key, plaintext)
        await sign()
      },
      async decrypt() {
        await sign()
        await subtle.decrypt(cbc, key, ciphertext)
      },
    },
  }
}

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function bytesOf(value: Item[string] | undefined): Uint8Array {
  return (value as { readonly B: Uint8Array }).B
}

/** Short ASCII. */
function put(bytes: Uint8Array, start: number, type: number, text: string): number {
  bytes[start + 1] = type
  bytes[start + HEAD - 1] = text.length
  for (let i = 0; i < text.length; i++) bytes[start + HEAD + i] = text.charCodeAt(i)
  return start + HEAD + text.length
}

function putBytes(bytes: Uint8Array, start: number, value: Uint8Array): number {
  bytes[start + 1] = BINARY
  bytes[start + HEAD - 1] = value.length
  bytes.set(value, start + HEAD)
  return start + HEAD + value.length
}
