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
import { type AttributeValue, checkDepth, typed } from '../attribute-value.ts'
import { Writer } from '../bytes.ts'
import { Cursor, times } from '../cursor.ts'
import { ItemCryptoError } from '../errors.ts'
import { compareUtf16 } from '../order.ts'
import type { Form } from './dialect.ts'

const TAGS = { B: 0x62, N: 0x6e, S: 0x73, BOOL: 0x3f, NULL: 0x00, BS: 0x42, NS: 0x4e, SS: 0x53, L: 0x4c, M: 0x4d } as const
const LENGTH = 4
const ROOM = 64 // for a short value

/** Behind what the writer holds, as a view of its memory. @throws `MALFORMED` for what is not a value of DynamoDB. */
export function serializeAttribute(value: AttributeValue, form: Form, writer: Writer = new Writer(ROOM)): Uint8Array {
  const start = writer.length
  write(writer, value, form, 1)
  return writer.view(start)
}

/** @throws `MALFORMED` for bytes that `serializeAttribute` never gives, orders excepted. */
export function parseAttribute(bytes: Uint8Array): AttributeValue {
  const cursor = new Cursor(bytes, 'serialized value')
  const value = read(cursor, 1)
  cursor.end()
  return value
}

function write(writer: Writer, value: AttributeValue, form: Form, depth: number): void {
  checkDepth(depth)
  const [type, content] = typed(value)
  writer.uint(TAGS[type], 2)
  switch (type) {
    case 'B':
      writer.bytes(content, LENGTH)
      break
    case 'N':
      writer.text(form.number(content), LENGTH)
      break
    case 'S':
      writer.text(content, LENGTH)
      break
    case 'BOOL':
      writer.uint(Number(content), 1)
      break
    case 'NULL':
      if (!content) throw new ItemCryptoError('MALFORMED', 'NULL is always true')
      break
    case 'BS':
      writer.uint(content.length, LENGTH)
      for (const member of [...content].sort(form.binary)) writer.bytes(member, LENGTH)
      break
    case 'NS':
      writeTexts(writer, content.map(form.number).sort(compareUtf16))
      break
    case 'SS':
      writeTexts(writer, [...content].sort(form.text))
      break
    case 'L':
      writer.uint(content.length, LENGTH)
      for (const member of content) write(writer, member, form, depth + 1)
      break
    case 'M': {
      const names = Object.keys(content).sort(form.text)
      writer.uint(names.length, LENGTH)
      for (const name of names) {
        writer.uint(TAGS.S, 2)
        writer.text(name, LENGTH)
        write(writer, content[name]!, form, depth + 1)
      }
    }
  }
}

function writeTexts(writer: Writer, members: readonly string[]): void {
  writer.uint(members.length, LENGTH)
  for (const member of members) writer.text(member, LENGTH)
}

function read(cursor: Cursor, depth: number): AttributeValue {
  checkDepth(depth)
  const tag = cursor.uint(2)
  switch (tag) {
    case TAGS.B:
      return { B: readBytes(cursor) }
    case TAGS.N:
      return { N: readText(cursor) }
    case TAGS.S:
      return { S: readText(cursor) }
    case TAGS.BOOL: {
      const byte = cursor.uint(1)
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
  let map: Record<string, AttributeValue> = {}
  for (let left = cursor.count(8); left > 0; left--) {
    if (cursor.uint(2) !== TAGS.S) cursor.fail('holds a name that is not text')
    const name = readText(cursor)
    if (Object.hasOwn(map, name)) cursor.fail('holds a name twice')
    const value = read(cursor, depth + 1)
    if (name in map)
      map = { ...map, [name]: value } // to assign what is inherited may do something else, or nothing
    else map[name] = value
  }
  return map
}

function readMembers<T>(cursor: Cursor, smallest: number, member: (cursor: Cursor) => T): T[] {
  return times(cursor.count(smallest), () => member(cursor))
}

/** A copy: what is read here is given to the caller. */
function readBytes(cursor: Cursor): Uint8Array {
  return new Uint8Array(cursor.bytes(cursor.uint(4)))
}

function readText(cursor: Cursor): string {
  return cursor.text(cursor.uint(4))
}
