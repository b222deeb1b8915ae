import fc from 'fast-check'
import type { AttributeValue } from '../../src/attribute-value.ts'
import type { CryptoAction, Item } from '../../src/item.ts'

/** Text with what goes wrong elsewhere: astral characters, those just below the surrogates' end, names of the prototype. */
export const arbitraryText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('', 'a', '😀', '\u{10ffff}', '\uffff', '\ue000', '\ufeff', '__proto__', 'constructor', '\0'),
)
export const arbitraryName: fc.Arbitrary<string> = arbitraryText.filter((name) => name !== '' && !name.startsWith('*amzn-ddb-map-'))
export const arbitraryBytes: fc.Arbitrary<Uint8Array> = fc.uint8Array({ maxLength: 40 }).map((bytes) => new Uint8Array(bytes))

/** Up to 38 digits, in any notation, within the range of DynamoDB. */
export const arbitraryNumber: fc.Arbitrary<string> = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole: fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 1, maxLength: 19 }),
    fraction: fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 19 }),
    exponent: fc.constantFrom('', 'e5', 'E+20', 'e-20'),
  })
  .map(({ sign, whole, fraction, exponent }) => sign + whole + (fraction && `.${fraction}`) + exponent)

const scalar: fc.Arbitrary<AttributeValue> = fc.oneof(
  arbitraryText.map((S) => ({ S })),
  arbitraryNumber.map((N) => ({ N })),
  arbitraryBytes.map((B) => ({ B })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true }),
)
const set: fc.Arbitrary<AttributeValue> = fc.oneof(
  fc.uniqueArray(arbitraryText, { maxLength: 6 }).map((SS) => ({ SS })),
  fc.uniqueArray(fc.integer({ min: -1e6, max: 1e6 }).map(String), { maxLength: 6 }).map((NS) => ({ NS })),
  fc.uniqueArray(arbitraryBytes, { maxLength: 6, selector: String }).map((BS) => ({ BS })),
)

/** Any value of DynamoDB: all ten types, nested. */
export const arbitraryValue: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    set,
    fc.array(tie('value'), { maxLength: 4 }).map((L) => ({ L })),
    fc
      .uniqueArray(fc.tuple(arbitraryText, tie('value')), { maxLength: 4, selector: ([name]) => name })
      .map((entries) => ({ M: Object.fromEntries(entries) })),
  ),
})).value

/** An item with the keys `pk` and `sk`. */
export const arbitraryItem: fc.Arbitrary<Item> = fc
  .record({
    pk: fc.oneof(
      arbitraryText.map((S) => ({ S })),
      arbitraryNumber.map((N) => ({ N })),
      arbitraryBytes.map((B) => ({ B })),
    ),
    sk: fc.oneof(
      arbitraryText.map((S) => ({ S })),
      arbitraryNumber.map((N) => ({ N })),
    ),
    others: fc.uniqueArray(fc.tuple(arbitraryName, arbitraryValue), { maxLength: 8, selector: ([name]) => name }),
  })
  .map(({ pk, sk, others }) => Object.fromEntries([...others, ['pk', pk], ['sk', sk]]))

/** An item with an action for each of its attributes but the keys, and a default. */
export function arbitraryItemWithActions(
  actions: readonly CryptoAction[],
): fc.Arbitrary<{ item: Item; actions: { default: CryptoAction; attributes: Record<string, CryptoAction> } }> {
  const action = fc.constantFrom(...actions)
  return fc
    .record({ item: arbitraryItem, other: action, chosen: fc.array(fc.option(action), { minLength: 10, maxLength: 10 }) })
    .map(({ item, other, chosen }) => ({
      item,
      actions: {
        default: other,
        attributes: Object.fromEntries(
          Object.keys(item)
            .filter((name) => name !== 'pk' && name !== 'sk')
            .flatMap((name, i) => (chosen[i] ? [[name, chosen[i]]] : [])),
        ),
      },
    }))
}
