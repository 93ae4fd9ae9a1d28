import type { HeapProfiler, Profiler as CpuProfiler, Session } from 'node:inspector/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { ALLOCATION_SAMPLE_BYTES, CPU_SAMPLE_MICROSECONDS, HEAP_SAMPLE_BYTES } from '../limits.ts'
import { DebugRefusal } from './refusal.ts'

export type CpuProfile = CpuProfiler.Profile
export type HeapProfile = HeapProfiler.SamplingHeapProfile

/**
 * Takes profiles of this process by V8's own profilers, one at a time: two would measure each other. Until one is asked
 * for, nothing of it is loaded. An aborted `signal` ends a window, and what was taken is thrown away.
 */
export class Profiler {
  #busy = false

  /** Where the time goes. Throws a DebugRefusal while another profile is taken. */
  async cpu(windowMs: number, signal: AbortSignal): Promise<CpuProfile> {
    return this.#alone(async (session) => {
      await session.post('Profiler.enable')
      await session.post('Profiler.setSamplingInterval', { interval: CPU_SAMPLE_MICROSECONDS })
      await session.post('Profiler.start')
      await sleep(windowMs, undefined, { signal })
      const { profile } = await session.post('Profiler.stop')
      return profile
    })
  }

  /** What was allocated within the window: with `collected` all of it, else what is alive at its end. Throws as `cpu`. */
  async heap(windowMs: number, signal: AbortSignal, collected: boolean): Promise<HeapProfile> {
    return this.#alone(async (session) => {
      await session.post('HeapProfiler.startSampling', {
        samplingInterval: collected ? ALLOCATION_SAMPLE_BYTES : HEAP_SAMPLE_BYTES,
        includeObjectsCollectedByMajorGC: collected,
        includeObjectsCollectedByMinorGC: collected,
      })
      await sleep(windowMs, undefined, { signal })
      const { profile } = await session.post('HeapProfiler.stopSampling')
      return profile
    })
  }

  async #alone<T>(take: (session: Session) => Promise<T>): Promise<T> {
    if (this.#busy) throw new DebugRefusal(409, 'another profile is being taken; there is one at a time')
    this.#busy = true
    try {
      const { Session } = await import('node:inspector/promises')
      const session = new Session()
      session.connect()
      try {
        return await take(session)
      } finally {
        // Ends whatever still runs.
        session.disconnect()
      }
    } finally {
      this.#busy = false
    }
  }
}
