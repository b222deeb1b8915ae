import type { Item } from '@itemseal/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attributesIn, type Expression, parseCondition } from '../src/expression.ts'
import { parseProjection } from '../src/projections.ts'
import { parseUpdate } from '../src/update-expression.ts'

const names = {
  ExpressionAttributeNames: { '#n': 'name', '#d': 'a.b', '#set': 'SET', '#__proto__': '__proto__' },
  ExpressionAttributeValues: new Proxy<Item>({}, { get: (_, alias) => (alias === ':missing' ? undefined : { N: '1' }) }),
}
const inCondition = (text: string) => attributesIn(parseCondition(text, names))
const inUpdate = (text: string) => parseUpdate(text, names).flatMap(attributesIn)
const malformed = expect.objectContaining({ name: 'ItemCryptoError', code: 'MALFORMED' })

describe('conditions', () => {
  test.each([
    ['a = :a', ['a']],
    [':a = a', ['a']],
    ['a=:a', ['a']],
    ['a<>b', ['a', 'b']],
    ['#n = :n AND (x < :x OR NOT y >= :y)', ['name', 'x', 'y']],
    ['NOT NOT a = :a', ['a']],
    ['not(a=:a)and(b=:b)or c=:c', ['a', 'b', 'c']],
    ['a BETWEEN :x AND b AND c = :c', ['a', 'b', 'c']],
    ['a between:x and:y', ['a']],
    ['a IN (:x, b, c.d)', ['a', 'b', 'c']],
    ['begins_with(a, :x)', ['a']],
    ['contains (a , b)', ['a', 'b']],
    ['size(a) > size(b)', ['a', 'b']],
    ['attribute_type(a, :t)', ['a']],
    ['((a)) = ((:a))', ['a']],
    ['a.b[1].c[20][3] = :a', ['a']],
    ['a . b [ 1 ] = :a', ['a']],
    ['#n.#d[0] = :a', ['name']],
    ['#d = :a', ['a.b']],
    ['#set = :a', ['SET']],
    ['#__proto__ = :a', ['__proto__']],
    [' \t\r\na = :a\n\nAND\nb = :b\n', ['a', 'b']],
    ['_x1 = :a', ['_x1']],
  ])('%j', (text, expected) => {
    expect(inCondition(text)).toEqual(expected)
  })

  test('names that begin like keywords are names', () => {
    const text = 'Info = :a AND order_id = :b OR notes = :c AND inner = :d AND android = :e AND between_us = :f'
    expect(inCondition(text)).toEqual(['Info', 'order_id', 'notes', 'inner', 'android', 'between_us'])
  })

  /** With a bracket around whatever has operands. */
  const shape = (expression: Expression): string =>
    'path' in expression
      ? expression.path.join('.')
      : 'value' in expression
        ? expression.value
        : `(${[expression.operator, ...expression.operands.map(shape)].join(' ')})`

  test.each([
    ['a = :a OR b = :b AND c = :c', '(OR (= a :a) (AND (= b :b) (= c :c)))'],
    ['a = :a AND b = :b OR c = :c', '(OR (AND (= a :a) (= b :b)) (= c :c))'],
    ['NOT a = :a AND b = :b', '(AND (NOT (= a :a)) (= b :b))'],
    ['NOT (a = :a AND b = :b)', '(NOT (AND (= a :a) (= b :b)))'],
    ['not not a = :a', '(NOT (NOT (= a :a)))'],
    ['a BETWEEN :x AND :y AND NOT b IN (:b, c)', '(AND (BETWEEN a :x :y) (NOT (IN b :b c)))'],
    ['a = :a OR b = :b OR c = :c AND d = :d AND e = :e', '(OR (OR (= a :a) (= b :b)) (AND (AND (= c :c) (= d :d)) (= e :e)))'],
    ['(a = :a OR b = :b) AND contains(#n.x[1], :c)', '(AND (OR (= a :a) (= b :b)) (contains name.x.1 :c))'],
  ])('%j binds as DynamoDB has it', (text, expected) => {
    expect(shape(parseCondition(text, names))).toBe(expected)
  })

  test('a failure says at which token', () => {
    expect(() => inCondition('a = :a\nAND b ! :b')).toThrow('not understood from token 6 on')
    expect(() => inCondition('a = :a AND')).toThrow('not understood from token 5 on')
  })

  test.each([
    '',
    ' ',
    'a =',
    '= :a',
    'a = :a b = :b',
    'a = :a AND',
    'a == :a',
    'a = :a)',
    '(a = :a',
    'a BETWEEN :x',
    'a IN :x',
    'a IN ()',
    'a = "x"',
    "a = 'x'",
    'a = 1',
    'a = :a; b = :b',
    'a = :a -- b',
    'a. = :a',
    'a[] = :a',
    'a[b] = :a',
    'a[-1] = :a',
    '1a = :a',
    'AND = :a',
    'a.AND = :a',
    'in(a) = :a',
    '#unknown = :a',
    '#toString = :a',
    'a = :missing',
    'a IN (:a, :missing)',
    '# = :a',
    ': = a',
    'a = :a\u00a0AND b = :b',
    'ä = :a',
    'size() = :a',
    'a, b',
    `a = :a${' '.repeat(4096)}`,
  ])('%j is refused', (text) => {
    expect(() => inCondition(text)).toThrow(malformed)
  })

  test('what is no text is refused', () => {
    expect(() => parseCondition({} as string, {})).toThrow(malformed)
  })

  test('a bracket after the other, as many as fit, does not exhaust the stack', () => {
    expect(inCondition(`${'('.repeat(2000)}a${')'.repeat(2000)} = :a`)).toEqual(['a'])
  })
})

describe('updates', () => {
  test.each([
    ['SET a = :a', ['a']],
    ['set a = :a, b.c[0] = d + :x', ['a', 'b', 'd']],
    ['SET a = if_not_exists(b, :zero) + :one', ['a', 'b']],
    ['SET a = list_append(if_not_exists(b, :e), c)', ['a', 'b', 'c']],
    ['SET a = (b - :x)', ['a', 'b']],
    ['REMOVE a, b[1], #n', ['a', 'b', 'name']],
    ['ADD a :x, b.c :y', ['a', 'b']],
    ['DELETE a :x', ['a']],
    ['SET a = :a REMOVE b ADD c :c DELETE d :d', ['a', 'b', 'c', 'd']],
    ['SET a = :a\nremove\tb', ['a', 'b']],
    ['SET settings = :a, removed = :b, address = :c, deleted = :d', ['settings', 'removed', 'address', 'deleted']],
    ['SET #set = :a', ['SET']],
    ['', []],
  ])('%j', (text, expected) => {
    expect(inUpdate(text)).toEqual(expected)
  })

  test.each([
    'a = :a',
    'SET',
    'SET a',
    'SET a = ',
    'SET a = :a,',
    'SET a = :a b = :b',
    'SET :a = a',
    'SET a = b = c',
    'SET a = b + c + d',
    'REMOVE',
    'REMOVE a b',
    'REMOVE :a',
    'ADD a',
    'ADD a = :a',
    'SET a = b AND c',
    'SET size(a) = :a',
  ])('%j is refused', (text) => {
    expect(() => inUpdate(text)).toThrow(malformed)
  })
})

describe('projections', () => {
  test('are paths', () => {
    expect(parseProjection('a, #n.x[1] ,\n b[0][2]', names)).toEqual([['a'], ['name', 'x', 1], ['b', 0, 2]])
  })

  test.each(['', 'a,', 'a b', 'a = :a', ':a', 'size(a)', 'a.1', 'a[#n]', 'and'])('%j is refused', (text) => {
    expect(() => parseProjection(text, names)).toThrow(malformed)
  })
})

describe('any expression that DynamoDB may be given', () => {
  /** An expression as its tokens, and the attributes in it, in order. */
  interface Text {
    readonly tokens: readonly string[]
    readonly attributes: readonly string[]
  }
  const join = (...parts: (string | Text)[]): Text => ({
    tokens: parts.flatMap((part) => (typeof part === 'string' ? part : part.tokens)),
    attributes: parts.flatMap((part) => (typeof part === 'string' ? [] : part.attributes)),
  })
  const commas = (parts: Text[]) => join(...parts.flatMap((part, i) => (i === 0 ? [part] : [',', part])))
  const anyCase = (word: string) =>
    fc
      .array(fc.boolean(), { minLength: word.length, maxLength: word.length })
      .map((upper) => [...word].map((letter, i) => (upper[i] ? letter.toUpperCase() : letter.toLowerCase())).join(''))

  const KEYWORD = /^(and|or|not|between|in|set|remove|add|delete)$/i
  const name = fc.stringMatching(/^(in|or|set|Add|_|[a-z])[A-Za-z0-9_]{0,6}$/).filter((text) => !KEYWORD.test(text))
  const root = fc.oneof(
    name.map((text): Text => ({ tokens: [text], attributes: [text] })),
    fc
      .constantFrom('#n', '#d', '#set')
      .map((text): Text => ({ tokens: [text], attributes: [names.ExpressionAttributeNames[text as '#n']] })),
  )
  const step = fc.oneof(
    name.map((text) => ['.', text]),
    fc.nat(99).map((index) => ['[', String(index), ']']),
  )
  const path = fc.tuple(root, fc.array(step, { maxLength: 3 })).map(([first, steps]) => join(first, ...steps.flat()))
  const value = fc.constantFrom(':a', ':b2', ':_c').map((text) => join(text))
  const call = (...functions: string[]) =>
    fc
      .tuple(fc.constantFrom(...functions), fc.array(fc.oneof(path, value), { minLength: 1, maxLength: 2 }))
      .map(([f, operands]) => join(f, '(', commas(operands), ')'))
  const operand = fc.oneof(path, value, call('size'))
  const condition = fc.letrec<{ condition: Text; simple: Text }>((tie) => ({
    simple: fc.oneof(
      fc.tuple(operand, fc.constantFrom('=', '<>', '<', '<=', '>', '>='), operand).map((parts) => join(...parts)),
      fc.tuple(operand, anyCase('BETWEEN'), operand, anyCase('AND'), operand).map((parts) => join(...parts)),
      fc
        .tuple(operand, anyCase('IN'), fc.array(operand, { minLength: 1, maxLength: 3 }))
        .map(([of, IN, list]) => join(of, IN, '(', commas(list), ')')),
      call('attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains'),
    ),
    condition: fc.oneof(
      { maxDepth: 4 },
      tie('simple'),
      fc.tuple(tie('condition'), fc.oneof(anyCase('AND'), anyCase('OR')), tie('condition')).map((parts) => join(...parts)),
      fc.tuple(anyCase('NOT'), tie('condition')).map((parts) => join(...parts)),
      tie('condition').map((inner) => join('(', inner, ')')),
    ),
  })).condition
  const sum = fc.oneof(
    operand,
    fc.tuple(operand, fc.constantFrom('+', '-'), operand).map((parts) => join(...parts)),
  )
  const clause = fc.oneof(
    fc.tuple(
      anyCase('SET'),
      fc.array(
        fc.tuple(path, sum).map(([to, what]) => join(to, '=', what)),
        { minLength: 1, maxLength: 3 },
      ),
    ),
    fc.tuple(anyCase('REMOVE'), fc.array(path, { minLength: 1, maxLength: 3 })),
    fc.tuple(
      fc.oneof(anyCase('ADD'), anyCase('DELETE')),
      fc.array(
        fc.tuple(path, value).map((parts) => join(...parts)),
        { minLength: 1, maxLength: 3 },
      ),
    ),
  )
  const update = fc
    .uniqueArray(clause, { maxLength: 4, selector: ([word]) => word.toUpperCase() })
    .map((clauses) => join(...clauses.map(([word, list]) => join(word, commas(list)))))

  /** White space anywhere; where two words meet, at least some. */
  const written = (of: fc.Arbitrary<Text>) =>
    fc
      .tuple(of, fc.array(fc.stringMatching(/^[ \t\r\n]{0,2}$/), { minLength: 1, maxLength: 20 }))
      .map(([{ tokens, attributes }, spaces]) => ({
        attributes,
        text: tokens.reduce((text, token, i) => {
          const space = spaces[i % spaces.length]!
          return text + (space === '' && /\w$/.test(text) && /^\w/.test(token) ? ' ' : space) + token
        }, ''),
      }))

  test('has all its attributes found, in conditions', () => {
    fc.assert(
      fc.property(
        written(condition),
        ({ text, attributes }) => void (text.length <= 4096 && expect(inCondition(text)).toEqual(attributes)),
      ),
    )
  })

  test('has all its attributes found, in updates', () => {
    fc.assert(fc.property(written(update), ({ text, attributes }) => void expect(inUpdate(text)).toEqual(attributes)))
  })

  test('is read or refused, whatever text it is', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'aA#:.,()[]=<>+-0 \n'.split(''), ' AND ', ' IN ', 'SET ') }),
    )
    fc.assert(
      fc.property(anything, (text) => {
        for (const read of [inCondition, inUpdate]) {
          try {
            read(text)
          } catch (error) {
            expect(error).toEqual(malformed)
          }
        }
      }),
    )
  })
})
