import type { FastifyInstance } from 'fastify'
import { PROMETHEUS_TYPE, renderPrometheus } from '../metrics/prometheus.ts'
import type { Recorder } from '../metrics/recorder.ts'

/** /metrics: all numbers since the process started, as Prometheus reads them. */
export async function metricsRoutes(
  app: FastifyInstance,
  { recorder }: { recorder: Pick<Recorder, 'snapshot'> },
): Promise<void> {
  app.get('/metrics', async (_request, reply) =>
    reply.type(PROMETHEUS_TYPE).send(renderPrometheus(recorder.snapshot())),
  )
}
