/**
 * Keys kept in a file, so that what they wrapped opens after a restart. They lie there in clear: it is for tests.
 *
 *     { "version": 1, "keys": [ { "keyId", "spec", "partition", "account", "regions", "aliases", "disabled", "secret",
 *       "privateKey"?, "grantToken"? }, … ] }      secret: base64; privateKey: PKCS#8 PEM; disabled: Regions
 *
 * @module
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'

export type LocalKeySpec = 'SYMMETRIC_DEFAULT' | 'RSA_2048' | 'RSA_3072' | 'RSA_4096' | 'ECC_NIST_P256' | 'ECC_NIST_P384' | 'ECC_NIST_P521'

/** A key, in all its Regions. */
export interface KeyRecord {
  readonly keyId: string
  readonly spec: LocalKeySpec
  readonly partition: string
  readonly account: string
  readonly regions: readonly string[]
  readonly aliases: readonly string[]
  readonly disabled: readonly string[]
  readonly secret: string
  readonly privateKey?: string
  readonly grantToken?: string
}

const VERSION = 1

/** `undefined` if there is no such file. @throws if it is not one of keys: it is left alone then. */
export function readKeyFile(file: string): readonly KeyRecord[] | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  try {
    const { version, keys } = JSON.parse(text) as { version: unknown; keys: unknown }
    if (version === VERSION && Array.isArray(keys) && keys.every(isRecord)) return keys
  } catch {}
  throw new Error(`${file} is no file of keys`)
}

/** Whoever reads it, and whatever ends this process, finds all of the old keys or all of the new. */
export function writeKeyFile(file: string, keys: readonly KeyRecord[]): void {
  const beside = `${file}.${process.pid}.new`
  try {
    writeFileSync(beside, `${JSON.stringify({ version: VERSION, keys }, null, 2)}\n`, { mode: 0o600, flush: true })
    renameSync(beside, file)
  } catch (error) {
    rmSync(beside, { force: true })
    throw error
  }
}

function isRecord(value: unknown): value is KeyRecord {
  if (typeof value !== 'object' || value === null) return false
  const { keyId, spec, partition, account, secret, ...lists } = value as Record<string, unknown>
  const { regions, aliases, disabled } = lists
  return (
    [keyId, spec, partition, account, secret].every((member) => typeof member === 'string') &&
    [regions, aliases, disabled].every((list) => Array.isArray(list) && list.every((member) => typeof member === 'string'))
  )
}
