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

interface Token {
  readonly kind: 'name' | 'alias' | 'value' | 'number' | 'sign' | 'end'
  readonly text: string
  readonly offset: number
}

const TOKEN = /([A-Za-z_]\w*)|(#\w+)|(:\w+)|(\d+)|(<>|<=|>=|[=<>()[\],.+-])/y
const KINDS = ['name', 'alias', 'value', 'number', 'sign'] as const
const WHITE_SPACE = /[ \t\r\n]*/y
const KEYWORDS = /^(AND|OR|NOT|BETWEEN|IN|SET|REMOVE|ADD|DELETE)$/i // as attributes, they are written as an alias
const COMPARATORS = ['=', '<>', '<', '<=', '>', '>=']
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
    if (accept(...COMPARATORS)) operand(condition)
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
  const tokens = lex(text)
  const mentions: Mention[] = []
  let at = 0

  const token = (): Token => tokens[at]! // the last one, `end`, is never passed

  const fail = (): never => malformed(`unexpected at offset ${token().offset}`)

  function accept(...texts: string[]): boolean {
    const { kind, text } = token()
    const found = (kind === 'sign' && texts.includes(text)) || (kind === 'name' && texts.includes(text.toUpperCase()))
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
    const { kind, text } = token()
    if (!(kind === 'alias' || (kind === 'name' && !KEYWORDS.test(text)))) fail()
    at++
    if (kind === 'name') return text
    const resolved = Object.hasOwn(aliases, text) ? aliases[text] : undefined
    return resolved ?? malformed(`${text} is not among the ExpressionAttributeNames`)
  }

  function path(operandOf?: string): void {
    const attribute = name()
    const start = at
    for (;;) {
      if (accept('.')) name()
      else if (accept('[')) {
        if (token().kind !== 'number') fail()
        at++
        expect(']')
      } else break
    }
    mentions.push({ attribute, nested: at > start, operandOf })
  }

  function operand(bracketed: () => void, operandOf?: string): void {
    const { kind, text } = token()
    if (kind === 'value') at++
    else if (accept('(')) {
      bracketed()
      expect(')')
    } else if (kind === 'name' && tokens[at + 1]!.text === '(' && !KEYWORDS.test(text)) {
      at += 2
      list(() => operand(bracketed, text))
      expect(')')
    } else path(operandOf)
  }

  const end = (): void => void (token().kind === 'end' || fail())

  return { mentions, accept, expect, list, path: () => path(), operand: (bracketed: () => void) => operand(bracketed), end }
}

function lex(text: string): Token[] {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) malformed(`not a text of at most ${MAX_LENGTH} characters`)
  const tokens: Token[] = []
  const skipSpace = (from: number) => {
    WHITE_SPACE.lastIndex = from
    WHITE_SPACE.exec(text) // matches always, nothing if need be
    return WHITE_SPACE.lastIndex
  }
  let offset = skipSpace(0)
  while (offset < text.length) {
    TOKEN.lastIndex = offset
    const match = TOKEN.exec(text) ?? malformed(`unexpected at offset ${offset}`)
    tokens.push({ kind: KINDS[match.slice(1).findIndex((group) => group !== undefined)]!, text: match[0], offset })
    offset = skipSpace(TOKEN.lastIndex)
  }
  tokens.push({ kind: 'end', text: '', offset })
  return tokens
}

function malformed(problem: string): never {
  throw new ItemCryptoError('MALFORMED', problem)
}
