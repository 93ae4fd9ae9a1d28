import { errorCode } from './error-code.ts'
import type { FastifyInstance } from 'fastify'
import { ConfigError } from './config/load.ts'
import { isWithoutIpv6, listenProblem } from './listen-problem.ts'

/** Listens, or throws a ConfigError that names the variable behind the port and what is wrong. */
export async function listen(
  app: FastifyInstance,
  variable: 'PORT' | 'STATUS_PORT',
  host: string,
  port: number,
): Promise<void> {
  try {
    await app.listen({ host, port, listenTextResolver: listeningLine })
  } catch (error) {
    const code = errorCode(error) ?? ''
    if (isWithoutIpv6(host, code)) {
      // A machine without IPv6 has its IPv4 addresses still.
      await listen(app, variable, '0.0.0.0', port)
      return
    }
    throw code === '' ? error : new ConfigError([listenProblem(code, { port: variable, host: 'HOST' }, host, port)])
  }
}

/**
 * Fastify's line for one of the addresses that are listened on, given as `https://ADDRESS:PORT`: for all of IPv4 it calls for
 * one of each that the machine has. Not by URL, which refuses an IPv6 address with a zone.
 */
export function listeningLine(origin: string): string {
  const [, address = origin, port = ''] = /^\w+:\/\/\[?(.*?)\]?:(\d+)$/.exec(origin) ?? []
  return `listening on ${address} port ${port}`
}
