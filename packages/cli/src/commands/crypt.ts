/**
 * `itemseal encrypt` and `itemseal decrypt`.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { type Item, ItemCryptoError, type Primitives, parseDynamoDbJson, stringifyDynamoDbJson } from '@itemseal/core'
import { exportDecryptor, stringifyExportRecord } from '@itemseal/dynamodb/streams'
import { nodeCrypto } from '@itemseal/node'
import { type EncryptorOptions, encryptorFromConfig } from '../config.ts'
import { nodeKeyTools } from '../node-keys.ts'
import { UsageError } from '../usage.ts'

export interface CryptOptions {
  readonly config: string | undefined
  readonly allowPlaintext: boolean
  /** Whether the lines are those of an export of a table to S3. */
  readonly fromExport: boolean
}

/** The step that a line goes through, and what files the configuration names. Everything that can be wrong with it is wrong now. */
export async function cryptStep(
  command: 'encrypt' | 'decrypt',
  { config, allowPlaintext, fromExport }: CryptOptions,
): Promise<{ readonly step: (line: string) => Promise<string>; readonly files: readonly string[] }> {
  if (config === undefined) throw new UsageError('--config FILE is needed')
  const trials: (() => Promise<unknown>)[] = []
  const files: string[] = []
  const options: EncryptorOptions = {
    primitives: nodeCrypto,
    tools: nodeKeyTools,
    allowPlaintext,
    environment: process.env,
    readItems(file: string) {
      const place = placeOf(file, config)
      files.push(place)
      return readItems(place)
    },
    tryOut: (path, use) => trials.push(() => fit(path, use)),
  }
  const encryptor = encryptorFromConfig(await readJson(config), command, options)
  for (const trial of trials) await trial()
  if (fromExport) {
    const decryptor = exportDecryptor({ encryptor })
    return { files, step: async (line) => stringifyExportRecord(await decryptor.decryptExportLine(line)) }
  }
  const change = (item: Item) => (command === 'encrypt' ? encryptor.encryptItem(item) : encryptor.decryptItem(item))
  return { files, step: async (line) => stringifyDynamoDbJson(await change(parseDynamoDbJson(line))) }
}

async function fit(path: string, use: (p: Primitives) => unknown): Promise<void> {
  try {
    await use(nodeCrypto)
  } catch (cause) {
    const reason = cause instanceof ItemCryptoError ? cause.message : 'a key that cannot be used so' // other messages are not ours
    throw new ItemCryptoError('CONFIGURATION', `${path}: ${reason}`, { cause })
  }
}

/** A name in a configuration counts from the configuration's folder or, if there is nothing, from where the command runs. */
function placeOf(file: string, config: string): string {
  const beside = resolve(dirname(config), file)
  return existsSync(beside) ? beside : resolve(file)
}

async function readJson(file: string): Promise<unknown> {
  const text = await readText(file, '--config')
  try {
    return JSON.parse(text)
  } catch {
    throw new ItemCryptoError('CONFIGURATION', 'the configuration is not JSON')
  }
}

/** @throws `CONFIGURATION` for a file that cannot be read, or a line that is no item. */
async function readItems(file: string): Promise<Item[]> {
  const lines = (await readText(file)).split('\n')
  return lines.filter((line) => line.trim() !== '').map(parseDynamoDbJson)
}

async function readText(file: string, title?: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw new ItemCryptoError(
      'CONFIGURATION',
      `${title === undefined ? '' : `${title}: `}cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      { cause },
    )
  }
}
