/**
 * The HTTP server that clients talk to.
 *
 * @module
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { readKeyFile, writeKeyFile } from './key-file.ts'
import { type LocalKey, type LocalKeyOptions, makeKeyStore } from './key-store.ts'
import { OPERATIONS } from './operations.ts'
import { failureOf, type LocalKmsHook } from './request-hook.ts'
import { type LocalCredentials, verifySignature } from './signature.ts'
import { KmsFailure, operationOf, parseBody, type Reply, type Request, readBytes, toErrorReply, toReply } from './wire.ts'

export interface LocalKmsOptions {
  /** By default a free one. */
  readonly port?: number
  /** By default `127.0.0.1`. */
  readonly host?: string
  /** Requests must be signed with these. By default `local` and `local secret`. */
  readonly credentials?: LocalCredentials
  /** Keys to begin with; with a `file` that is there, what it holds counts instead. */
  readonly keys?: readonly LocalKeyOptions[]
  /** Keeps the keys here, in clear, so that they outlive the service. By default they are gone with it. */
  readonly file?: string
  /** Sees every request, and may fail it, delay it, lose it or change its answer. */
  readonly onRequest?: LocalKmsHook
}

export interface LocalKms {
  /** The URL for a client's `endpoint`, whatever its region: a request belongs to the region for which it is signed. */
  readonly endpoint: string
  readonly credentials: LocalCredentials
  /** In the order in which they were created; those of the options, or of the file, come first. */
  readonly keys: readonly LocalKey[]
  createKey(options?: LocalKeyOptions): Promise<LocalKey>
  /** How many properly signed requests of an operation, or in all, came since the start or the last reset. */
  calls(operation?: string): number
  resetCalls(): void
  /** Replaces the hook. */
  onRequest(hook: LocalKmsHook | undefined): void
  /** Ends all connections. The keys are gone with it, unless there is a `file`. */
  close(): Promise<void>
}

const PREFLIGHT = {
  'access-control-allow-origin': '*',
  'access-control-allow-headers': '*,authorization',
  'access-control-allow-methods': 'POST',
  'access-control-max-age': '600',
}

/**
 * Starts a key management service in this process, in memory or over a file, that speaks the protocol of AWS KMS and verifies signatures.
 *
 * @example
 * const kms = await startLocalKms()
 * const { arn } = await kms.createKey({ aliases: ['alias/people'] })
 * const client = new KMSClient({ endpoint: kms.endpoint, region: 'us-east-1', credentials: kms.credentials })
 * // …
 * await kms.close()
 */
export async function startLocalKms(options: LocalKmsOptions = {}): Promise<LocalKms> {
  const { port = 0, host = '127.0.0.1', credentials = { accessKeyId: 'local', secretAccessKey: 'local secret' } } = options
  const { file } = options
  const kept = file === undefined ? undefined : readKeyFile(file)
  const store = makeKeyStore(kept, (all) => file !== undefined && writeKeyFile(file, all))
  if (kept === undefined) for (const key of options.keys ?? []) await store.create(key)
  const counts = new Map<string, number>()
  let { onRequest } = options

  /** The answer, or undefined if the connection is to be closed without one. */
  const respond = async (request: Request): Promise<Reply | undefined> => {
    if (request.method !== 'POST') throw new KmsFailure('UnknownOperationException', 'POST is wanted', 404)
    const region = verifySignature(request, credentials, Date.now())
    const operation = operationOf(request.headers)
    if (!Object.hasOwn(OPERATIONS, operation)) throw new KmsFailure('UnknownOperationException', 'there is no such operation here')
    const body = parseBody(request.bytes)
    const index = counts.get(operation) ?? 0
    counts.set(operation, index + 1)
    const action = (await onRequest?.({ operation, region, body, index })) || {}
    if (action.delayMs !== undefined) await setTimeout(action.delayMs, undefined, { ref: false })
    if (action.drop === 'before') return undefined
    if (action.fail !== undefined) throw failureOf(action.fail)
    const answer = OPERATIONS[operation]!(store, region, body)
    if (action.drop === 'after') return undefined
    return toReply(200, action.transformResponse?.(answer) ?? answer)
  }

  const server = createServer((incoming, outgoing) => void serve(respond, incoming, outgoing))
  server.listen(port, host)
  await once(server, 'listening')
  const { address, family, port: actual } = server.address() as AddressInfo // an object, since it listens on a port
  return {
    endpoint: `http://${family === 'IPv6' ? `[${address}]` : address}:${actual}`,
    credentials,
    keys: store.keys,
    createKey: store.create,
    calls: (operation) => (operation === undefined ? [...counts.values()].reduce((a, b) => a + b, 0) : (counts.get(operation) ?? 0)),
    resetCalls: () => counts.clear(),
    onRequest: (hook) => {
      onRequest = hook
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function serve(
  respond: (request: Request) => Promise<Reply | undefined>,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const { method = '', url: path = '/', headers } = incoming
  if (method === 'OPTIONS') {
    outgoing.writeHead(204, PREFLIGHT).end()
    return
  }
  let reply: Reply | undefined
  try {
    reply = await respond({ method, path, headers, bytes: await readBytes(incoming) })
  } catch (error) {
    reply = toErrorReply(error)
  }
  if (reply === undefined) incoming.socket.destroy()
  else outgoing.writeHead(reply.status, reply.headers).end(reply.bytes)
}
