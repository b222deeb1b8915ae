/**
 * `itemseal inspect`: the public facts of each item, without keys.
 *
 * @module
 */
import { parseDynamoDbJson } from '@itemseal/core'
import { type ItemFacts, inspectItem } from '@itemseal/core/inspect'
import { visible } from '../visible.ts'

/** The step that a line goes through: one line of JSON, or a few for people. */
export function inspectStep(json: boolean): (line: string) => Promise<string> {
  return async (line) => {
    const facts = inspectItem(parseDynamoDbJson(line))
    return json ? JSON.stringify(facts) : describe(facts)
  }
}

function describe(facts: ItemFacts): string {
  const { format, attributes, ...rest } = facts
  const maybe = 'maybeEncrypted' in facts ? facts.maybeEncrypted : []
  const names = attributes.map(
    ({ name, type, size }) => `  ${visible(name)}  ${type}, ${size} bytes${maybe.includes(name) ? ', perhaps encrypted' : ''}`,
  )
  const others = Object.entries(rest)
    .filter(([title]) => title !== 'maybeEncrypted')
    .flatMap(([title, value]) => lines(title, value, '  '))
  return [`${format} item`, ...others, '  attributes', ...names.map((name) => `  ${name}`), ''].join('\n')
}

function lines(title: string, value: unknown, indent: string): string[] {
  if (typeof value !== 'object' || value === null) return [`${indent}${visible(title)}  ${visible(String(value))}`]
  const inner = Object.entries(value).flatMap(([name, member]) => lines(name, member, `${indent}  `))
  return inner.length > 0 ? [`${indent}${visible(title)}`, ...inner] : []
}
