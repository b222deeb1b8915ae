/**
 * An attribute value as bytes: the plaintext of an encrypted attribute, and what is signed of a readable one
 * (structured-item-format, section 2).
 *
 *     type 00 00   NULL   nothing
 *          00 01   S      UTF-8
 *          00 02   N      UTF-8 of its normal form
 *          00 04   BOOL   01 or 00
 *          ff ff   B      the bytes
 *          01 01   SS     count, then members: length, UTF-8; in UTF-16 order
 *          01 02   NS     the same of normal forms
 *          01 ff   BS     count, then members: length, bytes; in byte order
 *          03 00   L      count, then members: type, length, value
 *          02 00   M      count, then entries in UTF-16 order: `00 01`, length, UTF-8 of the key; type, length, value
 *
 * Counts and lengths are uint32. The type of a whole value lies beside its bytes, not among them.
 *
 * @module
 */
import { type AttributeType, type AttributeValue, MAX_DEPTH, typed } from '../attribute-value.ts'
import { concat, toUtf8, uint16, uint32 } from '../bytes.ts'
import { Cursor } from '../cursor.ts'
import { ItemCryptoError } from '../errors.ts'
import { normalizeNumber } from '../number.ts'
import { compareBytes, compareUtf16 } from '../order.ts'

const TYPES: Readonly<Record<AttributeType, number>> = {
  NULL: 0x0000,
  S: 0x0001,
  N: 0x0002,
  BOOL: 0x0004,
  B: 0xffff,
  SS: 0x0101,
  NS: 0x0102,
  BS: 0x01ff,
  M: 0x0200,
  L: 0x0300,
}
const MAX_KEY = 0xffff
const TYPE_BYTES = 2

/** Two bytes of type, then the value. @throws `MALFORMED` for what is not a value of DynamoDB, or is nested too deep. */
export function serializeValue(value: AttributeValue): Uint8Array {
  return concat(...write(value, 1))
}

/** @throws `MALFORMED` for what `serializeValue` never gives, orders excepted. */
export function parseValue(serialized: Uint8Array): AttributeValue {
  const cursor = new Cursor(serialized, 'serialized value')
  return read(cursor.uint16(), cursor, 1)
}

function write(value: AttributeValue, depth: number): Uint8Array[] {
  if (depth > MAX_DEPTH) throw new ItemCryptoError('MALFORMED', `nested deeper than ${MAX_DEPTH} levels`)
  const [type, content] = typed(value)
  const parts = [uint16(TYPES[type])]
  switch (type) {
    case 'S':
      parts.push(toUtf8(content))
      break
    case 'N':
      parts.push(toUtf8(normalizeNumber(content)))
      break
    case 'B':
      parts.push(content)
      break
    case 'BOOL':
      parts.push(Uint8Array.of(content ? 1 : 0))
      break
    case 'SS':
      writeSet(parts, content, compareUtf16, toUtf8)
      break
    case 'NS':
      writeSet(parts, content.map(normalizeNumber), compareUtf16, toUtf8)
      break
    case 'BS':
      writeSet(parts, content, compareBytes, (member) => member)
      break
    case 'L':
      parts.push(uint32(content.length))
      for (const member of content) writeNested(parts, member, depth)
      break
    case 'M': {
      const keys = Object.keys(content).sort(compareUtf16)
      parts.push(uint32(keys.length))
      for (const key of keys) {
        const bytes = toUtf8(key)
        if (bytes.length === 0 || bytes.length > MAX_KEY) throw new ItemCryptoError('MALFORMED', 'a key is empty or too long')
        parts.push(uint16(TYPES.S), uint32(bytes.length), bytes)
        writeNested(parts, content[key]!, depth)
      }
    }
  }
  return parts
}

function writeNested(parts: Uint8Array[], value: AttributeValue, depth: number): void {
  const [type, ...rest] = write(value, depth + 1)
  const bytes = concat(...rest)
  parts.push(type!, uint32(bytes.length), bytes)
}

function writeSet<T>(
  parts: Uint8Array[],
  members: readonly T[],
  compare: (a: T, b: T) => number,
  bytesOf: (member: T) => Uint8Array,
): void {
  const sorted = [...members].sort(compare)
  if (hasTwins(sorted, compare)) throw new ItemCryptoError('MALFORMED', 'a set holds a member twice')
  parts.push(uint32(sorted.length))
  for (const bytes of sorted.map(bytesOf)) parts.push(uint32(bytes.length), bytes)
}

function hasTwins<T>(sorted: readonly T[], compare: (a: T, b: T) => number): boolean {
  return sorted.some((member, i) => i > 0 && compare(member, sorted[i - 1]!) === 0)
}

/** All that the cursor holds. */
function read(type: number, cursor: Cursor, depth: number): AttributeValue {
  if (depth > MAX_DEPTH) cursor.fail(`is nested deeper than ${MAX_DEPTH} levels`)
  const value = readContent(type, cursor, depth)
  cursor.end()
  return value
}

function readContent(type: number, cursor: Cursor, depth: number): AttributeValue {
  switch (type) {
    case TYPES.NULL:
      return { NULL: true }
    case TYPES.S:
      return { S: cursor.text(cursor.left) }
    case TYPES.N:
      return { N: cursor.text(cursor.left) }
    case TYPES.B:
      return { B: new Uint8Array(cursor.bytes(cursor.left)) }
    case TYPES.BOOL: {
      const byte = cursor.uint8()
      if (byte > 1) cursor.fail('holds an invalid BOOL')
      return { BOOL: byte === 1 }
    }
    case TYPES.SS:
      return { SS: readTexts(cursor) }
    case TYPES.NS:
      return { NS: readTexts(cursor) }
    case TYPES.BS:
      return { BS: readSet(cursor, () => new Uint8Array(cursor.bytes(cursor.uint32())), compareBytes) }
    case TYPES.L:
      return { L: Array.from({ length: cursor.count(TYPE_BYTES + 4) }, () => readNested(cursor, depth)) }
    case TYPES.M:
      return { M: readMap(cursor, depth) }
    default:
      return cursor.fail('has an unknown type')
  }
}

function readNested(cursor: Cursor, depth: number): AttributeValue {
  const type = cursor.uint16()
  return read(type, new Cursor(cursor.bytes(cursor.uint32()), 'nested value'), depth + 1)
}

function readMap(cursor: Cursor, depth: number): Record<string, AttributeValue> {
  const entries = new Map<string, AttributeValue>()
  for (let left = cursor.count(2 * (TYPE_BYTES + 4) + 1); left > 0; left--) {
    if (cursor.uint16() !== TYPES.S) cursor.fail('holds a key that is not text')
    const length = cursor.uint32()
    if (length === 0 || length > MAX_KEY) cursor.fail('holds a key that is empty or too long')
    const key = cursor.text(length)
    if (entries.has(key)) cursor.fail('holds a key twice')
    entries.set(key, readNested(cursor, depth))
  }
  return Object.fromEntries(entries)
}

function readTexts(cursor: Cursor): string[] {
  return readSet(cursor, () => cursor.text(cursor.uint32()), compareUtf16)
}

function readSet<T>(cursor: Cursor, member: () => T, compare: (a: T, b: T) => number): T[] {
  const members = Array.from({ length: cursor.count(4) }, member)
  if (hasTwins([...members].sort(compare), compare)) cursor.fail('holds a member twice')
  return members
}
