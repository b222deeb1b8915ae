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
import { withEntry } from '../item.ts'
import { compareUtf16 } from '../order.ts'
import type { Form } from './dialect.ts'

const TAGS = { B: 0x62, N: 0x6e, S: 0x73, BOOL: 0x3f, NULL: 0x00, BS: 0x42, NS: 0x4e, SS: 0x53, L: 0x4c, M: 0x4d } as const
const LENGTH = 4
/** Of a binary value: tag and length. */
export const HEAD = 6
const ROOM = 64 // for a short value

/** Behind what the writer holds, as a view of its memory. @throws `MALFORMED` for what is not a value of DynamoDB. */
export function serializeAttribute(value: AttributeValue, form: Form, writer: Writer = new Writer(ROOM)): Uint8Array {
  const start = writer.length
  writeAttribute(writer, value, form)
  return writer.view(start)
}

/** Makes memory with room for a head in front of bytes what `serializeAttribute` gives of those bytes. */
export function asBinary(memory: Uint8Array): Uint8Array {
  let rest = TAGS.B * 2 ** 32 + memory.length - HEAD
  for (let i = HEAD; i-- > 0; rest /= 256) memory[i] = rest
  return memory
}

/** @throws `MALFORMED` for bytes that `serializeAttribute` never gives, orders excepted. */
export function parseAttribute(bytes: Uint8Array): AttributeValue {
  const cursor = new Cursor(bytes, 'serialized value')
  const value = read(cursor, 1)
  cursor.end()
  return value
}

/** What `serializeAttribute` writes, without a view of it. @throws `MALFORMED` for what is not a value of DynamoDB. */
export function writeAttribute(writer: Writer, value: AttributeValue, form: Form, depth = 1): void {
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
      for (const member of content) writeAttribute(writer, member, form, depth + 1)
      break
    case 'M': {
      const names = Object.keys(content).sort(form.text)
      writer.uint(names.length, LENGTH)
      for (const name of names) {
        writer.uint(TAGS.S, 2)
        writer.text(name, LENGTH)
        writeAttribute(writer, content[name]!, form, depth + 1)
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
      return { N: cursor.text() }
    case TAGS.S:
      return { S: cursor.text() }
    case TAGS.BOOL: {
      const byte = cursor.uint(1)
      if (byte > 1) cursor.fail('holds an invalid BOOL')
      return { BOOL: byte === 1 }
    }
    case TAGS.NULL:
      return { NULL: true }
    case TAGS.BS:
      return { BS: times(cursor.count(LENGTH), () => readBytes(cursor)) }
    case TAGS.NS:
      return { NS: times(cursor.count(LENGTH), () => cursor.text()) }
    case TAGS.SS:
      return { SS: times(cursor.count(LENGTH), () => cursor.text()) }
    case TAGS.L:
      return { L: times(cursor.count(2), () => read(cursor, depth + 1)) }
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
    const name = cursor.text()
    if (Object.hasOwn(map, name)) cursor.fail('holds a name twice')
    map = withEntry(map, name, read(cursor, depth + 1))
  }
  return map
}

/** A copy: what is read here is given to the caller. */
function readBytes(cursor: Cursor): Uint8Array {
  return new Uint8Array(cursor.bytes())
}
