/**
 * Items outside of their tables: the records of DynamoDB Streams, those that DynamoDB sends to a Kinesis data stream, and the lines
 * of an export to S3.
 *
 *     a Lambda event        `Records[i].dynamodb`, binary as base64, the table in `eventSourceARN`
 *     GetRecords of the SDK `Records[i].dynamodb`, binary as bytes, no table
 *     Kinesis               JSON in `kinesis.data` (Lambda, base64) or `Data` (SDK, bytes), the table in `tableName`
 *
 * @module
 */
import { fromBase64, type Item, ItemCryptoError } from '@itemseal/core'
import { type ImageOptions, imageFrom, imageTables, inOrder, inPlace } from './images.ts'

export {
  type ExportDecryptor,
  type ExportLine,
  type ExportOptions,
  type ExportRecord,
  exportDecryptor,
  stringifyExportRecord,
} from './export-lines.ts'
export type { ImageOptions } from './images.ts'

/** A record of a stream of DynamoDB, as far as it is looked at. */
export interface StreamRecord {
  readonly eventSourceARN?: string | undefined
  readonly tableName?: string | undefined
  readonly dynamodb?:
    | {
        readonly Keys?: object | undefined
        readonly NewImage?: object | undefined
        readonly OldImage?: object | undefined
        readonly SequenceNumber?: string | undefined
      }
    | undefined
}

/** A record of a Kinesis data stream, of a Lambda event or of the SDK. */
export interface KinesisRecord {
  readonly kinesis?: { readonly data: string; readonly sequenceNumber?: string | undefined } | undefined
  readonly Data?: Uint8Array | undefined
  readonly SequenceNumber?: string | undefined
}

/** The same record with its images decrypted. Binary is bytes, whatever it was. */
export type DecryptedRecord<R> = R extends StreamRecord
  ? Omit<R, 'dynamodb'> & { readonly dynamodb?: Omit<NonNullable<R['dynamodb']>, keyof Images> & Images }
  : StreamRecord & { readonly eventName?: string; readonly dynamodb?: Images }

/** What a record tells of an item: as much as the stream's view type has. */
export interface Images {
  /** As the stream says: nothing has confirmed them. Those in an image are signed. */
  readonly Keys?: Item
  readonly NewImage?: Item
  readonly OldImage?: Item
}

/** What Lambda wants to be told of a batch with `ReportBatchItemFailures`. */
export interface BatchResponse {
  batchItemFailures: { itemIdentifier: string }[]
}

/** For `streamDecryptor`: what is decrypted, and what becomes of the rest. */
export type StreamOptions = ImageOptions & {
  /**
   * What happens with a record in a Kinesis data stream that names a table which is not configured. It names it itself, so whoever may write to
   * the stream could pass off an image as yours: such a record is refused, unless this says that it comes back as it is, unverified.
   */
  readonly otherTables?: 'refuse' | 'pass'
}

/** For `handleStreamRecords`. */
export interface HandleOptions {
  /** Of a record without one; see `decryptStreamRecord`. */
  readonly tableName?: string
  /**
   * Called with what a record failed with, be it its decryption or the handler. `skip` goes on with the next record: this one will never be seen
   * again. Otherwise the batch ends here, and Lambda sends the rest once more, beginning with this record.
   */
  readonly onFailure?: (error: unknown, index: number) => 'skip' | undefined | Promise<'skip' | undefined>
}

/** Decrypts the records of streams. */
export interface StreamDecryptor {
  /**
   * The record with both images decrypted. One without images comes back as it is; and so does one of a table that is not configured, if
   * `eventSourceARN` or the caller says so, and not the record in a Kinesis data stream.
   *
   * @param tableName name or ARN of the table, for records that do not say: those of the SDK's GetRecords.
   * @throws as `decryptItem` does; `MALFORMED` for what is no such record; `CONFIGURATION` for one of another table, see `otherTables`.
   */
  decryptStreamRecord<R extends StreamRecord | KinesisRecord>(record: R, tableName?: string): Promise<DecryptedRecord<R>>
  /** All of them, several at once, or the failure of the first that fails, which it names: `Records[3]: …`. */
  decryptStreamRecords<R extends StreamRecord | KinesisRecord>(records: readonly R[], tableName?: string): Promise<DecryptedRecord<R>[]>
  /**
   * Hands the decrypted records of a Lambda event to a handler, one after the other and in their order, up to the first that fails.
   *
   * @throws what a record failed with that has no sequence number: Lambda could not be told.
   *
   * @example
   * export const handler = (event: DynamoDBStreamEvent) =>
   *   decryptor.handleStreamRecords(event.Records, async ({ dynamodb }) => index(dynamodb?.NewImage))
   */
  handleStreamRecords<R extends StreamRecord | KinesisRecord>(
    records: readonly R[],
    handle: (record: DecryptedRecord<R>, index: number) => unknown,
    options?: HandleOptions,
  ): Promise<BatchResponse>
}

const AT_ONCE = 32

/**
 * Makes a decryptor of stream records, for one table or for all that the plugin is configured with.
 *
 * Images are verified as items are. What else a record says, its `eventName` and `Keys` included, is what the stream says.
 *
 * @throws `CONFIGURATION` as `itemEncryption` does.
 *
 * @example
 * const decryptor = streamDecryptor({ tables: { people: structuredTable({ partitionKey: 'id', keyring, actions }) } })
 * const decrypted = async (event: DynamoDBStreamEvent) => decryptor.decryptStreamRecords(event.Records)
 */
export function streamDecryptor(options: StreamOptions): StreamDecryptor {
  const find = imageTables(options)

  async function decryptStreamRecord(record: StreamRecord | KinesisRecord, tableName?: string): Promise<StreamRecord> {
    const told = streamRecordIn(record) ?? {}
    const { dynamodb, eventSourceARN } = told
    if (typeof dynamodb !== 'object' || dynamodb === null) throw new ItemCryptoError('MALFORMED', 'no record of a stream of DynamoDB')
    const { Keys, NewImage, OldImage } = dynamodb
    const decrypt = await find(eventSourceARN ?? told.tableName ?? tableName)
    if (decrypt === undefined) {
      const saysItself = told !== record || told.tableName !== undefined // by whatever name
      if (saysItself && options.otherTables !== 'pass')
        throw new ItemCryptoError('CONFIGURATION', 'tableName: not that of a configured table; should it be passed, say so by otherTables')
      return told
    }
    const image = async (json: object, where: string) => decrypt(await imageFrom(json, where), where)
    const [keys, newer, older] = await Promise.all([
      Keys && imageFrom(Keys, 'Keys'),
      NewImage && image(NewImage, 'NewImage'),
      OldImage && image(OldImage, 'OldImage'),
    ])
    const images: Images = { ...(keys && { Keys: keys }), ...(newer && { NewImage: newer }), ...(older && { OldImage: older }) }
    return { ...told, dynamodb: { ...dynamodb, ...images } }
  }

  /** Each in a box that is opened when its turn comes: its failure is of interest then, if at all. */
  function decrypted(records: readonly (StreamRecord | KinesisRecord)[], tableName?: string): AsyncGenerator<() => Promise<StreamRecord>> {
    return inOrder(records.entries(), AT_ONCE, async ([i, record]) => {
      const result = inPlace(`Records[${i}]: `, () => decryptStreamRecord(record, tableName))
      await result.catch(() => {})
      return () => result
    })
  }

  async function decryptStreamRecords(records: readonly (StreamRecord | KinesisRecord)[], tableName?: string): Promise<StreamRecord[]> {
    const list: StreamRecord[] = []
    for await (const open of decrypted(records, tableName)) list.push(await open())
    return list
  }

  async function handleStreamRecords(
    records: readonly (StreamRecord | KinesisRecord)[],
    handle: (record: never, index: number) => unknown,
    { tableName, onFailure }: HandleOptions = {},
  ): Promise<BatchResponse> {
    let i = -1
    for await (const open of decrypted(records, tableName)) {
      i++
      try {
        await handle((await open()) as never, i)
      } catch (error) {
        if ((await onFailure?.(error, i)) === 'skip') continue
        const itemIdentifier = sequenceNumberOf(records[i]!)
        if (itemIdentifier === undefined) throw error
        return { batchItemFailures: [{ itemIdentifier }] }
      }
    }
    return { batchItemFailures: [] }
  }

  // The types of what goes in and comes out depend on each other in ways that the compiler does not follow.
  return { decryptStreamRecord, decryptStreamRecords, handleStreamRecords } as unknown as StreamDecryptor
}

/** The record itself, or that which Kinesis carries: any JSON. */
function streamRecordIn(record: StreamRecord | KinesisRecord): StreamRecord | null {
  const data = 'kinesis' in record && record.kinesis ? record.kinesis.data : 'Data' in record ? record.Data : undefined
  if (data === undefined) return record as StreamRecord // looked at next
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(typeof data === 'string' ? fromBase64(data) : data))
  } catch {
    throw new ItemCryptoError('MALFORMED', 'no JSON in the record of the Kinesis stream') // the parser's own message quotes the text
  }
}

function sequenceNumberOf(record: StreamRecord & KinesisRecord): string | undefined {
  return record.kinesis?.sequenceNumber ?? record.SequenceNumber ?? record.dynamodb?.SequenceNumber
}
