/**
 * What was done to the items of a call: for metrics, spans and logs. Holds no value of an item, and no key.
 *
 * @module
 */
import { type Item, ItemCryptoError, type ItemEncryptor } from '@itemseal/core'
import { type DataKeyFacts, inspectItem } from '@itemseal/core/inspect'
import type { Observer } from './observer.ts'
import type { EncryptedTable } from './table.ts'

export type { Observer } from './observer.ts'

/** A data key of an item, as `inspectItem` tells of it. */
export type EventDataKey = Omit<DataKeyFacts, 'length'>

/** One call, when it is over. Times are in milliseconds. */
export interface ItemEvent {
  /** Such as `PutItem`. */
  readonly operation: string
  /** The configured tables that it spoke of. */
  readonly tables: readonly string[]
  readonly itemsEncrypted: number
  readonly itemsDecrypted: number
  /** Formats of the items, by what they say of themselves. */
  readonly formats: readonly ('classic' | 'structured' | 'plaintext')[]
  /** Each data key of structured items once: whose it is, not what it is. */
  readonly dataKeys: readonly EventDataKey[]
  /** Each version of keys of classic items once, such as `orders#3`. */
  readonly materialIds: readonly string[]
  /** Of the whole call, with all its attempts. */
  readonly duration: number
  /** From the first item that was begun to the last one done, summed over what happens before sending and after it. */
  readonly cryptography: number
  /** The code of an `ItemCryptoError`, or the name of another error. */
  readonly error?: string
}

/**
 * Names of attributes in OpenTelemetry: the first three and the last are of its conventions for databases. Its API takes only
 * lists that may be changed, so these are new ones.
 */
export type EventAttributes = Readonly<Record<string, string | number | string[]>>

/**
 * For the option `observer` of `itemEncryption`: tells of each call to a configured table when it is over, also if it failed.
 * What the receiver throws, or rejects with, disturbs nobody.
 *
 * @example
 * itemEncryption({ tables, observer: itemEvents((event) => duration.record(event.duration, eventAttributes(event))) })
 */
export function itemEvents(onEvent: (event: ItemEvent) => unknown, now: () => number = () => performance.now()): Observer {
  return async (operation, tables, call) => {
    const start = now()
    const seen = { tables: new Set<string>(), formats: new Set<ItemEvent['formats'][number]>(), materialIds: new Set<string>() }
    const dataKeys = new Map<string, EventDataKey>()
    const counts = { encrypted: 0, decrypted: 0 }
    let [running, since, cryptography] = [0, 0, 0]

    async function counted(step: () => Promise<Item>, kind: keyof typeof counts, stored: (result: Item) => Item): Promise<Item> {
      if (running++ === 0) since = now()
      try {
        const result = await step()
        counts[kind]++
        look(stored(result))
        return result
      } finally {
        if (--running === 0) cryptography += now() - since
      }
    }

    function look(item: Item): void {
      const facts = inspected(item)
      if (facts === undefined) return
      seen.formats.add(facts.format)
      if (facts.format === 'classic' && facts.materialId !== undefined) seen.materialIds.add(facts.materialId)
      if (facts.format !== 'structured') return
      for (const { length: _, ...dataKey } of facts.dataKeys) dataKeys.set(JSON.stringify(dataKey), dataKey)
    }

    function watched(table: EncryptedTable): EncryptedTable {
      seen.tables.add(table.name)
      const encryptor: ItemEncryptor = {
        encryptItem: (item) =>
          counted(
            () => table.encryptor.encryptItem(item),
            'encrypted',
            (result) => result,
          ),
        decryptItem: (item) =>
          counted(
            () => table.encryptor.decryptItem(item),
            'decrypted',
            () => item,
          ),
      }
      return { ...table, encryptor }
    }

    function done(error?: unknown): void {
      if (seen.tables.size === 0 && !(error instanceof ItemCryptoError)) return
      tell(onEvent, {
        operation,
        tables: [...seen.tables],
        itemsEncrypted: counts.encrypted,
        itemsDecrypted: counts.decrypted,
        formats: [...seen.formats],
        dataKeys: [...dataKeys.values()],
        materialIds: [...seen.materialIds],
        duration: now() - start,
        cryptography,
        ...(error !== undefined && { error: nameOf(error) }),
      })
    }

    function find(nameOrArn: string | undefined): ReturnType<typeof tables.find> {
      const table = tables.find(nameOrArn)
      return table instanceof Promise ? table.then(watched) : table && watched(table)
    }

    try {
      const result = await call({ ...tables, find })
      done()
      return result
    } catch (error) {
      done(error)
      throw error
    }
  }
}

/** The event as attributes of a span or of a metric. Metrics should leave out the keys: `itemseal.data_keys` has many values. */
export function eventAttributes(event: ItemEvent): EventAttributes {
  const [table, ...more] = event.tables
  return {
    'db.system.name': 'aws.dynamodb',
    'db.operation.name': event.operation,
    ...(table !== undefined && more.length === 0 && { 'db.collection.name': table }),
    'itemseal.tables': [...event.tables],
    'itemseal.formats': [...event.formats],
    'itemseal.items.encrypted': event.itemsEncrypted,
    'itemseal.items.decrypted': event.itemsDecrypted,
    'itemseal.cryptography.duration': event.cryptography,
    'itemseal.data_keys': event.dataKeys.map(({ keyProviderId, keyProviderInfo, branchKeyVersion, keyName }) =>
      [keyProviderId, keyProviderInfo ?? keyName, branchKeyVersion].filter((part) => part !== undefined).join(' '),
    ),
    'itemseal.material_ids': [...event.materialIds],
    ...(event.error !== undefined && { 'error.type': event.error }),
  }
}

/** What cannot be looked into has been written by an encryptor of another format. */
function inspected(item: Item): ReturnType<typeof inspectItem> | undefined {
  try {
    return inspectItem(item)
  } catch {
    return undefined
  }
}

function tell<T>(onEvent: (event: T) => unknown, event: T): void {
  try {
    Promise.resolve(onEvent(event)).catch(() => {})
  } catch {} // the call is as it is
}

function nameOf(error: unknown): string {
  if (error instanceof ItemCryptoError) return error.code
  return error instanceof Error ? error.name : 'unknown'
}
