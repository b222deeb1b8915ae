/**
 * What most cases do: read what another wrote, and write it again.
 *
 * @module
 */
import type { ItemEncryptor } from '@itemseal/core'
import { assertSameItem, type Library, type Subject } from './suite.ts'

export type Json = Readonly<Record<string, unknown>>

export interface Vector {
  readonly config: Json
  readonly encrypted: Json
  readonly plaintext: Json
}

/** Reads an item, which must give the plaintext. */
export async function readItem(library: Library, subject: Subject, { config, encrypted, plaintext }: Vector): Promise<'read'> {
  const item = await readerOf(library, subject, config).decryptItem(library.itemFromJson(encrypted))
  assertSameItem(library.itemToJson(item), plaintext)
  return 'read'
}

/** The same, and writes it again where the configuration has the keys for that; which must give the plaintext too. */
export async function readAndWrite(library: Library, subject: Subject, vector: Vector): Promise<'read' | 'written'> {
  await readItem(library, subject, vector)
  const { config, plaintext } = vector
  const writer = writerOf(library, subject, config)
  if (writer === undefined) return 'read'
  const written = await writer.encryptItem(library.itemFromJson(plaintext))
  return readItem(library, subject, { config, encrypted: library.itemToJson(written), plaintext }).then(() => 'written')
}

/** @throws unless the item is refused with this code. */
export async function assertRefused(
  library: Library,
  subject: Subject,
  { config, encrypted, error }: Omit<Vector, 'plaintext'> & { readonly error: string },
): Promise<'read'> {
  const reading = readerOf(library, subject, config).decryptItem(library.itemFromJson(encrypted))
  const refusal = await reading.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (refusal === undefined) throw new Error(`expected ${error}, got an item`)
  if ((refusal as { code?: unknown }).code !== error) throw refusal
  return 'read'
}

const NO_STORE = { readItems: () => Promise.reject(new Error('no store here')) }

function readerOf(library: Library, subject: Subject, config: Json): ItemEncryptor {
  return library.encryptorFromConfig(config, 'decrypt', { ...subject, ...NO_STORE })
}

/** A reader's configuration need not have what writing takes. */
function writerOf(library: Library, subject: Subject, config: Json): ItemEncryptor | undefined {
  if (config.format === 'structured' && !canWrap(config.keys as Json)) return undefined
  try {
    return library.encryptorFromConfig(config, 'encrypt', { ...subject, ...NO_STORE })
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CONFIGURATION') return undefined
    throw error
  }
}

/** Every member of a multi-keyring has to wrap when it writes. */
function canWrap(keys: Json): boolean {
  if (keys.keyring === 'raw-rsa') return 'publicKey' in keys
  if (keys.keyring === 'raw-ecdh') return keys.schema !== 'discovery'
  return (
    keys.keyring !== 'multi' ||
    ('generator' in keys && [keys.generator, ...((keys.children ?? []) as Json[])].every((key) => canWrap(key as Json)))
  )
}
