/**
 * A server whose requests a test can see and tamper with: the embedded one, or, if the environment names one in
 * `ITEMSEAL_DYNAMODB_ENDPOINT`, any other, behind a proxy that has the same hook.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout } from 'node:timers/promises'
import { type LocalDynamoDb, type RequestAction, type RequestHook, startLocalDynamoDb } from '@itemseal/local-dynamodb'

export interface ObservedServer extends LocalDynamoDb {
  /** What was sent since the last `reset`: the operation, and its body as it was on the wire. */
  readonly requests: { operation: string; body: Record<string, unknown> }[]
  /** What the server shall do with the requests from now on; `reset` ends it. */
  onRequest: (operation: string, body: Record<string, unknown>) => RequestAction | undefined | Promise<RequestAction | undefined>
  reset(): void
}

export async function startServer(): Promise<ObservedServer> {
  const external = process.env.ITEMSEAL_DYNAMODB_ENDPOINT
  const hook: RequestHook = ({ operation, body }) => {
    observed.requests.push({ operation, body: body as Record<string, unknown> })
    return observed.onRequest(operation, body as Record<string, unknown>)
  }
  const server = external === undefined ? await startLocalDynamoDb({ onRequest: hook }) : await startProxy(external, hook)
  const observed: ObservedServer = {
    ...server,
    requests: [],
    onRequest: () => undefined,
    reset() {
      observed.requests.length = 0
      observed.onRequest = () => undefined
    },
  }
  return observed
}

async function startProxy(target: string, hook: RequestHook): Promise<LocalDynamoDb> {
  const server = createServer(async (incoming, outgoing) => {
    const operation = String(incoming.headers['x-amz-target']).split('.')[1] ?? ''
    const body = JSON.parse(await text(incoming))
    const action = (await hook({ operation, body })) ?? {}
    if (action.delayMs !== undefined) await setTimeout(action.delayMs)
    if (action.drop === 'before') return void incoming.socket.destroy()
    let answer = action.respond
    if (answer === undefined) {
      const { host: _, 'content-length': __, connection: ___, expect: ____, ...headers } = incoming.headers
      const sent = JSON.stringify(action.transformRequest?.(body) ?? body)
      const response = await fetch(target, { method: 'POST', headers: headers as Record<string, string>, body: sent })
      const received = await response.json()
      if (action.drop === 'after') return void incoming.socket.destroy()
      answer = { status: response.status, body: (response.ok && action.transformResponse?.(received)) || received }
    }
    outgoing.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer.body))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    server.close()
  }
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close }
}
