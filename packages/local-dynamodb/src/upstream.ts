/// <reference path="./dynalite.d.ts" />
/**
 * The DynamoDB server behind the front: dynalite, in this process, spoken to over HTTP only.
 *
 * dynalite throws out of its event handlers, and so ends the process, when a client goes away in the middle of a request. The
 * front sends it whole requests only and lets each one finish.
 *
 * @module
 */
import { once } from 'node:events'
import { Agent } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import dynalite from 'dynalite'
import { type Answer, CONTENT_TYPE, isJson, type Json, type Reply, type Request, send, toAnswer } from './wire.ts'

/** Executes one operation that the front itself needs. */
export type Call = (operation: string, body: Json) => Promise<Answer>

export interface Upstream {
  readonly call: Call
  forward(request: Request): Promise<Reply>
  close(): Promise<void>
}

/** dynalite wants these to be there and never checks them. */
const SIGNED = { authorization: 'AWS4-HMAC-SHA256 Credential=front, SignedHeaders=host, Signature=none', 'x-amz-date': '20120810T000000Z' }

export async function startUpstream(): Promise<Upstream> {
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // an object, since it listens on a port
  const agent = new Agent({ keepAlive: true })

  const forward = (request: Request) => send(port, agent, request)
  const call: Call = async (operation, body) => {
    const headers = { ...SIGNED, 'content-type': CONTENT_TYPE, 'x-amz-target': `DynamoDB_20120810.${operation}` }
    return toAnswer(await forward({ method: 'POST', path: '/', headers, bytes: Buffer.from(JSON.stringify(body)) }))
  }
  const close = async () => {
    agent.destroy()
    await new Promise<void>((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())))
  }
  return { call, forward, close }
}

/** Waits until a table that was just created, changed or deleted is usable or gone, which takes dynalite a few timer ticks. */
export async function tableSettled(call: Call, tableName: unknown): Promise<void> {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const { status, body } = await call('DescribeTable', { TableName: tableName })
    if (status !== 200 || (isJson(body.Table) && body.Table.TableStatus === 'ACTIVE')) return
    await setTimeout(1)
  }
}
