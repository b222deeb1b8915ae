/**
 * Random items and paths into them, for what is to agree with a server: few names and few values, so that expressions often hit
 * something, and values that are equal without being alike.
 */
import type { AttributeValue } from '@itemseal/core'
import fc from 'fast-check'
import type { Path } from '../src/expression.ts'

export type Values = Record<string, AttributeValue>

const NAMES = ['a', 'b', 'c', 'd'] as const
/** Not empty, not false, and no byte above 127: with those, the embedded server differs from DynamoDB. */
const text = fc.constantFrom('a', 'ab', 'b', '\u{1f600}', '\uff5e')
const number = fc.constantFrom('0', '1', '-1', '2', '10', '0.5', '-0.25', '12345678901234567890.5', '3')
const bytes = fc.constantFrom([1], [1, 2], [2, 1], [3]).map((bytes) => new Uint8Array(bytes))
const setOf = <T>(member: fc.Arbitrary<T>, key: (member: T) => unknown) =>
  fc.uniqueArray(member, { minLength: 1, maxLength: 3, selector: key })

export const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  text.map((S) => ({ S })),
  number.map((N) => ({ N })),
  number.map((N) => ({ N })),
  bytes.map((B) => ({ B })),
  fc.constant({ BOOL: true }),
  fc.constant({ NULL: true }),
)

export const set: fc.Arbitrary<AttributeValue> = fc.oneof(
  setOf(fc.constantFrom('a', 'ab', 'b'), (member) => member).map((SS) => ({ SS })),
  setOf(number, (member) => member).map((NS) => ({ NS })),
  setOf(bytes, String).map((BS) => ({ BS })),
)

export const { value }: { value: fc.Arbitrary<AttributeValue> } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: scalar },
    { weight: 1, arbitrary: set },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }).map((L) => ({ L })) },
    { weight: 2, arbitrary: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 3 }).map((M) => ({ M })) },
  ),
}))

/** Without its key. */
export const attributes: fc.Arbitrary<Values> = fc.dictionary(fc.constantFrom(...NAMES), value, { maxKeys: 4 })

const step = fc.oneof(fc.constantFrom<string | number>(...NAMES), fc.constantFrom<string | number>(0, 1, 2, 5))

export const path: fc.Arbitrary<Path> = fc
  .tuple(fc.constantFrom(...NAMES), fc.array(step, { maxLength: 2 }))
  .map(([name, steps]) => [name, ...steps])

/** As it is written in an expression. */
export const written = (path: Path): string =>
  path.map((step, i) => (typeof step === 'number' ? `[${step}]` : i === 0 ? step : `.${step}`)).join('')

/** Sets have no order, numbers many forms: for comparison. */
export function comparable(value: AttributeValue | Values): unknown {
  if (value instanceof Uint8Array) return [...value].join()
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, content]: [string, unknown]) => {
      const inner = comparable(content as AttributeValue)
      return [name, ['SS', 'NS', 'BS'].includes(name) && Array.isArray(inner) ? inner.map(String).sort() : inner]
    }),
  )
}
