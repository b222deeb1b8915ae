/**
 * Update expressions as trees.
 *
 *     update      (SET path = sum, … | REMOVE path, … | ADD path operand, … | DELETE path operand, …)*
 *     sum         operand [(+ | -) operand]      where a bracketed operand is a sum
 *
 * @module
 */
import { type Expression, expressionParser, type Operation, operation, type Path } from './expression.ts'
import type { ExpressionAliases } from './sdk-shapes.ts'
import { malformed } from './table.ts'

/** One change of a path; all but REMOVE have an operand. */
export interface Change extends Operation {
  readonly operator: 'SET' | 'REMOVE' | 'ADD' | 'DELETE'
  readonly operands: readonly [{ readonly path: Path }] | readonly [{ readonly path: Path }, Expression]
}

/** The changes of each clause in turn. @throws `MALFORMED` */
export function parseUpdate(text: string, names: ExpressionAliases): Change[] {
  const { operand, path, accept, expect, list, end } = expressionParser(text, names)

  function sum(): Expression {
    const left = operand(sum)
    const operator = accept('+', '-')
    return operator === undefined ? left : operation(operator, left, operand(sum))
  }

  const changes: Change[] = []
  for (;;) {
    const operator = accept('SET', 'REMOVE', 'ADD', 'DELETE') as Change['operator'] | undefined // one of those
    if (operator === undefined) return end(changes)
    if (changes.some((change) => change.operator === operator)) malformed(`${operator} can be there only once`)
    list(() => {
      const target = { path: path() }
      if (operator === 'SET') expect('=')
      changes.push({ operator, operands: operator === 'REMOVE' ? [target] : [target, operator === 'SET' ? sum() : operand(sum)] })
    })
  }
}
