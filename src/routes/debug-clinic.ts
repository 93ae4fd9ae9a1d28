import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Live } from '../debug/live.ts'

/** Where npm has put speedscope's static release. */
const SPEEDSCOPE = dirname(fileURLToPath(import.meta.resolve('speedscope/dist/release/index.html')))

/** It runs WebAssembly, writes its styles into the page, and reads the profile that the page around it has taken. */
const SPEEDSCOPE_POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self' 'unsafe-inline'",
  "connect-src 'self' blob:",
  "frame-ancestors 'self'",
].join('; ')

type Asked = FastifyRequest<{ Querystring: Record<string, unknown> }>

/** /debug/clinic/: the last minutes as charts and in words, and profiles as flame graphs. */
export async function debugClinicRoutes(app: FastifyInstance, { live }: { live: Live }): Promise<void> {
  app.get('/debug/clinic/', (_request, reply) => reply.sendFile('clinic.html'))
  app.get('/debug/clinic/flame', (_request, reply) => reply.sendFile('flame.html'))
  app.get('/debug/clinic/numbers', (request: Asked, reply) =>
    reply.send(live.numbers(Number(request.query['since'] ?? 0))),
  )
  await app.register(fastifyStatic, {
    root: SPEEDSCOPE,
    prefix: '/debug/clinic/speedscope/',
    decorateReply: false,
    cacheControl: false,
    setHeaders: (reply) => {
      reply.header('Content-Security-Policy', SPEEDSCOPE_POLICY)
    },
  })
}
