/**
 * Which attributes are the key of a table, and the key of an item.
 *
 * @module
 */
import type { Call } from './upstream.ts'
import { type Answer, isJson, type Json } from './wire.ts'

export interface TableKeys {
  /** The names of the key attributes, or DynamoDB's refusal if there is no such table. */
  of(tableName: unknown): Promise<readonly string[] | Answer>
  /** Forgets a table that is deleted: it may come back with another key. */
  forget(tableName: unknown): void
}

export function tableKeys(call: Call): TableKeys {
  const known = new Map<unknown, readonly string[]>()
  return {
    async of(tableName) {
      const found = known.get(tableName)
      if (found !== undefined) return found
      const answer = await call('DescribeTable', { TableName: tableName })
      const schema = isJson(answer.body.Table) ? answer.body.Table.KeySchema : undefined
      if (!Array.isArray(schema)) return answer
      const names = schema.map((element: { readonly AttributeName: string }) => element.AttributeName)
      known.set(tableName, names)
      return names
    },
    forget: (tableName) => void known.delete(tableName),
  }
}

/** The key of what a single-item write is about, whether it gives the key or a whole item; undefined if that is incomplete. */
export function keyOf(request: Json, names: readonly string[]): Json | undefined {
  const holder = request.Key ?? request.Item
  if (!isJson(holder) || names.some((name) => !isJson(holder[name]))) return undefined
  return Object.fromEntries(names.map((name) => [name, holder[name]]))
}

/** Equal for two keys exactly when they name the same item: 1 and 1.0 are the same number. */
export function keyIdentity(key: Json, names: readonly string[]): string {
  return JSON.stringify(names.map((name) => Object.entries(key[name] as Json).map(([type, value]) => [type, canonical(type, value)])))
}

function canonical(type: string, value: unknown): unknown {
  const parts = type === 'N' ? /^([+-]?)0*(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(String(value)) : null
  if (parts === null) return value
  const [, sign, whole, fraction, exponent] = parts
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  const scale = Number(exponent ?? 0) - fraction!.length + digits.length - significant.length
  return `${sign === '-' ? '-' : ''}${significant}e${scale}`
}
