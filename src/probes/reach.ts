import { type IncomingMessage, request } from 'node:http'
import { isIP } from 'node:net'
import type { buildConnector } from 'undici'
import type { ClockSample } from '../doctor/clock.ts'

const DEFAULT_PORTS = new Map([
  ['https:', '443'],
  ['http:', '80'],
])

/** One question, over a connection of its own. */
export interface Question {
  url: URL
  method: 'GET' | 'HEAD'
  headers?: Record<string, string>
}

/** What is kept of an answer. */
export interface Reached {
  status: number
  clock: ClockSample | undefined
}

/** Asks the way the proxy does, by its own connector, and throws what the connection fails with. */
export async function reach(
  { url, method, headers = {} }: Question,
  connector: buildConnector.connector,
  signal: AbortSignal,
): Promise<Reached> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const { protocol, host, pathname } = url
    const hostname = url.hostname.replace(/^\[|\]$/g, '')
    // An address is no name that SNI could have.
    const names = isIP(hostname) === 0 ? { hostname, servername: hostname } : { hostname }
    // The connector knows what is TLS; there is no agent that keeps, queues or resumes anything.
    const asked = request({
      method,
      path: pathname,
      headers: { host, connection: 'close', ...headers },
      signal,
      createConnection: (_options, connected) => {
        const port = url.port === '' ? DEFAULT_PORTS.get(protocol) : url.port
        connector({ ...names, protocol, host, port: port ?? '' }, (...[error, socket]) => {
          if (error === null) connected(null, socket)
          // Node would wait for the socket of a request before it reported anything.
          else reject(error)
        })
        return undefined
      },
    })
    asked.once('response', resolve).once('error', reject).end()
  })
  // What else it has to say is not wanted.
  answer.destroy()
  return { status: answer.statusCode ?? 0, clock: clockSampleOf(answer.headers) }
}

/** Reads a head's Date beside the clock here; undefined where there is none. */
export function clockSampleOf(headers: unknown): ClockSample | undefined {
  if (typeof headers !== 'object' || headers === null) return undefined
  const date: unknown = Object.entries(headers).find(([name]) => name.toLowerCase() === 'date')?.[1]
  const there = typeof date === 'string' ? Date.parse(date) : Number.NaN
  return Number.isNaN(there) ? undefined : { there, here: Date.now() }
}
