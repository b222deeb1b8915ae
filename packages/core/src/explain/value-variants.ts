/**
 * What a value may have been before: other types, other orders of a set, other text of a number.
 *
 * @module
 */
import { type AttributeType, type AttributeValue, typed } from '../attribute-value.ts'
import { fromBase64, toBase64 } from '../base64.ts'
import { concat, fromUtf8, toUtf8, uint } from '../bytes.ts'
import { normalizeNumber, parseNumber } from '../number.ts'
import { compareCodePoints, compareUtf16 } from '../order.ts'

export interface OtherType {
  readonly written: AttributeType
  readonly stored: AttributeType
  readonly value: AttributeValue
  readonly nested?: true
}

const MAX_PERMUTED = 6
const LITERALS: Readonly<Record<string, AttributeValue>> = { true: { BOOL: true }, false: { BOOL: false }, null: { NULL: true } }

/** The value with one type changed: its own, or that of one member. */
export function* otherTypes(value: AttributeValue): Generator<OtherType> {
  const [stored, content] = typed(value)
  for (const other of retyped(value)) yield { written: typed(other)[0], stored, value: other }
  if (stored === 'L')
    for (const [i, member] of content.entries())
      for (const other of otherTypes(member))
        yield { ...other, value: { L: content.map((one, j) => (i === j ? other.value : one)) }, nested: true }
  if (stored === 'M')
    for (const [name, member] of Object.entries(content))
      for (const other of otherTypes(member))
        yield { ...other, value: { M: Object.fromEntries([...Object.entries(content), [name, other.value]]) }, nested: true }
}

/** Base64 text as the bytes it stands for. */
export function binaryOfText(value: AttributeValue | undefined): AttributeValue | undefined {
  return value !== undefined && 'S' in value && typeof value.S === 'string' ? tried(() => ({ B: fromBase64(value.S) })) : undefined
}

/** What other serialisers, document clients and JSON make of one type. */
function retyped(value: AttributeValue): readonly AttributeValue[] {
  const [type, content] = typed(value)
  switch (type) {
    case 'S':
      return present([
        tried(() => ({ N: normalizeNumber(content) })),
        tried(() => ({ B: fromBase64(content) })),
        tried(() => ({ B: toUtf8(content) })),
        Object.hasOwn(LITERALS, content) ? LITERALS[content] : undefined,
        content === '' ? { NULL: true } : undefined,
        { SS: [content] },
      ])
    case 'N':
      return [{ S: content }, ...(content === '0' || content === '1' ? [{ BOOL: content === '1' }] : []), { NS: [content] }]
    case 'B':
      return present([{ S: toBase64(content) }, tried(() => ({ S: fromUtf8(content) })), { BS: [content] }])
    case 'BOOL':
      return [{ S: String(content) }, { N: content ? '1' : '0' }]
    case 'NULL':
      return [{ S: '' }, { S: 'null' }]
    case 'SS':
      return present([{ L: content.map((S) => ({ S })) }, tried(() => ({ NS: content.map(normalizeNumber) })), ...binarySets(content)])
    case 'NS':
      return [{ L: content.map((N) => ({ N })) }, { SS: [...content] }]
    case 'BS':
      return present([
        { L: content.map((B) => ({ B })) },
        { SS: content.map(toBase64) },
        tried(() => ({ SS: content.map((member) => fromUtf8(member)) })),
      ])
    case 'L':
      return listAsSet(content)
    case 'M':
      return []
  }
}

function binarySets(members: readonly string[]): (AttributeValue | undefined)[] {
  return [tried(() => ({ BS: members.map(fromBase64) })), tried(() => ({ BS: members.map(toUtf8) }))]
}

function listAsSet(members: readonly AttributeValue[]): readonly AttributeValue[] {
  const contents = members.map((member) => typed(member)[1])
  const all = (type: AttributeType) => members.length > 0 && members.every((member) => type in member)
  if (all('S')) return [{ SS: contents as string[] }, ...present(binarySets(contents as string[]))] // just looked at
  if (all('N')) return [{ NS: contents as string[] }]
  return all('B') ? [{ BS: contents as Uint8Array[] }] : []
}

/** A set as bytes in other orders than the normal one: some that writers may have, or all of a small set. Both formats have one layout. */
export function* otherOrders(value: AttributeValue, normal: Uint8Array, all: boolean): Generator<Uint8Array> {
  const [type, content] = typed(value)
  if (type !== 'SS' && type !== 'NS' && type !== 'BS') return
  const texts = type === 'BS' ? [] : content
  const members: readonly Uint8Array[] =
    type === 'BS' ? content : content.map((member) => toUtf8(type === 'NS' ? normalizeNumber(member) : member))
  const ordered = (indices: readonly number[]) =>
    concat(normal.subarray(0, 2), uint(members.length, 4), ...indices.flatMap((i) => [uint(members[i]!.length, 4), members[i]!]))
  const indices = members.map((_, i) => i)
  if (all) {
    if (members.length <= MAX_PERMUTED) for (const permutation of permutations(indices)) yield ordered(permutation)
    return
  }
  yield ordered(indices)
  yield ordered([...indices].reverse())
  if (type === 'SS') yield ordered([...indices].sort((a, b) => compareCodePoints(texts[a]!, texts[b]!)))
  if (type === 'SS') yield ordered([...indices].sort((a, b) => compareUtf16(texts[a]!, texts[b]!)))
  if (type === 'NS') yield ordered([...indices].sort((a, b) => Number(texts[a]) - Number(texts[b])))
}

/** Text of the same number that other writers have. */
export function otherNumbers(text: string): readonly string[] {
  const plain = normalizeNumber(text)
  const [negative, digits, point] = parseNumber(text)
  const fraction = digits.length > 1 ? `.${digits.slice(1)}` : ''
  const scientific = digits === '' ? [] : ['E', 'E+', 'e', 'e+'].map((e) => `${negative ? '-' : ''}${digits[0]}${fraction}${e}${point - 1}`)
  const others = [
    text,
    String(Number(text)),
    ...scientific,
    ...(plain.includes('.') ? [] : [`${plain}.0`]),
    ...(plain === '0' ? ['-0'] : []),
  ]
  return [...new Set(others)].filter((other) => other !== plain)
}

function* permutations(rest: readonly number[]): Generator<readonly number[]> {
  if (rest.length === 0) yield []
  for (const [i, first] of rest.entries()) for (const tail of permutations(rest.filter((_, j) => j !== i))) yield [first, ...tail]
}

function tried<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}

function present<T>(values: readonly (T | undefined)[]): readonly T[] {
  return values.filter((value) => value !== undefined)
}
