import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ShownRequest } from '../debug/in-flight.ts'
import { read, type Sources } from '../debug/reading.ts'
import { DebugRefusal } from '../debug/refusal.ts'
import { diagnosticReport } from '../debug/report.ts'
import { shownSettings } from '../debug/settings.ts'
import { varsOf } from '../debug/vars.ts'
import { metricsRoutes } from './metrics.ts'

export interface DebugRoutesOptions {
  sources: Sources
  settings: object
  requests: () => readonly ShownRequest[]
  heapSnapshots: boolean
  /** Where the workers of this process have debug servers of their own. */
  workerPorts: readonly number[]
}

/** /debug/ and /metrics: the index, and what is shown as text. */
export async function debugRoutes(app: FastifyInstance, options: DebugRoutesOptions): Promise<void> {
  const { sources, settings, requests, heapSnapshots, workerPorts } = options
  app.get('/', async (_request, reply) => reply.redirect('/debug/'))
  app.get('/debug/', (_request, reply) => reply.sendFile('index.html'))
  await app.register(metricsRoutes, { sources })
  app.get('/debug/vars', async (_request, reply) =>
    json(reply, varsOf(read(sources), shownSettings(settings), workerPorts)),
  )
  app.get('/debug/requests', async (_request, reply) => json(reply, requests()))
  app.get('/debug/report', async (_request, reply) => json(reply, diagnosticReport()))
  app.get('/debug/heapsnapshot', async (request, reply) => {
    if (!heapSnapshots) {
      throw new DebugRefusal(
        403,
        'a heap snapshot holds every secret of this process, and stops it while it is taken; it is given out only with DEBUG_HEAPSNAPSHOT=on and a DEBUG_HOST on loopback',
      )
    }
    request.log.warn({}, 'a heap snapshot is taken; nothing is served meanwhile')
    const { getHeapSnapshot } = await import('node:v8')
    return reply
      .type('application/octet-stream')
      .header('Content-Disposition', 'attachment; filename="process.heapsnapshot"')
      .send(getHeapSnapshot())
  })
}

function json(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(`${JSON.stringify(value, undefined, 2)}\n`)
}
