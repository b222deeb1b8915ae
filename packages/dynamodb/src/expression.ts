/**
 * DynamoDB's expressions, read as far as to know which attributes they speak of.
 *
 *     condition   term ((AND | OR) term)*
 *     term        NOT* operand [comparator operand | BETWEEN operand AND operand | IN ( operand, … )]
 *     operand     :value | path | function ( operand, … ) | ( condition )
 *     path        (name | #alias) (. (name | #alias) | [ number ])*
 *
 *     update      (SET path = sum, … | REMOVE path, … | ADD path operand, … | DELETE path operand, …)*
 *     sum         operand [(+ | -) operand]      where a bracketed operand is a sum
 *
 * Precedence and types do not matter to that question, so the grammar here is a little wider than DynamoDB's: what it
 * accepts too much, DynamoDB refuses. What does not fit it is refused here: an attribute must not slip through in a text that
 * we read otherwise than DynamoDB does.
 *
 * @module
 */
import { ItemCryptoError } from '@itemseal/core'
import type { ExpressionNames } from './sdk-shapes.ts'

/** An attribute path in an expression. */
export interface Mention {
  /** The attribute at the root of the path: `a` of `a.b[1]`. */
  readonly attribute: string
  /** Whether the path leads further down. */
  readonly nested: boolean
  /** The function whose operand the path is. */
  readonly operandOf: string | undefined
}

const TOKEN = /[ \t\r\n]*([A-Za-z_]\w*|[#:]\w+|\d+|<>|<=|>=|[=<>()[\],.+-]|$)/gy // at the end, an empty one
const KEYWORDS = /^(AND|OR|NOT|BETWEEN|IN|SET|REMOVE|ADD|DELETE)$/i // as attributes, they are written as an alias
const MAX_LENGTH = 4096 // DynamoDB's own

/** The attributes in a condition, a filter or a key condition. @throws `MALFORMED` */
export function mentionsInCondition(text: string, names: ExpressionNames): Mention[] {
  const { mentions, operand, accept, expect, list, end } = parser(text, names)

  function condition(): void {
    do term()
    while (accept('AND', 'OR'))
  }

  function term(): void {
    while (accept('NOT')) {}
    operand(condition)
    if (accept('=', '<>', '<', '<=', '>', '>=')) operand(condition)
    else if (accept('BETWEEN')) {
      operand(condition)
      expect('AND')
      operand(condition)
    } else if (accept('IN')) {
      expect('(')
      list(() => operand(condition))
      expect(')')
    }
  }

  condition()
  end()
  return mentions
}

/** The attributes in an update expression, read and written ones alike. @throws `MALFORMED` */
export function mentionsInUpdate(text: string, names: ExpressionNames): Mention[] {
  const { mentions, operand, path, accept, expect, list, end } = parser(text, names)

  function sum(): void {
    operand(sum)
    if (accept('+', '-')) operand(sum)
  }

  function assignment(): void {
    path()
    expect('=')
    sum()
  }

  function change(): void {
    path()
    operand(sum)
  }

  for (;;) {
    if (accept('SET')) list(assignment)
    else if (accept('REMOVE')) list(path)
    else if (accept('ADD', 'DELETE')) list(change)
    else break
  }
  end()
  return mentions
}

function parser(text: string, { ExpressionAttributeNames: aliases = {} }: ExpressionNames) {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) malformed(`not a text of at most ${MAX_LENGTH} characters`)
  const tokens = [...text.matchAll(TOKEN)]
  const mentions: Mention[] = []
  let at = 0

  const token = (): string => tokens[at]?.[1] ?? fail() // they stop short of what is no token

  function fail(): never {
    const offset = tokens.slice(0, at).reduce((sum, [matched]) => sum + matched.length, 0)
    malformed(`not understood from offset ${offset} on`)
  }

  function accept(...texts: string[]): boolean {
    const found = texts.includes(token().toUpperCase())
    if (found) at++
    return found
  }

  function expect(text: string): void {
    if (!accept(text)) fail()
  }

  function list(member: () => void): void {
    do member()
    while (accept(','))
  }

  function name(): string {
    const text = token()
    if (!/^[#A-Z_]/i.test(text) || KEYWORDS.test(text)) fail()
    at++
    if (text[0] !== '#') return text
    return (Object.hasOwn(aliases, text) && aliases[text]) || malformed(`${text} is not among the ExpressionAttributeNames`)
  }

  function path(operandOf?: string): void {
    const attribute = name()
    const start = at
    for (;;) {
      if (accept('.')) name()
      else if (accept('[')) {
        if (!/^\d/.test(token())) fail()
        at++
        expect(']')
      } else break
    }
    mentions.push({ attribute, nested: at > start, operandOf })
  }

  function operand(bracketed: () => void, operandOf?: string): void {
    const text = token()
    if (text[0] === ':') at++
    else if (accept('(')) {
      bracketed()
      expect(')')
    } else if (/^[A-Z_]/i.test(text) && tokens[at + 1]?.[1] === '(' && !KEYWORDS.test(text)) {
      at += 2
      list(() => operand(bracketed, text))
      expect(')')
    } else path(operandOf)
  }

  return {
    mentions,
    accept,
    expect,
    list,
    path: () => path(),
    operand: (bracketed: () => void) => operand(bracketed),
    end: () => expect(''),
  }
}

function malformed(problem: string): never {
  throw new ItemCryptoError('MALFORMED', problem)
}
