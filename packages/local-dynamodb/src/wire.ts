/**
 * DynamoDB's protocol as bytes on HTTP: the operation is named in a header, bodies are JSON, an error names itself in `__type`.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import { type Agent, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders, request } from 'node:http'

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** A request or an answer, with its bytes as received. */
export interface Message {
  readonly headers: IncomingHttpHeaders | OutgoingHttpHeaders
  readonly bytes: Buffer
}

export interface Request extends Message {
  readonly method: string
  readonly path: string
}

export interface Reply extends Message {
  readonly status: number
}

/** An answer whose body is parsed. */
export interface Answer {
  readonly status: number
  readonly body: Json
}

export const CONTENT_TYPE = 'application/x-amz-json-1.0'

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The body of a message, or undefined if it is not a JSON object. */
export function parseBody(bytes: Buffer): Json | undefined {
  try {
    const body: unknown = JSON.parse(bytes.toString())
    return isJson(body) ? body : undefined
  } catch {
    return undefined
  }
}

/** `PutItem` of the header `x-amz-target: DynamoDB_20120810.PutItem`; empty if there is none. */
export function operationOf(headers: IncomingHttpHeaders): string {
  return String(headers['x-amz-target'] ?? '').split('.')[1] ?? ''
}

export function toAnswer(reply: Reply): Answer {
  return { status: reply.status, body: parseBody(reply.bytes) ?? {} }
}

/** `PutItem`'s error `com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException` without its prefix; undefined for a success. */
export function errorName({ status, body }: Answer): string | undefined {
  if (status === 200) return undefined
  return String(body.__type ?? '')
    .split('#')
    .pop()
}

export function errorAnswer(name: string, message: string, members: Json = {}): Answer {
  const prefix = name === 'ValidationException' ? 'com.amazon.coral.validate' : 'com.amazonaws.dynamodb.v20120810'
  return { status: 400, body: { __type: `${prefix}#${name}`, ...members, message } }
}

/** A reply made here. No checksum header: clients check it only where there is one. */
export function toReply(status: number, body: unknown): Reply {
  const bytes = Buffer.from(JSON.stringify(body))
  return { status, bytes, headers: { 'content-type': CONTENT_TYPE, 'content-length': bytes.length, 'x-amzn-requestid': randomUUID() } }
}

export async function readBytes(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Sends the request with its headers and bytes unchanged, but for the framing, to a port of this machine. */
export async function send(port: number, agent: Agent, { method, path, headers, bytes }: Request): Promise<Reply> {
  const framed = { ...withoutFraming(headers), 'content-length': bytes.length }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent, method, path, headers: framed }, resolve).on('error', reject).end(bytes)
  })
  return { status: response.statusCode ?? 500, headers: withoutFraming(response.headers), bytes: await readBytes(response) }
}

const FRAMING: readonly string[] = ['connection', 'expect', 'keep-alive', 'transfer-encoding']

/** Without what is between two ends of a connection only. */
function withoutFraming(headers: IncomingHttpHeaders | OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !FRAMING.includes(name)))
}
