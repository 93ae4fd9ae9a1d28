import type { IncomingMessage } from 'node:http'
import { HEALTH_BODY_BYTES } from '../limits.ts'
import { type Listener, ownAddress } from './listener.ts'

/** What a listener says to GET /healthz. */
export interface Health {
  status: number
  body: string
}

/** The URL of a listener's /healthz, to be shown. */
export function healthUrl(listener: Listener): string {
  const address = ownAddress(listener)
  const host = address.includes(':') ? `[${address}]` : address
  return `${listener.tls ? 'https' : 'http'}://${host}:${listener.port}/healthz`
}

/** Asks the listener on this machine for /healthz. Throws what the connection fails with, and an AbortError after `timeoutMs`. */
export async function askHealth(listener: Listener, timeoutMs: number): Promise<Health> {
  const { request } = listener.tls ? await import('node:https') : await import('node:http')
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request({
      // Not by URL, which refuses an IPv6 address with a zone.
      host: ownAddress(listener),
      port: listener.port,
      path: '/healthz',
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      // It is this machine's own listener, whose certificate is for the name that clients use.
      rejectUnauthorized: false,
    })
    asked.once('response', resolve).once('error', reject).end()
  })
  answer.setEncoding('utf8')
  let body = ''
  for await (const text of answer) {
    body += text
    // Whatever it is that sends more, it is no proxy of ours.
    if (body.length > HEALTH_BODY_BYTES) break
  }
  return { status: answer.statusCode ?? 0, body }
}
