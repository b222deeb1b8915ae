import { existsSync, readFileSync } from 'node:fs'
import { webCrypto as p } from '@itemseal/core'
import { rsaKeyWrapper as nobleRsaKeyWrapper } from '@itemseal/noble/rsa'
import { describe, expect, test } from 'vitest'
import { rsaKeyWrapper } from '../src/index.ts'
import { withCode } from './support/expect-error.ts'

type StoredItem = Record<string, { readonly B?: string }>

const folder = new URL('../../../../shared/vectors/classic/encrypted_item/', import.meta.url)
const present = existsSync(folder)
const title = (name: string) => (present ? name : `${name} (skipped: no ../shared/vectors beside the project)`)
const read = <T>(path: string) => JSON.parse(readFileSync(new URL(path, folder), 'utf8')) as T
const base64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))

/** Description of an item: version, then names and values, each a uint32 length and that many bytes. */
function descriptionOf(item: StoredItem): Map<string, string> {
  const bytes = Buffer.from(item['*amzn-ddb-map-desc*']!.B!, 'base64')
  const texts: string[] = []
  for (let at = 4; at < bytes.length; at += 4 + bytes.readUInt32BE(at))
    texts.push(bytes.toString('utf8', at + 4, at + 4 + bytes.readUInt32BE(at)))
  return new Map(texts.flatMap((name, i) => (i % 2 === 0 ? [[name, texts[i + 1]!] as const] : [])))
}

describe('content keys that the peers wrapped by RSA', () => {
  test.skipIf(!present).each([
    ['java/wrapped-rsa-rsa-1', undefined],
    ['java/wrapped-rsa-rsa-2', 'RSA/ECB/OAEPWithSHA-256AndMGF1Padding'],
    ['python/wrapped-rsa-rsa-1', 'RSA/ECB/OAEPWithSHA-256AndMGF1Padding'],
  ])(title('are the same by node and by noble: %s, %s'), async (file, named) => {
    const privateKey = base64(read<{ rsaEncPriv: { material: string } }>('keys.json').rsaEncPriv.material)
    const described = Object.values(read<Record<string, StoredItem[]>>(`ciphertext/${file}.json`))
      .flat()
      .filter((item) => item['*amzn-ddb-map-desc*'] !== undefined)
      .map(descriptionOf)
      .filter((description) => description.has('amzn-ddb-env-key')) // others are only signed
    expect(described.map((description) => description.get('amzn-ddb-wrap-alg'))).toEqual(Array(15).fill(named))
    const options = { privateKey, allowPkcs1: true }
    const [node, noble] = [rsaKeyWrapper(options), nobleRsaKeyWrapper(options)]
    for (const description of described) {
      const algorithm = description.get('amzn-ddb-wrap-alg')
      const wrapped = base64(description.get('amzn-ddb-env-key')!)
      const key = await node.unwrap(wrapped, algorithm, p)
      expect([16, 24, 32]).toContain(key.length)
      expect(await noble.unwrap(wrapped, algorithm, p)).toEqual(key)
      if (algorithm !== undefined) continue
      for (const make of [rsaKeyWrapper, nobleRsaKeyWrapper])
        expect(() => make({ privateKey }).unwrap(wrapped, algorithm, p)).toThrow(withCode('UNSUPPORTED')) // PKCS #1 unasked
    }
  })
})
