import { ItemCryptoError, type Primitives } from '@itemseal/core'
import { readVectors } from '@itemseal/runtimes'
import { NODE_SUBJECTS } from '@itemseal/runtimes/node-subjects'
import { library } from '@itemseal/runtimes/subjects'
import { describe, expect, test } from 'vitest'
import { allCases, type Case, runCases, type Subject } from '../src/index.ts'

const vectors = readVectors()
const cases = allCases(library, vectors)
const subject = NODE_SUBJECTS.nodeCrypto!

/** As in Chromium. */
function without192(p: Primitives): Primitives {
  return {
    ...p,
    importKey(use, raw) {
      if (raw.length === 24) throw new ItemCryptoError('UNSUPPORTED', 'this runtime has no AES-192')
      return p.importKey(use, raw)
    },
  }
}

/** What the suite must not let pass. */
function broken(p: Primitives): Primitives {
  return {
    ...p,
    async aesCbcDecrypt(key, iv, ciphertext) {
      const plaintext = new Uint8Array(await p.aesCbcDecrypt(key, iv, ciphertext))
      plaintext[plaintext.length - 1]! ^= 1
      return plaintext
    },
  }
}

const over = (change: (p: Primitives) => Primitives): Subject => ({ ...subject, primitives: change(subject.primitives) })
const some = (pattern: RegExp): Case[] => cases.filter(({ title }) => pattern.test(title))

describe('the conformance suite', () => {
  const counted = vectors.peers ? 'all vectors, those of the peers too' : 'all vectors of the project (no ../shared/vectors beside it)'
  test(`has ${counted}`, () => {
    expect(cases.length).toBe(vectors.peers ? 1897 : 1508)
    expect(some(/^leading zeros: /).length).toBe(75)
  })

  test('passes over nodeCrypto, and writes wherever the configuration has the keys', async () => {
    const { passed, written, lacking, failures } = await runCases(cases, subject, [])
    expect(failures).toEqual([])
    expect([passed, lacking]).toEqual([cases.length, []])
    if (vectors.peers) expect(written).toBe(1196)
  }, 400_000)

  test('fails over primitives that change one bit', async () => {
    const { failures } = await runCases(some(/static AES 128/), over(broken), [])
    expect(failures.length).toBeGreaterThan(10)
  })

  test('counts as lacking what is said to be, and is refused with the error that names it', async () => {
    const { passed, lacking, failures } = await runCases(some(/static AES (128|192)/), over(without192), ['AES-192'])
    expect(failures).toEqual([])
    expect(passed).toBeGreaterThan(50)
    expect(lacking.length).toBeGreaterThan(50)
    expect(lacking.filter((title) => !title.includes('AES 192'))).toEqual([])
  })

  test('fails where something is lacking that was not said to be', async () => {
    const { lacking, failures } = await runCases(some(/static AES 192/), over(without192), [])
    expect(lacking).toEqual([])
    expect(failures.length).toBeGreaterThan(50)
  })
})
