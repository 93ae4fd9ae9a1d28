import { errorCode } from './error-code.ts'
import type { FastifyInstance } from 'fastify'
import { ConfigError } from './config/load.ts'

const ALL_ADDRESSES = '::'

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
    throw code === '' ? error : new ConfigError([listenProblem(code, variable, host, port)])
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

/** Whether listening on all addresses failed because there are none of IPv6. */
export function isWithoutIpv6(host: string, code: string): boolean {
  return host === ALL_ADDRESSES && (code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL')
}

/** Why a port cannot be listened on, in a line that names the variable. */
export function listenProblem(code: string, variable: string, host: string, port: number): string {
  switch (code) {
    case 'EADDRINUSE':
      return `${variable}: ${port} is in use; expected a free port on ${host}`
    case 'EACCES':
      return `${variable}: ${port} may not be listened on by this user; expected a port from 1024, or the right to use lower ones`
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `HOST: ${JSON.stringify(host)} is no address of this machine; expected one, such as 0.0.0.0 or ::`
    default:
      return `${variable}: cannot listen on port ${port} of ${host} (${code})`
  }
}
