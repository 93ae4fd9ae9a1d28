import type { FastifyInstance } from 'fastify'
import { renderReading } from '../debug/prometheus.ts'
import { read, type Sources } from '../debug/reading.ts'
import { PROMETHEUS_TYPE } from '../metrics/prometheus.ts'

/** /metrics: all numbers since the process started, as Prometheus reads them. */
export async function metricsRoutes(app: FastifyInstance, { sources }: { sources: Sources }): Promise<void> {
  app.get('/metrics', async (_request, reply) => reply.type(PROMETHEUS_TYPE).send(renderReading(read(sources))))
}
