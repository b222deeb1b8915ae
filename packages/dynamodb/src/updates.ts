/**
 * UpdateItem of what is encrypted or signed, which DynamoDB cannot carry out itself: the item is read, verified, changed here,
 * encrypted, and written on the condition that its signature is still the one that was read.
 *
 * It is written by an UpdateItem of the caller's own client that replaces what has changed: so the answer, the attempts and the
 * abort signal are those of that call, and attributes that nothing signs, and that the update does not speak of, are left to others.
 *
 * @module
 */
import { type Item, itemFromJson, itemToJson } from '@itemseal/core'
import { type Call, STORED } from './call.ts'
import { checkParameters, readExpression } from './checks.ts'
import type { DynamoDbGet } from './client.ts'
import { isTrue } from './condition.ts'
import { identityOf } from './document.ts'
import { attributesIn, parseCondition, valuesIn } from './expression.ts'
import { planInPlace, signedAttribute } from './in-place.ts'
import { checkKey, decryptFrom, encryptFor } from './passage.ts'
import { pause, throwIfAborted } from './pause.ts'
import { askedFor, pickPaths } from './projections.ts'
import type { Request } from './sdk-shapes.ts'
import { type EncryptedTable, located, type PlanUpdate, refuse, tableError } from './table.ts'
import { updated } from './update.ts'
import { parseUpdate } from './update-expression.ts'
import { callOf } from './write.ts'

/** What updates need: a way to read items, and a limit. */
export interface ItemUpdatesOptions {
  /**
   * Reads the item as it is stored: that of `sdkDynamoDbCalls(client)`, of a client with or without the plugin. One of your own must
   * not decrypt.
   */
  readonly getItem: DynamoDbGet['getItem']
  /** How often an update is tried while others change the item at the same time: 10 by default. */
  readonly maxAttempts?: number
}

const MAX_LENGTH = 4096 // of an expression

/**
 * For the option `updates` of a table: UpdateItem, and Update in transactions, of any attribute that is no key.
 *
 * The caller's condition is evaluated on the decrypted item; where it is false, DynamoDB itself is made to answer
 * `ConditionalCheckFailedException`. An item that is not there is made. An update is applied once or not at all: if an answer was
 * lost, the item is read again, and it is done if it bears the signature that was written.
 *
 * Its calls throw `MALFORMED` for what DynamoDB refuses with a `ValidationException`, and `UNSUPPORTED` if others kept changing the
 * item, or if its state does not tell whether a lost write was done.
 *
 * @example
 * const updates = itemUpdates(sdkDynamoDbCalls(client))
 * client.middlewareStack.use(itemEncryption({ tables: { people: classicTable({ partitionKey: 'id', provider, updates }) } }))
 */
export function itemUpdates({ getItem, maxAttempts = 10 }: ItemUpdatesOptions): PlanUpdate {
  async function read(
    table: EncryptedTable,
    { TableName = table.name, Key = {} }: Request,
    signal?: AbortSignal,
  ): Promise<Item | undefined> {
    const input = { TableName, Key, ConsistentRead: true, [STORED]: true }
    throwIfAborted(signal)
    const { Item: item } = await getItem(input, { signal })
    throwIfAborted(signal)
    return item
  }

  /** Whether there is to be another attempt, after a while. */
  async function again(attempt: number, signal?: AbortSignal): Promise<boolean> {
    if (attempt >= maxAttempts) return false
    await pause(Math.random() * Math.min(1000, 10 * 2 ** attempt), signal)
    return true
  }

  async function plan(table: EncryptedTable, request: Request, signal: AbortSignal | undefined, attempt: number): Promise<Call> {
    const changes = readExpression(table, request, 'UpdateExpression', (text) => parseUpdate(text, request))
    if (table.writesPlaintext || signedAttribute(table, changes) === undefined) return planInPlace(table, request)
    const conditions = readExpression(table, request, 'ConditionExpression', (text) => [parseCondition(text, request)])
    checkParameters(table, request, [...changes, ...conditions].flatMap(valuesIn))
    checkKey(table, request.Key)
    const paths = changes.map(({ operands: [{ path }] }) => path)
    const mentioned = [...changes, ...conditions].flatMap(attributesIn)
    for (const name of mentioned)
      if (table.isReserved(name)) refuse(table, `attribute ${JSON.stringify(name)} is reserved, and cannot be updated`)
    for (const [name] of paths)
      if (name === table.partitionKey || name === table.sortKey)
        refuse(table, `attribute ${JSON.stringify(name)} is a key, and cannot be updated`)

    // Looked at as a whole: engines quote a text in which they were to look for a type.
    const values = evaluate(table, 'ExpressionAttributeValues', () => itemFromJson(itemToJson(request.ExpressionAttributeValues ?? {})))
    const stored = await read(table, request, signal)
    const before = stored && (await decryptFrom(table, stored, 'the item to update', (item) => askedFor(table, request.Key, item)))
    throwIfAborted(signal) // or keys would be asked for once more
    const isWanted = evaluate(table, 'ConditionExpression', () => conditions.every((condition) => isTrue(condition, values, before ?? {})))
    if (!isWanted) return callOf(table, 'UpdateItem', failing(table, request))
    const after = evaluate(table, 'UpdateExpression', () => updated(before ?? request.Key ?? {}, changes, values))
    const encrypted = await encryptFor(table, after)

    const part = request.ReturnValues?.startsWith('UPDATED_')
    const sent = replacing(table, request, stored, encrypted, mentioned)
    const call = callOf(table, 'UpdateItem', { ...sent, ...(part && { ReturnValues: 'NONE' }) })
    const returned = {
      ALL_OLD: before,
      ALL_NEW: after,
      UPDATED_OLD: before && pickPaths(before, paths),
      UPDATED_NEW: pickPaths(after, paths),
    }
    const Attributes = returned[request.ReturnValues as keyof typeof returned] // undefined for NONE
    const attributes = Attributes && Object.keys(Attributes).length > 0 ? { Attributes } : {}
    let isDoubtful = false

    return {
      ...call,
      ...(part && { output: (output: object) => ({ ...output, ...attributes }) }),
      error({ name, $fault }) {
        // An answer that blames us says that nothing was done; any other failure leaves it open.
        if ($fault !== 'client' && name !== 'ItemCryptoError') isDoubtful = true
      },
      raced: async ({ CancellationReasons: reasons = [] } = { name: '' }, races, attempts) =>
        reasons.every(({ Code: code }, i) => code === 'None' || (code === 'ConditionalCheckFailed' && races[i] !== undefined)) &&
        reasons.length > 0 &&
        (await again(attempts, signal)),
      async retry(error) {
        if (error?.name !== 'ConditionalCheckFailedException') return undefined
        if (isDoubtful) {
          const now = await read(table, request, signal)
          // Where nothing random is in an item, as in one of which a MAC signs all and nothing is encrypted, another's may have the same.
          const isOurs = now && hasSignatureOf(table, now, encrypted) && !hasSignatureOf(table, await encryptFor(table, after), encrypted)
          if (isOurs) return { input: call.input, answer: { $metadata: {}, ...attributes } }
          if (!(now && stored ? hasSignatureOf(table, now, stored) : now === stored))
            throw tableError(
              'UNSUPPORTED',
              table.name,
              'UpdateItem: an answer was lost, and the item does not tell whether it was done',
              error,
            )
        }
        if (await again(attempt, signal)) return plan(table, request, signal, attempt + 1)
        throw tableError('UNSUPPORTED', table.name, `UpdateItem: given up after ${attempt} attempts, others kept changing the item`, error)
      },
    }
  }

  return (table, request, signal) => plan(table, request, signal, 1)
}

/** The update that makes the encrypted item of the stored one, if that one is unchanged. */
function replacing(
  table: EncryptedTable,
  { ReturnValuesOnConditionCheckFailure: _, ...request }: Request & { readonly ReturnValuesOnConditionCheckFailure?: string },
  stored: Item | undefined,
  encrypted: Item,
  mentioned: readonly string[],
): Request {
  const names: Record<string, string> = {}
  const values: Record<string, Item[string]> = {}
  const aliases = new Map<string, string>()
  function name(attribute: string): string {
    const alias = aliases.get(attribute) ?? `#${aliases.size.toString(36)}`
    aliases.set(attribute, alias)
    names[alias] = attribute
    return alias
  }
  function value(of: Item[string]): string {
    const alias = `:${Object.keys(values).length.toString(36)}`
    values[alias] = of
    return alias
  }
  const before = new Map(Object.entries(stored ?? {}))
  const unchanged = (attribute: string, of: Item[string]) => before.has(attribute) && identityOf(before.get(attribute)!) === identityOf(of)

  const isKey = (attribute: string) => attribute === table.partitionKey || attribute === table.sortKey
  // The signature is set even if it is the same: an update that changes nothing needs an expression too.
  const sets = Object.entries(encrypted).filter(
    ([attribute, of]) => !isKey(attribute) && (table.isReserved(attribute) || !unchanged(attribute, of)),
  )
  const removes = [...before.keys()].filter((attribute) => !Object.hasOwn(encrypted, attribute))
  const reserved = [...before.keys()].filter(table.isReserved)
  // The signature speaks for all that it covers; where there is none, as in a migration, and of what it does not cover, each value.
  const guarded =
    reserved.length === 0
      ? [...before.keys()]
      : [...reserved, ...mentioned.filter((attribute) => table.actionOf(attribute) === 'DO_NOTHING')]
  const conditions = [...new Set(stored === undefined ? [table.partitionKey] : guarded)].map((attribute) =>
    before.has(attribute) ? `${name(attribute)}=${value(before.get(attribute)!)}` : `attribute_not_exists(${name(attribute)})`,
  )
  const set = sets.map(([attribute, of]) => `${name(attribute)}=${value(of)}`)
  const update = [set.length > 0 ? `SET ${set}` : '', removes.length > 0 ? `REMOVE ${removes.map(name)}` : ''].join(' ').trim()
  const condition = conditions.join(' AND ')
  if (Math.max(update.length, condition.length) > MAX_LENGTH)
    refuse(table, 'UpdateItem: the item has too many attributes: read, change and put it')
  return {
    ...request,
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  }
}

/** What DynamoDB answers as it answers a condition that is false, with nothing of the caller's in it. */
function failing(table: EncryptedTable, { UpdateExpression: _, ExpressionAttributeValues: __, ...request }: Request): Request {
  return {
    ...request,
    UpdateExpression: 'REMOVE #none',
    ConditionExpression: 'attribute_exists(#key) AND attribute_not_exists(#key)',
    ExpressionAttributeNames: { '#key': table.partitionKey, '#none': 'itemseal_none' },
  }
}

function hasSignatureOf(table: EncryptedTable, item: Item, other: Item): boolean {
  return Object.entries(other).every(
    ([name, value]) => !table.isReserved(name) || (Object.hasOwn(item, name) && identityOf(item[name]!) === identityOf(value)),
  )
}

function evaluate<T>(table: EncryptedTable, parameter: string, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw located(error, table, `${parameter}: `)
  }
}
