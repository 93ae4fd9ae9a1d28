import underPressure from '@fastify/under-pressure'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import fp from 'fastify-plugin'
import { answerError } from '../client/answer.ts'
import { unavailable } from '../client/unavailable.ts'
import type { Settings } from '../config/schema.ts'
import { LOAD_SAMPLE_MS, MEMORY_SAMPLE_MS } from '../limits.ts'
import { ownMemory } from '../memory.ts'
import { CpuGauge } from '../shedding/cpu-gauge.ts'
import { pressureLimits } from '../shedding/limits.ts'
import { rememberMemoryUsage } from '../shedding/memory-usage.ts'
import { QueueGauge } from '../shedding/queue-gauge.ts'
import { Shedder } from '../shedding/shedder.ts'
import { UtilizationGauge } from '../shedding/utilization-gauge.ts'

/** Made once: the stack of an error costs as much as the rest of such an answer. */
const OVERLOADED = unavailable('the proxy has too much to do at the moment')

/** Turns away what would start something while there is too much to do; registered in the /v2 scope, behind its parser. */
async function loadShedding(scope: FastifyInstance, settings: Settings): Promise<void> {
  const { drain, log } = scope
  const { maxEventLoopUtilization, maxEventLoopDelay, ...memory } = pressureLimits(settings, ownMemory())
  const maxInFlight = settings.MAX_IN_FLIGHT
  const shedder = new Shedder({
    maxInFlight,
    inFlight: () => drain.inFlight,
    maxUtilization: maxEventLoopUtilization,
    maxDelayMs: maxEventLoopDelay,
    queue: new QueueGauge(setImmediate),
  })
  scope.addHook('onRequest', (request, reply, done) => {
    const { registryRequest } = request
    const why = registryRequest === undefined ? undefined : shedder.whyNot(registryRequest)
    if (why !== undefined) shed(request, reply, why)
    done()
  })
  rememberMemoryUsage()
  await scope.register(underPressure, {
    // Without its limits of the event loop: that of utilization would let in all or nothing, and swing between the two;
    // for that of delay see DelayGauge.
    ...memory,
    // No more often than memory needs: each of its samples goes over a histogram of delays and clears it, limit or not.
    sampleInterval: MEMORY_SAMPLE_MS,
    pressureHandler: (request, reply, pressed) => {
      const { registryRequest } = request
      const why = registryRequest === undefined ? undefined : shedder.whyNotUnder(pressed, registryRequest)
      if (why !== undefined) shed(request, reply, why)
    },
  })
  const [cpu, utilization] = [new CpuGauge(), new UtilizationGauge()]
  let takenAt = performance.now()
  const sampling = setTimeout(() => {
    const now = performance.now()
    const lateMs = Math.max(0, now - takenAt - LOAD_SAMPLE_MS)
    takenAt = now
    shedder.sample({ utilization: utilization.take(), cpu: cpu.take(), lateMs })
    sampling.refresh()
  }, LOAD_SAMPLE_MS).unref()
  scope.addHook('onClose', async () => {
    clearTimeout(sampling)
  })
  log.info({ maxEventLoopUtilization, maxEventLoopDelay, ...memory, maxInFlight }, 'limits of the load; 0 is none')
}

/** Fastify does no more for a request as soon as it is hijacked. */
function shed(request: FastifyRequest, reply: FastifyReply, why: string): void {
  reply.hijack()
  request.call.record.shed = why
  answerError(request.call, OVERLOADED)
}

export default fp(loadShedding, { name: 'load-shedding', dependencies: ['drain', 'call'] })
