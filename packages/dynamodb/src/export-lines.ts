/**
 * The lines of an export of a table to S3, in DynamoDB JSON.
 *
 *     full          {"Item":{…}}
 *     incremental   {"Metadata":{"WriteTimestampMicros":{"N":"…"}},"Keys":{…},"NewImage":{…},"OldImage":{…}}
 *                   without `NewImage` the item was deleted; `OldImage` is there if the export has both
 *
 * @module
 */
import { type Item, ItemCryptoError, itemToJson } from '@itemseal/core'
import { type ImageOptions, imageFrom, imageTables, inOrder, inPlace } from './images.ts'

/** A line of an export, decrypted, and which it was. */
export interface ExportRecord extends ExportLine {
  /** Of the file, from 1; blank lines count. */
  readonly line: number
}

/** What a line of an export holds. */
export interface ExportLine {
  /** Of a full export. */
  readonly Item?: Item
  readonly Metadata?: Item
  /** As the file says: nothing has confirmed them. Those in an image are signed. */
  readonly Keys?: Item
  readonly NewImage?: Item
  readonly OldImage?: Item
}

/** For `decryptExport`. */
export interface ExportOptions {
  /** Which of the tables was exported; not needed beside an `encryptor`. */
  readonly tableName?: string
  /** Lines that are worked on at once, 32 unless said otherwise: so many are in memory. */
  readonly concurrency?: number
  /** Called for each line that fails, in order; the others come all the same. Without it the first failure ends all. */
  readonly onFailure?: (error: ItemCryptoError, line: number) => void
}

/** Decrypts exports. */
export interface ExportDecryptor {
  /** One line, for who cuts the file. @throws as `decryptExport` does, naming no line. */
  decryptExportLine(text: string, tableName?: string): Promise<ExportLine>
  /**
   * The decrypted lines of a file, in their order, as they come.
   *
   * @param chunks the file's text or bytes, cut anywhere and decompressed.
   * @throws as `decryptItem` does, naming the line; `MALFORMED` for what is no line of an export, `CONFIGURATION` for a table that
   *   is not configured.
   *
   * @example
   * const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'AWSDynamoDB/…/data/….json.gz' }))
   * const chunks = Body!.transformToWebStream().pipeThrough(new DecompressionStream('gzip'))
   * for await (const { Item } of decryptor.decryptExport(chunks)) console.log(Item)
   */
  decryptExport(chunks: AsyncIterable<string | Uint8Array>, options?: ExportOptions): AsyncGenerator<ExportRecord, void, void>
}

const PARTS = ['Item', 'Metadata', 'Keys', 'NewImage', 'OldImage'] as const
const ENCRYPTED: readonly string[] = ['Item', 'NewImage', 'OldImage']
const AT_ONCE = 32
const MAX_LINE = 16 * 1024 * 1024 // characters: two images of 400 KiB, however they are escaped, are less

/**
 * Makes a decryptor of exports, for one table or for those that the plugin is configured with.
 *
 * @throws `CONFIGURATION` as `itemEncryption` does.
 */
export function exportDecryptor(options: ImageOptions): ExportDecryptor {
  const find = imageTables(options)

  async function decryptExportLine(text: string, tableName?: string): Promise<ExportLine> {
    const decrypt = await find(tableName)
    if (decrypt === undefined) throw new ItemCryptoError('CONFIGURATION', 'tableName: not the name of a configured table')
    const json = parse(text)
    const parts = PARTS.filter((part) => json[part] !== undefined).map(async (part) => {
      const item = await imageFrom(json[part], part)
      return [part, ENCRYPTED.includes(part) ? await decrypt(item, part) : item]
    })
    return Object.fromEntries(await Promise.all(parts))
  }

  return {
    decryptExportLine,
    async *decryptExport(chunks, { tableName, concurrency = AT_ONCE, onFailure } = {}) {
      if (!(concurrency >= 1)) throw new ItemCryptoError('CONFIGURATION', 'concurrency: a positive number is needed')
      const record = async ({ line, text }: Line): Promise<ExportRecord> => ({ line, ...(await decryptExportLine(text, tableName)) })
      const settled = (entry: Line) =>
        inPlace(`line ${entry.line}: `, () => record(entry)).catch((error: ItemCryptoError) => {
          if (onFailure === undefined || !(error instanceof ItemCryptoError) || error.code === 'CONFIGURATION') throw error
          return { line: entry.line, error }
        })
      for await (const result of inOrder(linesOf(chunks), concurrency, settled)) {
        if ('error' in result) onFailure!(result.error, result.line)
        else yield result
      }
    },
  }
}

/** The text of a line as DynamoDB's own exports have it, such as for an import into another table. */
export function stringifyExportRecord(record: ExportLine): string {
  const parts = PARTS.flatMap((part) => (record[part] === undefined ? [] : [[part, itemToJson(record[part])]]))
  return JSON.stringify(Object.fromEntries(parts))
}

interface Line {
  readonly line: number
  readonly text: string
}

function parse(text: string): Readonly<Record<string, unknown>> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new ItemCryptoError('MALFORMED', 'not JSON') // the parser's own message quotes the text
  }
  if (typeof json !== 'object' || json === null || !(Object.hasOwn(json, 'Item') || Object.hasOwn(json, 'Keys')))
    throw new ItemCryptoError('MALFORMED', 'not a line of an export: it has neither Item nor Keys')
  return json as Record<string, unknown> // just looked at
}

/** All lines that are not blank. */
async function* linesOf(chunks: AsyncIterable<string | Uint8Array>): AsyncGenerator<Line, void, void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  let line = 1
  let rest = ''
  const decode = (chunk?: Uint8Array) => {
    try {
      return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true })
    } catch {
      throw new ItemCryptoError('MALFORMED', `line ${line} or later: not UTF-8`)
    }
  }
  for await (const chunk of chunks) {
    const [first = '', ...more] = (typeof chunk === 'string' ? chunk : decode(chunk)).split('\n')
    rest += first
    for (const next of more) {
      if (rest.trim() !== '') yield { line, text: rest }
      line++
      rest = next
    }
    if (rest.length > MAX_LINE) throw new ItemCryptoError('MALFORMED', `line ${line}: longer than any item`)
  }
  rest += decode()
  if (rest.trim() !== '') yield { line, text: rest }
}
