/**
 * DynamoDB takes the ARN of a table wherever it takes its name, dynalite only the name. Requests are rewritten to names, and
 * answers back to what the client wrote.
 *
 * @module
 */
import { isJson, type Json } from './wire.ts'

export interface ResolvedNames {
  /** The request with names only; the same object if there was no ARN in it. */
  readonly body: Json
  /** Puts the ARNs back where an answer repeats the client's table names. */
  restore(answer: Json): Json
}

const TABLE_ARN = /^arn:[^:]+:dynamodb:[^:]*:[^:]*:table\/([^/]+)$/

/** @throws Error if a batch names one table twice, by name and by ARN. */
export function resolveTableNames(body: Json): ResolvedNames {
  const arns = new Map<string, string>()
  const toName = (written: string) => {
    const name = TABLE_ARN.exec(written)?.[1]
    if (name === undefined) return written
    arns.set(name, written)
    return name
  }
  const named = { ...body }
  if (typeof body.TableName === 'string') named.TableName = toName(body.TableName)
  if (isJson(body.RequestItems)) named.RequestItems = renameMembers(body.RequestItems, toName)
  if (Array.isArray(body.TransactItems)) named.TransactItems = body.TransactItems.map((action) => renameAction(action, toName))
  if (arns.size === 0) return { body, restore: (answer) => answer }
  return { body: named, restore: (answer) => restoreArns(answer, (name) => arns.get(name) ?? name) }
}

type Rename = (name: string) => string

function renameMembers(byTable: Json, rename: Rename): Json {
  const renamed = new Map(Object.entries(byTable).map(([name, value]) => [rename(name), value]))
  if (renamed.size < Object.keys(byTable).length) throw new Error('a table is named twice')
  return Object.fromEntries(renamed)
}

function renameAction(action: unknown, rename: Rename): unknown {
  if (!isJson(action)) return action
  return Object.fromEntries(Object.entries(action).map(([kind, request]) => [kind, renameTable(request, rename)]))
}

function renameTable(holder: unknown, rename: Rename): unknown {
  return isJson(holder) && typeof holder.TableName === 'string' ? { ...holder, TableName: rename(holder.TableName) } : holder
}

function restoreArns(answer: Json, rename: Rename): Json {
  const restored = { ...answer }
  for (const member of ['Responses', 'UnprocessedItems', 'UnprocessedKeys', 'ItemCollectionMetrics']) {
    const byTable = answer[member]
    if (isJson(byTable)) restored[member] = renameMembers(byTable, rename)
  }
  const capacity = answer.ConsumedCapacity
  if (Array.isArray(capacity)) restored.ConsumedCapacity = capacity.map((one) => renameTable(one, rename))
  else if (capacity !== undefined) restored.ConsumedCapacity = renameTable(capacity, rename)
  return restored
}
