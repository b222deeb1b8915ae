/**
 * The HTTP server that clients talk to.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { type Front, makeFront } from './front.ts'
import type { RequestHook } from './request-hook.ts'
import { startUpstream } from './upstream.ts'
import { operationOf, parseBody, type Reply, type Request, readBytes, toReply } from './wire.ts'

export interface LocalDynamoDbOptions {
  /** By default a free one. */
  readonly port?: number
  /** By default `127.0.0.1`. */
  readonly host?: string
  /** Sees every request, and may answer it, delay it, lose it or change it. */
  readonly onRequest?: RequestHook
}

export interface LocalDynamoDb {
  /** The URL for a client's `endpoint`. Any region and any credentials will do: signatures are not checked. */
  readonly endpoint: string
  /** Finishes what is being executed, then ends all connections. The data is gone with it. */
  close(): Promise<void>
}

/**
 * Starts an empty DynamoDB server in this process, in memory: dynalite, with transactions, table ARNs and
 * `ReturnValuesOnConditionCheckFailure` added. A table is usable as soon as CreateTable is answered.
 *
 * @example
 * const server = await startLocalDynamoDb()
 * const client = new DynamoDBClient({ endpoint: server.endpoint, region: 'local', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
 * // …
 * await server.close()
 */
export async function startLocalDynamoDb(options: LocalDynamoDbOptions = {}): Promise<LocalDynamoDb> {
  const { port = 0, host = '127.0.0.1', onRequest } = options
  const upstream = await startUpstream()
  const front = makeFront(upstream)
  const server = createServer((incoming, outgoing) => void serve(front, onRequest, incoming, outgoing))
  const close = async () => {
    const closed = new Promise((resolve) => server.close(resolve))
    await front.idle()
    server.closeAllConnections()
    await closed
    await upstream.close()
  }
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (error) {
    await upstream.close()
    throw error
  }
  const address = server.address() as AddressInfo // an object, since it listens on a port
  const hostname = address.family === 'IPv6' ? `[${address.address}]` : address.address
  return { endpoint: `http://${hostname}:${address.port}`, close }
}

async function serve(front: Front, onRequest: RequestHook | undefined, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  try {
    const { method = '', url: path = '/', headers } = incoming
    const reply = await respond(front, onRequest, { method, path, headers, bytes: await readBytes(incoming) }, operationOf(headers))
    if (reply === undefined) incoming.socket.destroy()
    else write(outgoing, incoming, reply)
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    write(outgoing, incoming, toReply(400, { __type: 'com.itemseal#LocalDynamoDbFailure', message }))
  }
}

/** The answer, or undefined if the connection is to be closed without one. */
async function respond(front: Front, onRequest: RequestHook | undefined, request: Request, operation: string): Promise<Reply | undefined> {
  const body = parseBody(request.bytes)
  const action = (request.method === 'POST' && (await onRequest?.({ operation, body }))) || {}
  if (action.delayMs !== undefined) await setTimeout(action.delayMs)
  if (action.drop === 'before') return undefined
  if (action.respond !== undefined) return toReply(action.respond.status, action.respond.body)

  const changed = body && action.transformRequest?.(body)
  const executed = changed ? { ...request, bytes: Buffer.from(JSON.stringify(changed)) } : request
  const reply = await front.execute(executed, operation, changed ?? body)
  if (action.drop === 'after') return undefined
  if (action.transformResponse === undefined || reply.status !== 200) return reply
  return toReply(reply.status, action.transformResponse(parseBody(reply.bytes) ?? {}))
}

function write(outgoing: ServerResponse, incoming: IncomingMessage, { status, headers, bytes }: Reply): void {
  // dynalite allows every origin by itself; answers made here must do so too.
  if (incoming.headers.origin !== undefined) outgoing.setHeader('access-control-allow-origin', '*')
  outgoing.writeHead(status, headers).end(bytes)
}
