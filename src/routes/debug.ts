import type { FastifyInstance, FastifyReply } from 'fastify'
import type { ShownRequest } from '../debug/in-flight.ts'
import { DebugRefusal } from '../debug/refusal.ts'
import { diagnosticReport } from '../debug/report.ts'

/** What the debug server shows of the process around it. */
export interface DebugView {
  requests(): ShownRequest[]
}

export interface DebugRoutesOptions {
  view: DebugView
  heapSnapshots: boolean
}

/** /debug/: the index, and what is told as JSON. */
export async function debugRoutes(app: FastifyInstance, { view, heapSnapshots }: DebugRoutesOptions): Promise<void> {
  app.get('/', async (_request, reply) => reply.redirect('/debug/'))
  app.get('/debug/', (_request, reply) => reply.sendFile('index.html'))
  app.get('/debug/requests', async (_request, reply) => json(reply, view.requests()))
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
