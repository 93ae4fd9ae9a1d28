import { type Agent, type ClientRequest, request } from 'node:http'
import { type Reply, replyTo } from '../simulator/client.ts'

export interface Sent {
  headers?: Record<string, string | string[]>
  body?: string | Buffer
  /** Without one, each request has a connection of its own. */
  agent?: Agent
}

/** One whole request to a plain-HTTP proxy on loopback. The path goes out as it is. */
export async function send(to: { port: number }, method: string, path: string, sent: Sent = {}): Promise<Reply> {
  const outgoing = open(to, method, path, sent)
  outgoing.end(sent.body)
  return replyTo(outgoing)
}

/** A request whose body the test writes itself. */
export function open(to: { port: number }, method: string, path: string, { headers, agent }: Sent = {}): ClientRequest {
  return request({
    host: '127.0.0.1',
    port: to.port,
    method,
    path,
    agent: agent ?? false,
    ...(headers === undefined ? {} : { headers }),
  })
}
