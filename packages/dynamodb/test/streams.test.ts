import { gzipSync } from 'node:zlib'
import { type Item, itemToJson, toBase64 } from '@itemseal/core'
import type { ItemEncryptor } from '@itemseal/core/classic'
import { beforeAll, describe, expect, test } from 'vitest'
import { type ExportRecord, exportDecryptor, type StreamRecord, streamDecryptor, stringifyExportRecord } from '../src/streams.ts'
import { FORMATS, SCHEMA } from './formats.ts'
import { toItem } from './kinds.ts'
import { ADA, ADA_KEY, person } from './people.ts'

const ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/people/stream/2026-11-27T00:00:00.000'
const KEYS = toItem(ADA_KEY)
const [NEW, OLD] = [toItem(person(1, { rank: 2 })), toItem(ADA)]
const withCode = (code: string, words = '') =>
  expect.objectContaining({ name: 'ItemCryptoError', code, message: expect.stringContaining(words) })

describe.each(FORMATS)('$format:', (format) => {
  const config = format.table()
  const { encryptor } = config.protect('people', SCHEMA) as { encryptor: ItemEncryptor }
  const decryptor = streamDecryptor({ tables: { people: config } })
  const passing = streamDecryptor({ tables: { people: config }, otherTables: 'pass' })
  let [newer, older]: Item[] = []
  beforeAll(async () => {
    ;[newer, older] = await Promise.all([NEW, OLD].map((item) => encryptor.encryptItem(item)))
  })

  /** As Lambda gets it. */
  const event = (eventName: string, images: { NewImage?: Item; OldImage?: Item }, more: object = {}) => ({
    eventID: '1',
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: {
      ApproximateCreationDateTime: 1_764_201_600,
      Keys: itemToJson(KEYS),
      SequenceNumber: `${eventName} 1`,
      SizeBytes: 500,
      ...Object.fromEntries(Object.entries(images).map(([name, image]) => [name, itemToJson(image)])),
    },
    eventSourceARN: ARN,
    ...more,
  })
  /** As GetRecords of the SDK gives it. */
  const record = (eventName: 'INSERT' | 'MODIFY' | 'REMOVE', images: { NewImage?: Item; OldImage?: Item }) => ({
    eventID: '1',
    eventName,
    dynamodb: { ApproximateCreationDateTime: new Date(0), Keys: KEYS, SequenceNumber: '1', ...images },
  })
  const views = () =>
    [
      ['INSERT', 'NEW_AND_OLD_IMAGES', { NewImage: newer! }, { NewImage: NEW }],
      ['MODIFY', 'NEW_AND_OLD_IMAGES', { NewImage: newer!, OldImage: older! }, { NewImage: NEW, OldImage: OLD }],
      ['MODIFY', 'NEW_IMAGE', { NewImage: newer! }, { NewImage: NEW }],
      ['MODIFY', 'OLD_IMAGE', { OldImage: older! }, { OldImage: OLD }],
      ['REMOVE', 'NEW_AND_OLD_IMAGES', { OldImage: older! }, { OldImage: OLD }],
      ['REMOVE', 'KEYS_ONLY', {}, {}],
    ] as const

  describe('a record of a stream', () => {
    test('of a Lambda event has its images decrypted, whatever the change and the view', async () => {
      for (const [eventName, view, images, wanted] of views()) {
        const given = event(eventName, images)
        const before = structuredClone(given)
        const { dynamodb, ...rest } = await decryptor.decryptStreamRecord(given)
        expect(dynamodb, `${eventName} ${view}`).toEqual({ ...given.dynamodb, Keys: KEYS, ...wanted })
        expect(rest).toEqual({ ...given, dynamodb: undefined })
        expect(given).toEqual(before)
      }
    })

    test('of the SDK has its images decrypted, when the table is named', async () => {
      for (const [eventName, view, images, wanted] of views()) {
        const given = record(eventName, images)
        for (const name of ['people', ARN]) {
          const { dynamodb } = await decryptor.decryptStreamRecord(given, name)
          expect(dynamodb, `${eventName} ${view}`).toEqual({ ...given.dynamodb, ...wanted })
        }
      }
      await expect(decryptor.decryptStreamRecord(record('INSERT', { NewImage: newer! }))).rejects.toThrow(
        withCode('MALFORMED', 'TableName'),
      )
    })

    test('of an item whose time to live is over is a removal like others', async () => {
      const userIdentity = { type: 'Service', principalId: 'dynamodb.amazonaws.com' }
      const decrypted = await decryptor.decryptStreamRecord(event('REMOVE', { OldImage: older! }, { userIdentity }))
      expect(decrypted).toMatchObject({ userIdentity, dynamodb: { OldImage: OLD } })
    })

    test('in a Kinesis data stream is taken out of it and decrypted, from Lambda and from the SDK', async () => {
      const { eventSourceARN: _, ...told } = event('MODIFY', { NewImage: newer!, OldImage: older! }, { tableName: 'people' })
      const Data = new TextEncoder().encode(JSON.stringify(told))
      const wanted = { tableName: 'people', eventName: 'MODIFY', dynamodb: { NewImage: NEW, OldImage: OLD } }
      expect(await decryptor.decryptStreamRecord({ kinesis: { data: toBase64(Data) }, eventSourceARN: 'arn:aws:kinesis:x' })).toMatchObject(
        wanted,
      )
      expect(await decryptor.decryptStreamRecord({ Data, SequenceNumber: '1' })).toMatchObject(wanted)
      await expect(decryptor.decryptStreamRecord({ Data: Data.subarray(1) })).rejects.toThrow(withCode('MALFORMED', 'no JSON'))
    })

    test('of a table that is not configured comes back as it is', async () => {
      const other = event('INSERT', { NewImage: newer! }, { eventSourceARN: ARN.replace('people', 'others') })
      expect(await decryptor.decryptStreamRecord(other)).toEqual(other)
    })

    test('in a Kinesis data stream of a table that is not configured is refused, since it says so itself, unless it is to be passed', async () => {
      const { eventSourceARN: _, ...rest } = event('INSERT', { NewImage: { ...newer!, city: { S: 'Paris' } } })
      for (const named of [{ tableName: 'others' }, { eventSourceARN: ARN.replace('people', 'others') }]) {
        const told = { ...rest, ...named }
        const Data = new TextEncoder().encode(JSON.stringify(told))
        for (const given of [{ Data }, { kinesis: { data: toBase64(Data) }, eventSourceARN: ARN }]) {
          await expect(decryptor.decryptStreamRecord(given)).rejects.toThrow(withCode('CONFIGURATION', 'otherTables'))
          await expect(decryptor.decryptStreamRecord(given, 'people')).rejects.toThrow(withCode('CONFIGURATION', 'otherTables'))
          expect(await passing.decryptStreamRecord(given)).toEqual(told)
        }
      }
      const unpacked = { ...rest, tableName: 'others' }
      await expect(decryptor.decryptStreamRecord(unpacked)).rejects.toThrow(withCode('CONFIGURATION', 'otherTables'))
      expect(await passing.decryptStreamRecord(unpacked)).toEqual(unpacked)
    })

    test('is decrypted by an encryptor alone, without any table', async () => {
      const alone = streamDecryptor({ encryptor })
      expect(await alone.decryptStreamRecord(record('INSERT', { NewImage: newer! }))).toMatchObject({ dynamodb: { NewImage: NEW } })
    })

    test.each([
      ['no stream data', { eventName: 'INSERT' }, 'no record'],
      ['nothing in it', { Data: new TextEncoder().encode('null') }, 'no record'],
      ['an image that is none', { eventSourceARN: ARN, dynamodb: { NewImage: { id: 'x' } } }, 'NewImage: attribute "id"'],
      ['binary that is no base64', { eventSourceARN: ARN, dynamodb: { OldImage: { id: { B: '?' } } } }, 'OldImage: attribute "id"'],
    ])('with %s is refused', async (_, given, words) => {
      await expect(decryptor.decryptStreamRecord(given as StreamRecord)).rejects.toThrow(withCode('MALFORMED', words))
    })
  })

  describe('several records', () => {
    const batch = (bad?: number) =>
      Array.from({ length: 100 }, (_, i) => {
        const image: Item = i === bad ? { ...newer!, city: { S: 'Paris' } } : newer!
        const { dynamodb, ...rest } = event('INSERT', { NewImage: image })
        return { ...rest, dynamodb: { ...dynamodb, SequenceNumber: String(i) } }
      })

    test('come decrypted in their order, or the first bad one fails them, by its place', async () => {
      const records = await decryptor.decryptStreamRecords(batch())
      expect(records.map(({ dynamodb }) => dynamodb?.SequenceNumber)).toEqual(batch().map((_, i) => String(i)))
      await expect(decryptor.decryptStreamRecords(batch(42))).rejects.toThrow(withCode('NOT_AUTHENTIC', 'Records[42]: '))
    })

    test('are handled one after the other, and Lambda is told where to go on', async () => {
      const handled: unknown[] = []
      let running = 0
      const handle = async ({ dynamodb }: { dynamodb?: object }, i: number) => {
        expect(running++).toBe(0)
        await new Promise((resolve) => setTimeout(resolve, i % 2))
        handled.push((dynamodb as { NewImage: unknown }).NewImage)
        running--
      }
      expect(await decryptor.handleStreamRecords(batch(), handle)).toEqual({ batchItemFailures: [] })
      expect(handled).toEqual(Array(100).fill(NEW))
      handled.length = 0
      expect(await decryptor.handleStreamRecords(batch(42), handle)).toEqual({ batchItemFailures: [{ itemIdentifier: '42' }] })
      expect(handled).toHaveLength(42)
      const failing = async (_: unknown, i: number) => {
        if (i === 7) throw new Error('the handler failed')
      }
      expect(await decryptor.handleStreamRecords(batch(), failing)).toEqual({ batchItemFailures: [{ itemIdentifier: '7' }] })
    })

    test('go on after a bad one only if the caller says so', async () => {
      const failures: unknown[] = []
      const handled: number[] = []
      const onFailure = (error: unknown, i: number) => {
        failures.push([i, (error as { code: string }).code])
        return 'skip' as const
      }
      const response = await decryptor.handleStreamRecords(batch(42), (_, i) => handled.push(i), { onFailure })
      expect(response).toEqual({ batchItemFailures: [] })
      expect([failures, handled.length, handled.includes(42)]).toEqual([[[42, 'NOT_AUTHENTIC']], 99, false])
    })

    test('a failure that Lambda cannot be told of is thrown', async () => {
      const unnumbered = [{ eventSourceARN: ARN, dynamodb: { NewImage: itemToJson({ ...newer!, city: { S: 'Paris' } }) } }]
      await expect(decryptor.handleStreamRecords(unnumbered, () => {})).rejects.toThrow(withCode('NOT_AUTHENTIC'))
    })
  })

  describe('an export', () => {
    const exported = exportDecryptor({ encryptor })
    const full = () => [newer!, older!].map((item) => JSON.stringify({ Item: itemToJson(item) }))
    const metadata = { WriteTimestampMicros: { N: '1680109764000000' } }
    const incremental = () =>
      [{ NewImage: newer! }, { NewImage: newer!, OldImage: older! }, { OldImage: older! }, {}].map((images) =>
        JSON.stringify({
          Metadata: metadata,
          Keys: itemToJson(KEYS),
          ...Object.fromEntries(Object.entries(images).map(([name, image]) => [name, itemToJson(image)])),
        }),
      )
    async function* chunksOf(text: string, size = 7): AsyncGenerator<Uint8Array> {
      const bytes = new TextEncoder().encode(text)
      for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
    }
    async function all(records: AsyncIterable<ExportRecord>): Promise<ExportRecord[]> {
      const list: ExportRecord[] = []
      for await (const one of records) list.push(one)
      return list
    }

    test('full: items come decrypted, with their lines, however the file is cut', async () => {
      const text = `${full()[0]}\n\n${full()[1]}\n`
      const wanted = [
        { line: 1, Item: NEW },
        { line: 3, Item: OLD },
      ]
      for (const size of [1, 7, 100_000]) expect(await all(exported.decryptExport(chunksOf(text, size)))).toEqual(wanted)
      const strings = (async function* () {
        yield text.slice(0, 50)
        yield text.slice(50, -1) // without the last newline
      })()
      expect(await all(exported.decryptExport(strings))).toEqual(wanted)
    })

    test('incremental: both images come decrypted, and deletions with what there is', async () => {
      const records = await all(exported.decryptExport(chunksOf(incremental().join('\n'), 1000)))
      const told = { Metadata: metadata, Keys: KEYS }
      expect(records).toEqual([
        { line: 1, ...told, NewImage: NEW },
        { line: 2, ...told, NewImage: NEW, OldImage: OLD },
        { line: 3, ...told, OldImage: OLD },
        { line: 4, ...told },
      ])
    })

    test('as DynamoDB packs it goes through a DecompressionStream', async () => {
      const packed = new Blob([new Uint8Array(gzipSync(full().join('\n')))])
      const chunks = packed.stream().pipeThrough(new DecompressionStream('gzip')) as unknown as AsyncIterable<Uint8Array>
      expect(await all(exported.decryptExport(chunks))).toMatchObject([{ Item: NEW }, { Item: OLD }])
    })

    test('comes out as lines again, in plaintext', async () => {
      const [first] = await all(exported.decryptExport(chunksOf(full()[0]!)))
      expect(JSON.parse(stringifyExportRecord(first!))).toEqual({ Item: itemToJson(NEW) })
    })

    test('a bad line ends it, by its number, or is told of while the others come', async () => {
      const bad = JSON.stringify({ Item: itemToJson({ ...newer!, city: { S: 'Paris' } }) })
      const text = [full()[0], bad, '{', '{"Count":1}', full()[1]].join('\n')
      const records: ExportRecord[] = []
      const failed = (async () => {
        for await (const one of exported.decryptExport(chunksOf(text, 1000))) records.push(one)
      })()
      await expect(failed).rejects.toThrow(withCode('NOT_AUTHENTIC', 'line 2: Item: '))
      expect(records).toMatchObject([{ line: 1 }])
      const failures: unknown[] = []
      const onFailure = ({ code }: { code: string }, line: number) => failures.push([line, code])
      expect(await all(exported.decryptExport(chunksOf(text, 1000), { onFailure }))).toMatchObject([{ line: 1 }, { line: 5 }])
      expect(failures).toEqual([
        [2, 'NOT_AUTHENTIC'],
        [3, 'MALFORMED'],
        [4, 'MALFORMED'],
      ])
    })

    test('is read no further ahead than is worked on at once, and no longer than it is wanted', async () => {
      let [read, ended] = [0, false]
      const endless = (async function* () {
        try {
          for (;;) {
            read++
            yield `${full()[0]}\n`
          }
        } finally {
          ended = true
        }
      })()
      let taken = 0
      for await (const _ of exported.decryptExport(endless, { concurrency: 4 })) {
        expect(read - ++taken).toBeLessThanOrEqual(4)
        if (taken === 50) break
      }
      expect(ended).toBe(true)
    })

    test('of a table that is not configured is refused, and so is what is no text', async () => {
      const tables = exportDecryptor({ tables: { people: config } })
      expect(await all(tables.decryptExport(chunksOf(full()[0]!), { tableName: 'people' }))).toMatchObject([{ Item: NEW }])
      await expect(all(tables.decryptExport(chunksOf(full()[0]!), { tableName: 'others' }))).rejects.toThrow(withCode('CONFIGURATION'))
      const binary = (async function* () {
        yield Uint8Array.of(0x7b, 0xff)
      })()
      await expect(all(exported.decryptExport(binary))).rejects.toThrow(withCode('MALFORMED', 'not UTF-8'))
    })

    test('a line that never ends is refused before it fills the memory', async () => {
      const endless = (async function* () {
        for (;;) yield 'x'.repeat(1024 * 1024)
      })()
      await expect(all(exported.decryptExport(endless))).rejects.toThrow(withCode('MALFORMED', 'longer than any item'))
    })
  })
})
