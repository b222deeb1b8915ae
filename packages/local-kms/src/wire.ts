/**
 * The protocol of KMS: the operation is named in a header, bodies are JSON with base64 for bytes, an error names itself in `__type`.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http'

/** A JSON object. */
export type Json = Readonly<Record<string, unknown>>

/** A request as received. */
export interface Request {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly bytes: Buffer
}

export interface Reply {
  readonly status: number
  readonly headers: OutgoingHttpHeaders
  readonly bytes: Buffer
}

/** An error of the service: what a client finds in `name`. */
export class KmsFailure extends Error {
  readonly type: string
  readonly status: number

  constructor(type: string, message: string, status = 400) {
    super(message)
    this.type = type
    this.status = status
  }
}

/** @throws `SerializationException` for what is not a JSON object. */
export function parseBody(bytes: Buffer): Json {
  try {
    const body: unknown = JSON.parse(bytes.toString())
    if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Json // an object that is no array
  } catch {}
  throw new KmsFailure('SerializationException', 'the body is no JSON object')
}

/** `Decrypt` of the header `x-amz-target: TrentService.Decrypt`; empty if there is none. */
export function operationOf(headers: IncomingHttpHeaders): string {
  return /^TrentService\.(\w+)$/.exec(String(headers['x-amz-target']))?.[1] ?? ''
}

export function toReply(status: number, body: unknown): Reply {
  const bytes = Buffer.from(JSON.stringify(body))
  const headers = {
    'content-type': 'application/x-amz-json-1.1',
    'content-length': bytes.length,
    'x-amzn-requestid': randomUUID(),
    'access-control-allow-origin': '*',
    'access-control-expose-headers': '*',
  }
  return { status, bytes, headers }
}

export function toErrorReply(error: unknown): Reply {
  if (error instanceof KmsFailure) return toReply(error.status, { __type: error.type, message: error.message })
  return toReply(400, { __type: 'LocalKmsFailure', message: error instanceof Error ? error.message : String(error) })
}

export async function readBytes(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}
