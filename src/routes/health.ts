import type { FastifyInstance, FastifyRequest } from 'fastify'

export interface Readiness {
  /** Why the service is not ready, or undefined when it is. */
  notReady: () => string | undefined
  /** What somebody has to see to though it is ready, or undefined. */
  warning: () => string | undefined
}

/** Whether a request is the question of a load balancer, and not a client's. */
export function isProbe({ url }: FastifyRequest): boolean {
  return /^\/(?:healthz|readyz)(?:\?|$)/.test(url)
}

/** /healthz: the process serves. /readyz: it has a valid token and is not shutting down. Neither calls ECR (docs/request-handling.md: 3). */
export async function healthRoutes(app: FastifyInstance, { notReady, warning }: Readiness): Promise<void> {
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const reason = notReady()
    if (reason === undefined) return { status: 'ready', warning: warning() }
    return reply.code(503).send({ status: 'not ready', reason, warning: warning() })
  })
}
