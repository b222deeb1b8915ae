import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fromBase64 } from '../../src/base64.ts'
import { parseMaterialDescription, serializeMaterialDescription } from '../../src/classic/material-description.ts'
import { Cursor } from '../../src/cursor.ts'
import { arbitraryText } from '../support/arbitrary-item.ts'
import { withCode } from '../support/expect-error.ts'
import { peerVectors } from '../support/peer-vectors.ts'

const parse = (bytes: Uint8Array) => parseMaterialDescription(new Cursor(bytes, 'material description'))

test.skipIf(!peerVectors.present)(peerVectors.title('a material description is that of every vector of the peers'), () => {
  const vectors = peerVectors.read('classic/material_description.json') as {
    material_description: Record<string, string>
    serialized: string
  }[]
  expect(vectors.length).toBeGreaterThan(0)
  for (const { material_description: description, serialized } of vectors) {
    expect(serializeMaterialDescription(description)).toEqual(fromBase64(serialized))
    expect(parse(fromBase64(serialized))).toEqual(description)
  }
})

test('a material description comes back from its bytes, whatever its names', () => {
  const descriptions = fc.uniqueArray(fc.tuple(arbitraryText, arbitraryText), { selector: ([name]) => name })
  fc.assert(
    fc.property(descriptions, (entries) => {
      const back = parse(serializeMaterialDescription(Object.fromEntries(entries)))
      expect(new Map(Object.entries(back))).toEqual(new Map(entries))
    }),
  )
})

test('a material description is refused when cut inside an entry', () => {
  const whole = serializeMaterialDescription({ 'amzn-ddb-env-alg': 'AES/256' })
  for (let length = 0; length < whole.length; length++) {
    if (length !== 4) expect(() => parse(whole.subarray(0, length)), `cut to ${length} bytes`).toThrow(withCode('MALFORMED'))
  }
})

test('a material description is refused with another version, a name twice, or text that is not UTF-8', () => {
  const entry = [0, 0, 0, 1, 0x61, 0, 0, 0, 0]
  expect(() => parse(Uint8Array.of(0, 0, 0, 1, ...entry))).toThrow(withCode('MALFORMED', 'version'))
  expect(() => parse(Uint8Array.of(0, 0, 0, 0, ...entry, ...entry))).toThrow(withCode('MALFORMED', 'twice'))
  expect(() => parse(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 0, 0))).toThrow(withCode('MALFORMED', 'UTF-8'))
})
