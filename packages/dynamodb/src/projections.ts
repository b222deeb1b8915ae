/**
 * Reads of parts of items. A signature covers the whole item, so the whole one is fetched and verified; of that, what was asked
 * for is given back, as DynamoDB would give it.
 *
 * `classicTable` and `structuredTable` have this. To a table that is configured by hand it is given with its protection:
 * `{ encryptor, actionOf, isReserved, planRead }`.
 *
 * @module
 */
import { type AttributeValue, type Item, ItemCryptoError } from '@itemseal/core'
import { identityOf } from './document.ts'
import { expressionParser, type Path } from './expression.ts'
import type { ExpressionAliases, Request } from './sdk-shapes.ts'
import { type EncryptedTable, located, type PlanRead, refuse, tableError } from './table.ts'

/** Where paths lead to: on from here, or, if there are no steps, here. */
export type Branch = Map<string | number, Branch>

const EXPRESSIONS = ['FilterExpression', 'KeyConditionExpression'] as const

/**
 * @throws `MALFORMED` for a projection that is none, or has two paths of which one holds the other. `CONFIGURATION` for an index
 *   without the attributes that the signature covers.
 */
export const planRead: PlanRead = (table, request) => {
  const { ProjectionExpression: text, Select: select, ...rest } = request
  if (request.AttributesToGet != null) refuse(table, 'AttributesToGet is not supported: use a ProjectionExpression')
  if (text === undefined) {
    if (select === 'SPECIFIC_ATTRIBUTES') refuse(table, 'Select: SPECIFIC_ATTRIBUTES needs a ProjectionExpression')
    return { request: wholeItems(table, request), ...(request.Key && { pick: (item) => askedFor(table, request.Key, item) }) }
  }
  if (select !== undefined && select !== 'SPECIFIC_ATTRIBUTES') refuse(table, `Select: ${select} does not go with a ProjectionExpression`)
  const root = within(table, () => branchOf(parseProjection(text, request)))
  return {
    request: wholeItems(table, withUsedNames(rest, text), [...root.keys()]),
    pick: (item) => pickFrom(askedFor(table, request.Key, item), root),
  }
}

/** The item itself. Its signature covers its key, but does not say that this is the item of the request. @throws `NOT_AUTHENTIC` if it is another. */
export function askedFor(table: EncryptedTable, key: Item | undefined, item: Item): Item {
  for (const [name, value] of Object.entries(key ?? {})) {
    if ('B' in value && !(value.B instanceof Uint8Array)) continue // some versions of the SDK take it as text, each in its own way
    const own = Object.hasOwn(item, name) ? item[name] : undefined
    if (own === undefined || identityOf(own) !== identityOf(value))
      throw tableError('NOT_AUTHENTIC', table.name, 'the answer is another item than the one that was asked for')
  }
  return item
}

/** @throws `MALFORMED` */
export function parseProjection(text: string, names: ExpressionAliases): Path[] {
  const { path, list, end } = expressionParser(text, names)
  return end(list(path))
}

/** The paths as a tree. @throws `MALFORMED` if one holds another. */
export function branchOf(paths: readonly Path[]): Branch {
  const root: Branch = new Map()
  for (const path of paths) {
    let branch = root
    for (const [i, step] of path.entries()) {
      const next = branch.get(step)
      if (next !== undefined && (next.size === 0 || i === path.length - 1)) apart('overlap')
      for (const other of branch.keys()) if (typeof other !== typeof step) apart('conflict')
      branch.set(step, next ?? new Map())
      branch = branch.get(step)!
    }
  }
  return root
}

/** What the item has at the paths, and nothing else. @throws `MALFORMED` if one path holds another. */
export function pickPaths(item: Item, paths: readonly Path[]): Item {
  return pickFrom(item, branchOf(paths))
}

function pickFrom(item: Item, root: Branch): Item {
  const picked = pick({ M: item }, root) as { readonly M: Item } | undefined // a map of some of its members
  return picked?.M ?? {}
}

function pick(value: { readonly M: Item } | AttributeValue, branch: Branch): AttributeValue | undefined {
  if (branch.size === 0) return value as AttributeValue
  const steps = [...branch].sort(([a], [b]) => Number(a) - Number(b)) // by index; names, in the order they were asked for
  if ('L' in value) {
    const members = steps.flatMap(([step, next]) => {
      const member = typeof step === 'number' ? value.L[step] : undefined
      return (member && pick(member, next)) ?? []
    })
    return members.length === 0 ? undefined : { L: members }
  }
  if (!('M' in value)) return undefined
  const members = steps.flatMap(([step, next]): [string, AttributeValue][] => {
    const member = typeof step === 'string' && Object.hasOwn(value.M, step) ? value.M[step] : undefined
    const picked = member && pick(member, next)
    return picked === undefined ? [] : [[step as string, picked]] // a number has found nothing
  })
  return members.length === 0 ? undefined : { M: Object.fromEntries(members) }
}

/** DynamoDB refuses names that no expression uses: those that only the projection does go with it. */
function withUsedNames({ ExpressionAttributeNames: names, ...request }: Request, projection: string): Request {
  if (names === undefined) return request
  const aliases = (text: string): readonly string[] => text.match(/#\w+/g) ?? []
  const used = aliases(EXPRESSIONS.map((parameter) => request[parameter]).join())
  const kept = Object.entries(names).filter(([alias]) => used.includes(alias) || !aliases(projection).includes(alias))
  return kept.length === 0 ? request : { ...request, ExpressionAttributeNames: Object.fromEntries(kept) }
}

/**
 * An index may hold parts of items only, which no signature covers. Unless it is known to hold whole ones, DynamoDB is asked for
 * them: it fetches what a local index lacks, and refuses what a global one cannot give.
 */
function wholeItems(table: EncryptedTable, request: Request, wanted: readonly (string | number)[] = []): Request {
  const { IndexName: index, Select: select } = request
  if (index === undefined || select === 'COUNT' || select === 'ALL_ATTRIBUTES') return request
  const { indexes = {}, partitionKey, sortKey } = table
  const { projectsAll, nonKeyAttributes, local, keys } = (Object.hasOwn(indexes, index) && indexes[index]) || { keys: [] }
  if (projectsAll) return request
  if (select !== undefined)
    refuse(
      table,
      `Select: ${select}: index ${JSON.stringify(index)} is not known to project ALL: say so in the configuration, or use ALL_ATTRIBUTES`,
    )
  if (nonKeyAttributes !== undefined && !local) {
    const held = [...new Set([partitionKey, ...(sortKey === undefined ? [] : [sortKey]), ...keys, ...nonKeyAttributes])]
    const missing = wanted.filter((name) => !held.includes(String(name)))
    refuse(
      table,
      `index ${JSON.stringify(index)} holds only ${quoted(held)}: ${missing.length > 0 ? `${quoted(missing)} and ` : ''}` +
        'the signature, with all that it covers, are missing, so its items cannot be verified: let the index project ALL',
    )
  }
  return { ...request, Select: 'ALL_ATTRIBUTES' } // the caller left it to the index
}

function quoted(names: readonly (string | number)[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ')
}

function apart(what: string): never {
  throw new ItemCryptoError('MALFORMED', `two document paths ${what} with each other`)
}

function within<T>(table: EncryptedTable, step: () => T): T {
  try {
    return step()
  } catch (error) {
    throw located(error, table, 'ProjectionExpression: ')
  }
}
