import { describe, expect, test } from 'vitest'
import type { Item } from '../../src/index.ts'
import type { CryptoAction } from '../../src/item.ts'
import { parseHeader, serializeHeader } from '../../src/structured/header.ts'
import { type StructuredItemEncryptorOptions, structuredItemEncryptor } from '../../src/structured/index.ts'
import { codeOf, withCode } from '../support/expect-error.ts'
import { peerVectors } from '../support/peer-vectors.ts'
import { actionsOf, bytesOf, recording, replaying } from '../support/structured-encryptors.ts'
import { type KeyManifest, staticBranchKeyring } from '../support/structured-keyrings.ts'
import { counting, PROVIDERS, scripted } from '../support/structured-providers.ts'
import { itemOf, normal, type PeerRecord } from '../support/structured-vectors.ts'

interface PeerConfig {
  readonly attributeActionsOnEncrypt: Readonly<Record<string, CryptoAction>>
  readonly algorithmSuiteId?: string
  readonly allowedUnsignedAttributes?: readonly string[]
}
interface Case {
  readonly title: string
  readonly config: PeerConfig
  readonly encrypted: Item
  readonly plaintext: Item
}
interface Manifest {
  readonly tests: Readonly<
    Record<string, { type: string; description: string; config: PeerConfig; plaintext: PeerRecord; encrypted: PeerRecord }>
  >
}
interface IoTest {
  readonly DecryptTests: readonly { Config: PeerConfig; EncryptedRecords: PeerRecord[]; PlainTextRecords: PeerRecord[] }[]
}

const keys = peerVectors.present ? (peerVectors.read('structured/keys.json') as { keys: KeyManifest }).keys : {}
const manifest = (type: string): Case[] =>
  !peerVectors.present
    ? []
    : ['decrypt_java_32', 'decrypt_dotnet_33'].flatMap((file) =>
        Object.entries((peerVectors.read(`structured/${file}.json`) as Manifest).tests)
          .filter(([, one]) => one.type === type)
          .map(([id, { description, config, plaintext, encrypted }]) => ({
            title: `${file} ${id}: ${description}`,
            config,
            encrypted: itemOf(encrypted),
            plaintext: itemOf(plaintext),
          })),
      )
const stored: Case[] = !peerVectors.present
  ? []
  : (peerVectors.read('structured/iotest.json') as IoTest).DecryptTests.flatMap(({ Config, EncryptedRecords, PlainTextRecords }) =>
      EncryptedRecords.map((encrypted, i) => ({
        title: `iotest, item of ${Object.keys(encrypted).length} attributes`,
        config: Config,
        encrypted: itemOf(encrypted),
        plaintext: itemOf(PlainTextRecords[i]!),
      })),
    )
const positive = [...manifest('positive-decrypt'), ...stored]
const negative = manifest('negative-decrypt')

function optionsOf({ attributeActionsOnEncrypt, algorithmSuiteId, ...unsigned }: PeerConfig): StructuredItemEncryptorOptions {
  return {
    tableName: 'GazelleVectorTable',
    partitionKey: 'RecNum',
    keyring: staticBranchKeyring(keys['static-branch-key-1']!),
    actions: { attributes: attributeActionsOnEncrypt },
    algorithmSuite: algorithmSuiteId?.includes('ECDSA') === false ? '0x6700' : '0x6701',
    ...(unsigned.allowedUnsignedAttributes && { allowedUnsignedAttributes: unsigned.allowedUnsignedAttributes }),
  }
}

for (const [provider, p] of PROVIDERS) {
  describe(`items of the peers over ${provider}`, () => {
    test.skipIf(!peerVectors.present)(peerVectors.title('are 21 to read, and 2 to refuse'), () => {
      expect([positive.length, negative.length]).toEqual([21, 2])
    })

    test.each(positive)('reads $title', async ({ config, encrypted, plaintext }) => {
      const encryptor = structuredItemEncryptor({ ...optionsOf(config), primitives: p })
      const decrypted = await encryptor.decryptItem(encrypted)
      expect(normal(decrypted)).toEqual(normal(plaintext))
    })

    test.each(positive)('writes $title again, byte for byte but for the signature', async ({ config, encrypted, plaintext }) => {
      const { manager, last } = recording(staticBranchKeyring(keys['static-branch-key-1']!))
      const { keyring: _, ...options } = optionsOf(config)
      await structuredItemEncryptor({ ...options, materialsManager: manager, primitives: p }).decryptItem(encrypted)
      const head = bytesOf(encrypted, 'aws_dbe_head')
      const { commitment, ...header } = parseHeader(head)
      expect(serializeHeader(header)).toEqual(head.subarray(0, -commitment.length))

      const writer = structuredItemEncryptor({
        ...options,
        algorithmSuite: header.suite,
        actions: { attributes: actionsOf(encrypted) },
        materialsManager: replaying(encrypted, last()),
        primitives: scripted(p, ...Array<Uint8Array>(9).fill(header.messageId)), // a signature may not fit, then it is the next one's
      })
      const again = await writer.encryptItem(plaintext)
      const unsorted = 'Eight' in plaintext // a set as peers up to 3.1.0 encrypted it: not in order
      const same = (item: Item) => Object.fromEntries(Object.entries(item).filter(([name]) => !['Eight', 'aws_dbe_foot'].includes(name)))
      expect(normal(same(again))).toEqual(normal(same(encrypted)))
      const tagOf = (item: Item) => bytesOf(item, 'aws_dbe_foot').subarray(0, 48)
      if (unsorted) expect(tagOf(again)).not.toEqual(tagOf(encrypted))
      else expect(tagOf(again)).toEqual(tagOf(encrypted))
      expect(bytesOf(again, 'aws_dbe_foot')).toHaveLength(header.suite === '0x6701' ? 151 : 48)
    })

    test.each(negative)('refuses $title before any key is asked for', async ({ config, encrypted }) => {
      const { primitives, calls } = counting(p)
      const reading = structuredItemEncryptor({ ...optionsOf(config), primitives }).decryptItem(encrypted)
      await expect(reading).rejects.toEqual(withCode('NOT_AUTHENTIC', 'something that was signed is now unsigned'))
      expect([...calls]).toEqual([])
    })
  })
}

test.each(positive)('refuses $title when any one bit of header or footer is another', async ({ config, encrypted }) => {
  const encryptor = structuredItemEncryptor(optionsOf(config))
  for (const name of ['aws_dbe_head', 'aws_dbe_foot']) {
    const whole = bytesOf(encrypted, name)
    for (let i = 0; i < whole.length; i += 3) {
      const flipped = new Uint8Array(whole)
      flipped[i]! ^= 1 << (i % 8)
      const code = await codeOf(() => encryptor.decryptItem({ ...encrypted, [name]: { B: flipped } }))
      expect(code, `${name}, byte ${i}`).toMatch(/NOT_AUTHENTIC|MALFORMED|NO_MATERIALS/)
    }
  }
})
