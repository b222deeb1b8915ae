/**
 * An attribute value as bytes: the plaintext of an encrypted attribute, and what is hashed of a signed one
 * (classic-item-format, section 2).
 *
 *     tag 00 62 'b'   B      length, bytes                    length, count: uint32
 *         00 6e 'n'   N      length, number without exponent
 *         00 73 's'   S      length, UTF-8
 *         00 3f '?'   BOOL   01 or 00
 *         00 00       NULL
 *         00 42 'B'   BS     count, then members as in B, N, S but without tag, sorted
 *         00 4e 'N'   NS
 *         00 53 'S'   SS
 *         00 4c 'L'   L      count, then members with tag
 *         00 4d 'M'   M      count, then name (as an S, with tag) and value (with tag), sorted by name
 *
 * @module
 */
import { type AttributeValue, MAX_DEPTH, typed } from '../attribute-value.ts'
import { concat, toUtf8, uint32 } from '../bytes.ts'
import { Cursor } from '../cursor.ts'
import { ItemCryptoError } from '../errors.ts'
import { compareUtf16 } from '../order.ts'
import type { Form } from './dialect.ts'

const TAGS = { B: 0x62, N: 0x6e, S: 0x73, BOOL: 0x3f, NULL: 0x00, BS: 0x42, NS: 0x4e, SS: 0x53, L: 0x4c, M: 0x4d } as const
const TRUE = Uint8Array.of(1)
const FALSE = Uint8Array.of(0)

/** @throws `MALFORMED` for what is not a value of DynamoDB. */
export function serializeAttribute(value: AttributeValue, form: Form): Uint8Array {
  const parts: Uint8Array[] = []
  write(parts, value, form, 1)
  return concat(...parts)
}

/** @throws `MALFORMED` for bytes that `serializeAttribute` never gives, orders excepted. */
export function parseAttribute(bytes: Uint8Array): AttributeValue {
  const cursor = new Cursor(bytes, 'serialized value')
  const value = read(cursor, 1)
  cursor.end()
  return value
}

function write(parts: Uint8Array[], value: AttributeValue, form: Form, depth: number): void {
  if (depth > MAX_DEPTH) throw new ItemCryptoError('MALFORMED', `nested deeper than ${MAX_DEPTH} levels`)
  const [type, content] = typed(value)
  parts.push(Uint8Array.of(0, TAGS[type]))
  switch (type) {
    case 'B':
      writeBytes(parts, content)
      break
    case 'N':
      writeBytes(parts, toUtf8(form.number(content)))
      break
    case 'S':
      writeBytes(parts, toUtf8(content))
      break
    case 'BOOL':
      parts.push(content ? TRUE : FALSE)
      break
    case 'NULL':
      if (!content) throw new ItemCryptoError('MALFORMED', 'NULL is always true')
      break
    case 'BS':
      writeSet(parts, [...content].sort(form.binary))
      break
    case 'NS':
      writeSet(parts, content.map(form.number).sort(compareUtf16).map(toUtf8))
      break
    case 'SS':
      writeSet(parts, [...content].sort(form.text).map(toUtf8))
      break
    case 'L':
      parts.push(uint32(content.length))
      for (const member of content) write(parts, member, form, depth + 1)
      break
    case 'M':
      parts.push(uint32(Object.keys(content).length))
      for (const [name, member] of Object.entries(content).sort(([a], [b]) => form.text(a, b))) {
        parts.push(Uint8Array.of(0, TAGS.S))
        writeBytes(parts, toUtf8(name))
        write(parts, member, form, depth + 1)
      }
  }
}

function writeBytes(parts: Uint8Array[], bytes: Uint8Array): void {
  parts.push(uint32(bytes.length), bytes)
}

function writeSet(parts: Uint8Array[], members: readonly Uint8Array[]): void {
  parts.push(uint32(members.length))
  for (const member of members) writeBytes(parts, member)
}

function read(cursor: Cursor, depth: number): AttributeValue {
  if (depth > MAX_DEPTH) cursor.fail('is nested too deep')
  const tag = cursor.uint16()
  switch (tag) {
    case TAGS.B:
      return { B: readBytes(cursor) }
    case TAGS.N:
      return { N: readText(cursor) }
    case TAGS.S:
      return { S: readText(cursor) }
    case TAGS.BOOL: {
      const byte = cursor.uint8()
      if (byte > 1) cursor.fail('holds an invalid BOOL')
      return { BOOL: byte === 1 }
    }
    case TAGS.NULL:
      return { NULL: true }
    case TAGS.BS:
      return { BS: readMembers(cursor, 4, readBytes) }
    case TAGS.NS:
      return { NS: readMembers(cursor, 4, readText) }
    case TAGS.SS:
      return { SS: readMembers(cursor, 4, readText) }
    case TAGS.L:
      return { L: readMembers(cursor, 2, () => read(cursor, depth + 1)) }
    case TAGS.M:
      return { M: readMap(cursor, depth) }
    default:
      return cursor.fail('has an unknown type')
  }
}

function readMap(cursor: Cursor, depth: number): Record<string, AttributeValue> {
  const entries = new Map<string, AttributeValue>()
  const count = cursor.count(8)
  for (let i = 0; i < count; i++) {
    if (cursor.uint16() !== TAGS.S) cursor.fail('holds a name that is not text')
    const name = readText(cursor)
    if (entries.has(name)) cursor.fail('holds a name twice')
    entries.set(name, read(cursor, depth + 1))
  }
  return Object.fromEntries(entries)
}

function readMembers<T>(cursor: Cursor, smallest: number, member: (cursor: Cursor) => T): T[] {
  return Array.from({ length: cursor.count(smallest) }, () => member(cursor))
}

/** A copy: what is read here is given to the caller. */
function readBytes(cursor: Cursor): Uint8Array {
  return new Uint8Array(cursor.bytes(cursor.uint32()))
}

function readText(cursor: Cursor): string {
  return cursor.text(cursor.uint32())
}
