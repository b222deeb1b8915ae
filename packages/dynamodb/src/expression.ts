/**
 * DynamoDB's expressions as trees: what a check finds the attributes in is what an evaluator evaluates.
 *
 *     condition   [NOT] comparison ((AND | OR) condition)*     NOT binds closer than AND, AND closer than OR
 *     comparison  operand [comparator operand | BETWEEN operand AND operand | IN ( operand, … )]
 *     operand     :value | path | function ( operand, … ) | ( condition )
 *     path        (name | #alias) (. (name | #alias) | [ number ])*
 *
 * Updates and projections are made of the same parts: `update-expression.ts`, `projections.ts`.
 *
 * Which functions there are, and what may stand where, is left to who evaluates: to DynamoDB, most often. What does not fit the
 * grammar is refused here: an attribute must not slip through in a text that we read otherwise than DynamoDB does.
 *
 * @module
 */
import type { ExpressionAliases } from './sdk-shapes.ts'
import { malformed } from './table.ts'

/** The name of an attribute, and the names and indexes that lead on from there: `['a', 'b', 1]` for `a.b[1]`. */
export type Path = readonly [string, ...(string | number)[]]

export type Expression =
  | { readonly path: Path }
  /** The alias, with its colon. */
  | { readonly value: string }
  | Operation

/** A function by its name as it is written, an operator by its sign or its word in capitals. */
export interface Operation {
  readonly operator: string
  readonly operands: readonly Expression[]
}

export interface ExpressionParser {
  path(): Path
  /** What may stand in brackets is what is read by `bracketed`. */
  operand(bracketed: () => Expression): Expression
  /** In brackets, with commas between them. */
  operands(bracketed: () => Expression): Expression[]
  /** Which of the words or signs comes next, if one does. */
  accept(...texts: string[]): string | undefined
  expect(text: string): void
  list<T>(member: () => T): T[]
  /** The result, if nothing is left. */
  end<T>(result: T): T
}

const TOKEN = /[ \t\r\n]*([A-Za-z_]\w*|[#:]\w+|\d+|<>|<=|>=|[=<>()[\],.+-]|$)/gy // at the end, an empty one
const NAME = /^(?!(AND|OR|NOT|BETWEEN|IN|SET|REMOVE|ADD|DELETE)$)[#A-Z_]/i // attributes called like a keyword are written as an alias
const MAX_LENGTH = 4096 // DynamoDB's own

/** A condition, a filter or a key condition. @throws `MALFORMED` */
export function parseCondition(text: string, names: ExpressionAliases): Expression {
  const { operand, operands, accept, expect, end } = expressionParser(text, names)

  /** What binds at least so close: 0 has OR in it, 1 has AND, 2 neither. */
  function condition(level = 0): Expression {
    let left = accept('NOT') ? operation('NOT', condition(2)) : comparison()
    for (;;) {
      if (level < 2 && accept('AND')) left = operation('AND', left, condition(2))
      else if (level < 1 && accept('OR')) left = operation('OR', left, condition(1))
      else return left
    }
  }

  function comparison(): Expression {
    const left = operand(condition)
    const operator = accept('=', '<>', '<', '<=', '>', '>=', 'BETWEEN', 'IN')
    if (!operator) return left
    const right = operator === 'IN' ? operands(condition) : [operand(condition)]
    if (operator === 'BETWEEN') {
      expect('AND')
      right.push(operand(condition))
    }
    return operation(operator, left, ...right)
  }

  return end(condition())
}

/** The attributes that an expression speaks of, in their order. */
export function attributesIn(expression: Expression): string[] {
  if ('path' in expression) return [expression.path[0]]
  return 'value' in expression ? [] : expression.operands.flatMap(attributesIn)
}

/** The aliases of the values in it. */
export function valuesIn(expression: Expression): string[] {
  if ('value' in expression) return [expression.value]
  return 'path' in expression ? [] : expression.operands.flatMap(valuesIn)
}

/** The parts that all expressions are made of, in the order of the text. */
export function expressionParser(text: string, request: ExpressionAliases): ExpressionParser {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) malformed(`not a text of at most ${MAX_LENGTH} characters`)
  const tokens = [...text.matchAll(TOKEN)]
  let at = 0

  const token = (): string => tokens[at]?.[1] ?? fail() // they stop short of what is no token

  function fail(): never {
    malformed(`not understood from token ${at + 1} on`)
  }

  function accept(...texts: string[]): string | undefined {
    const found = token().toUpperCase()
    if (!texts.includes(found)) return
    at++
    return found
  }

  function expect(text: string): void {
    accept(text) ?? fail()
  }

  function list<T>(member: () => T): T[] {
    const members: T[] = []
    do members.push(member())
    while (accept(','))
    return members
  }

  function missing(alias: string, parameter: keyof ExpressionAliases): never {
    malformed(`${alias} is not among the ${parameter}`)
  }

  function name(): string {
    const text = token()
    if (!NAME.test(text)) fail()
    at++
    if (text[0] !== '#') return text
    const found = request.ExpressionAttributeNames?.[text]
    return found && typeof found === 'string' ? found : missing(text, 'ExpressionAttributeNames') // an object may become a text when it is sent
  }

  function path(): Path {
    const steps: [string, ...(string | number)[]] = [name()]
    for (;;) {
      if (accept('.')) steps.push(name())
      else if (accept('[')) {
        if (!/^\d/.test(token())) fail()
        steps.push(Number(tokens[at++]![1]))
        expect(']')
      } else return steps
    }
  }

  function operand(bracketed: () => Expression): Expression {
    const text = token()
    if (text[0] === ':') {
      at++
      request.ExpressionAttributeValues?.[text] ?? missing(text, 'ExpressionAttributeValues')
      return { value: text }
    }
    if (accept('(')) {
      const inner = bracketed()
      expect(')')
      return inner
    }
    const steps = path()
    const isCall = token() === '(' && steps.join() === text
    return isCall ? operation(text, ...operands(bracketed)) : { path: steps }
  }

  function operands(bracketed: () => Expression): Expression[] {
    expect('(')
    const members = list(() => operand(bracketed))
    expect(')')
    return members
  }

  function end<T>(result: T): T {
    expect('')
    return result
  }

  return { operand, operands, path, accept, expect, list, end }
}

export function operation(operator: string, ...operands: Expression[]): Operation {
  return { operator, operands }
}
