import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Profiler } from '../debug/profiler.ts'
import { profileWindowMs } from '../debug/window.ts'
import { ALLOCATION_SAMPLE_BYTES, HEAP_SAMPLE_BYTES } from '../limits.ts'

/** As Go's tools have it where nobody says. */
const CPU_SECONDS = 30
const HEAP_SECONDS = 10

/** A request for a profile. */
type Asked = FastifyRequest<{ Querystring: Record<string, unknown> }>

/** /debug/pprof/: profiles of this process, for `go tool pprof`, flame graphs and Chrome DevTools. */
export async function debugPprofRoutes(app: FastifyInstance, { profiler }: { profiler: Profiler }): Promise<void> {
  app.get('/debug/pprof/', (_request, reply) => reply.sendFile('pprof.html'))

  app.get('/debug/pprof/profile', async (request: Asked, reply) => {
    const profile = await cpuProfile(request, reply)
    const [{ pprofOfCpu }, { SourceFrames }] = await encoder()
    return download(reply, 'profile.pb.gz', await pprofOfCpu(profile, new SourceFrames()))
  })

  app.get('/debug/pprof/profile.cpuprofile', async (request: Asked, reply) => {
    const profile = await cpuProfile(request, reply)
    const [{ devToolsProfile }, { SourceFrames }] = await Promise.all([
      import('../debug/cpuprofile.ts'),
      import('../debug/source-frames.ts'),
    ])
    return download(reply, 'profile.cpuprofile', JSON.stringify(devToolsProfile(profile, new SourceFrames())))
  })

  for (const [name, collected, what, sampleBytes] of [
    ['heap', false, 'inuse', HEAP_SAMPLE_BYTES],
    ['allocs', true, 'alloc', ALLOCATION_SAMPLE_BYTES],
  ] as const) {
    app.get(`/debug/pprof/${name}`, async (request: Asked, reply) => {
      const windowMs = profileWindowMs(request.query['seconds'], HEAP_SECONDS)
      const profile = await profiler.heap(windowMs, untilLeft(reply), told(request, name, windowMs), collected)
      const [{ pprofOfHeap }, { SourceFrames }] = await encoder()
      const pprof = await pprofOfHeap(profile, new SourceFrames(), { what, windowMs, sampleBytes })
      return download(reply, `${name}.pb.gz`, pprof)
    })
  }

  async function cpuProfile(request: Asked, reply: FastifyReply) {
    const windowMs = profileWindowMs(request.query['seconds'], CPU_SECONDS)
    return profiler.cpu(windowMs, untilLeft(reply), told(request, 'cpu', windowMs))
  }
}

/** Logs that a profile is taken, once that is so. */
function told(request: Asked, profile: string, windowMs: number): () => void {
  return () => request.log.info({ profile, windowMs }, 'taking a profile')
}

/** Loaded for the first profile. */
async function encoder() {
  return Promise.all([import('../debug/pprof.ts'), import('../debug/source-frames.ts')])
}

/** Aborted when the client leaves, or has left while the debug server was loaded for it. */
function untilLeft(reply: FastifyReply): AbortSignal {
  const left = new AbortController()
  if (reply.raw.destroyed) left.abort()
  else reply.raw.once('close', () => left.abort())
  return left.signal
}

function download(reply: FastifyReply, name: string, content: Buffer | string): FastifyReply {
  return reply
    .type('application/octet-stream')
    .header('Content-Disposition', `attachment; filename="${name}"`)
    .send(content)
}
