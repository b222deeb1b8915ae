/**
 * The items that the peers publish for the structured format (structured-item-format, section 13): manifests of items to read
 * and to refuse, and the stored items of `iotest`.
 *
 * @module
 */
import { assertRefused, type Json, readAndWrite } from './round-trip.ts'
import type { Case, Library } from './suite.ts'

interface PeerConfig {
  readonly attributeActionsOnEncrypt: Readonly<Record<string, string>>
  readonly algorithmSuiteId?: string
  readonly allowedUnsignedAttributes?: readonly string[]
}

interface Manifest {
  readonly tests: Readonly<
    Record<
      string,
      {
        readonly type: string
        readonly description: string
        readonly config: PeerConfig
        readonly plaintext: Json
        readonly encrypted: Json
      }
    >
  >
}

/** Files of the peers, parsed. */
export interface PublishedItems {
  readonly manifests: Readonly<Record<string, Manifest>>
  readonly iotest: {
    readonly DecryptTests: readonly {
      readonly Config: PeerConfig
      readonly EncryptedRecords: readonly Json[]
      readonly PlainTextRecords: readonly Json[]
    }[]
  }
  /** The branch key under which all of them were written. */
  readonly keys: Readonly<Record<'static-branch-key-1', Readonly<Record<string, string>>>>
}

/** A case per item. */
export function publishedItemCases(library: Library, { manifests, iotest, keys }: PublishedItems): Case[] {
  const branchKey = keys['static-branch-key-1']
  const manifested = Object.entries(manifests).flatMap(([file, { tests }]) =>
    Object.entries(tests).map(([id, { type, description, ...test }]): Case => {
      const config = configOf(test.config, branchKey)
      const [encrypted, plaintext] = [itemOf(test.encrypted), itemOf(test.plaintext)]
      return {
        title: `${file} ${id}: ${description}`,
        run: (subject) =>
          type === 'positive-decrypt'
            ? readAndWrite(library, subject, { config, encrypted, plaintext })
            : assertRefused(library, subject, { config, encrypted, error: 'NOT_AUTHENTIC' }),
      }
    }),
  )
  const stored = iotest.DecryptTests.flatMap(({ Config, EncryptedRecords, PlainTextRecords }) =>
    EncryptedRecords.map((record, i): Case => {
      const vector = { config: configOf(Config, branchKey), encrypted: itemOf(record), plaintext: itemOf(PlainTextRecords[i]!) }
      return {
        title: `iotest, item of ${Object.keys(record).length} attributes`,
        run: (subject) => readAndWrite(library, subject, vector),
      }
    }),
  )
  return [...manifested, ...stored]
}

function configOf({ attributeActionsOnEncrypt, algorithmSuiteId, allowedUnsignedAttributes }: PeerConfig, key: Json): Json {
  return {
    format: 'structured',
    table: 'GazelleVectorTable',
    partitionKey: 'RecNum',
    actions: { attributes: attributeActionsOnEncrypt },
    algorithmSuite: algorithmSuiteId?.includes('ECDSA') === false ? '0x6700' : '0x6701',
    ...(allowedUnsignedAttributes && { allowedUnsignedAttributes }),
    keys: {
      keyring: 'hierarchical-static',
      branchKeyId: key['key-id'],
      version: key.branchKeyVersion,
      branchKey: key.branchKey,
      beaconKey: key.beaconKey,
    },
  }
}

/** From the notation of the peers' records, in which strings and numbers may stand for themselves, to DynamoDB JSON. */
function itemOf(record: Json): Json {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, attributeValueOf(value)]))
}

function attributeValueOf(value: unknown): Json {
  if (typeof value === 'string') return { S: value }
  if (typeof value === 'number') return { N: String(value) }
  const [type, content] = Object.entries(value as object)[0] as [string, never] // what is neither has one type key
  if (type === 'NS') return { NS: (content as (string | number)[]).map(String) }
  if (type === 'NULL') return { NULL: true }
  if (type === 'L') return { L: (content as unknown[]).map(attributeValueOf) }
  return { [type]: type === 'M' ? itemOf(content) : content }
}
