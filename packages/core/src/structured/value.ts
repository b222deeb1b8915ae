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
import { type AttributeType, type AttributeValue, checkDepth, typed } from '../attribute-value.ts'
import { Writer } from '../bytes.ts'
import { Cursor, times } from '../cursor.ts'
import { ItemCryptoError } from '../errors.ts'
import { withEntry } from '../item.ts'
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
const LENGTH = 4
const ROOM = 64 // for a short value

/**
 * Two bytes of type, then the value: behind what the writer holds, as a view of its memory.
 *
 * @throws `MALFORMED` for what is not a value of DynamoDB, or is nested too deep.
 */
export function serializeValue(value: AttributeValue, writer: Writer = new Writer(ROOM)): Uint8Array {
  const start = writer.length
  write(writer, value, 1)
  return writer.view(start)
}

/**
 * @param content if it does not lie behind the type.
 * @throws `MALFORMED` for what `serializeValue` never gives, orders excepted.
 */
export function parseValue(serialized: Uint8Array, content?: Uint8Array): AttributeValue {
  const cursor = new Cursor(serialized, 'serialized value')
  return read(cursor.uint(2), content ? new Cursor(content, 'serialized value') : cursor, 1)
}

/** Nested values have their length behind their type. */
function write(writer: Writer, value: AttributeValue, depth: number): void {
  checkDepth(depth)
  const [type, content] = typed(value)
  writer.uint(TYPES[type], TYPE_BYTES)
  const lengthSize = depth === 1 ? 0 : LENGTH
  const at = writer.skip(lengthSize)
  switch (type) {
    case 'S':
      writer.text(content)
      break
    case 'N':
      writer.text(normalizeNumber(content))
      break
    case 'B':
      writer.bytes(content)
      break
    case 'BOOL':
      writer.uint(Number(content), 1)
      break
    case 'SS':
      for (const member of sortedSet(writer, content, compareUtf16)) writer.text(member, LENGTH)
      break
    case 'NS':
      for (const member of sortedSet(writer, content.map(normalizeNumber), compareUtf16)) writer.text(member, LENGTH)
      break
    case 'BS':
      for (const member of sortedSet(writer, content, compareBytes)) writer.bytes(member, LENGTH)
      break
    case 'L':
      writer.uint(content.length, LENGTH)
      for (const member of content) write(writer, member, depth + 1)
      break
    case 'M': {
      const keys = Object.keys(content).sort(compareUtf16)
      writer.uint(keys.length, LENGTH)
      for (const key of keys) {
        writer.uint(TYPES.S, TYPE_BYTES)
        const before = writer.length + LENGTH
        writer.text(key, LENGTH)
        if (key === '' || writer.length - before > MAX_KEY) throw new ItemCryptoError('MALFORMED', 'a key is empty or too long')
        write(writer, content[key]!, depth + 1)
      }
    }
  }
  writer.uint(writer.length - at - lengthSize, lengthSize, at)
}

/** The members in their order, after their count. */
function sortedSet<T>(writer: Writer, members: readonly T[], compare: (a: T, b: T) => number): T[] {
  const sorted = [...members].sort(compare)
  if (hasTwins(sorted, compare)) throw new ItemCryptoError('MALFORMED', 'a set holds a member twice')
  writer.uint(sorted.length, LENGTH)
  return sorted
}

function hasTwins<T>(sorted: readonly T[], compare: (a: T, b: T) => number): boolean {
  return sorted.some((member, i) => i > 0 && compare(member, sorted[i - 1]!) === 0)
}

/** All that the cursor holds. */
function read(type: number, cursor: Cursor, depth: number): AttributeValue {
  checkDepth(depth)
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
      const byte = cursor.uint(1)
      if (byte > 1) cursor.fail('holds an invalid BOOL')
      return { BOOL: byte === 1 }
    }
    case TYPES.SS:
      return { SS: readTexts(cursor) }
    case TYPES.NS:
      return { NS: readTexts(cursor) }
    case TYPES.BS:
      return { BS: readSet(cursor, () => new Uint8Array(cursor.bytes()), compareBytes) }
    case TYPES.L:
      return { L: times(cursor.count(TYPE_BYTES + 4), () => readNested(cursor, depth)) }
    case TYPES.M:
      return { M: readMap(cursor, depth) }
    default:
      return cursor.fail('has an unknown type')
  }
}

function readNested(cursor: Cursor, depth: number): AttributeValue {
  const type = cursor.uint(2)
  return read(type, new Cursor(cursor.bytes(), 'nested value'), depth + 1)
}

function readMap(cursor: Cursor, depth: number): Record<string, AttributeValue> {
  let map: Record<string, AttributeValue> = {}
  for (let left = cursor.count(2 * (TYPE_BYTES + 4) + 1); left > 0; left--) {
    if (cursor.uint(2) !== TYPES.S) cursor.fail('holds a key that is not text')
    const length = cursor.uint(4)
    if (length === 0 || length > MAX_KEY) cursor.fail('holds a key that is empty or too long')
    const key = cursor.text(length)
    if (Object.hasOwn(map, key)) cursor.fail('holds a key twice')
    map = withEntry(map, key, readNested(cursor, depth))
  }
  return map
}

function readTexts(cursor: Cursor): string[] {
  return readSet(cursor, () => cursor.text(), compareUtf16)
}

function readSet<T>(cursor: Cursor, member: () => T, compare: (a: T, b: T) => number): T[] {
  const members = times(cursor.count(4), member)
  if (hasTwins([...members].sort(compare), compare)) cursor.fail('holds a member twice')
  return members
}
