import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { replaceCredentials } from '../server.ts'
import type { TlsCredentials } from '../tls/credentials.ts'
import { CertificateLife } from '../tls/expiry.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** New connections get this certificate, and tickets under these keys (48 bytes; new random ones without); those that are open stay. */
    useTls: (tls: TlsCredentials, ticketKeys?: Buffer) => void
    /** How long the certificate in use can be served. */
    certificateLife: CertificateLife
  }
}

export interface TlsOptions {
  /** What they begin with; undefined without TLS. */
  inUse: TlsCredentials | undefined
}

/** Lets the certificate be replaced while serving, and knows how long it lasts. */
async function tls(app: FastifyInstance, { inUse }: TlsOptions): Promise<void> {
  const life = new CertificateLife(inUse)
  app.decorate('certificateLife', life)
  app.decorate('useTls', (credentials: TlsCredentials, ticketKeys?: Buffer) => {
    replaceCredentials(app.server, credentials, ticketKeys)
    life.replace(credentials)
  })
}

export default fp(tls, { name: 'tls' })
