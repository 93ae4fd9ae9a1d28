import type http from 'node:http'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { replaceCredentials } from '../server.ts'
import type { TlsCredentials } from '../tls/credentials.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** New connections get this certificate, and tickets under these keys (48 bytes; new random ones without); those that are open stay. */
    useTls: (tls: TlsCredentials, ticketKeys?: Buffer) => void
  }
}

/** Lets the certificate be replaced while serving; `servers` has one server, or several where HOST is a name with several addresses. */
async function tls(app: FastifyInstance, { servers }: { servers: readonly http.Server[] }): Promise<void> {
  app.decorate('useTls', (credentials: TlsCredentials, ticketKeys?: Buffer) => {
    for (const server of servers) replaceCredentials(server, credentials, ticketKeys)
  })
}

export default fp(tls, { name: 'tls' })
