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

  /** Where the time goes. Throws a DebugRefusal while another profile is taken; calls `begins` where none is. */
  async cpu(windowMs: number, signal: AbortSignal, begins: () => void): Promise<CpuProfile> {
    return this.#alone(begins, async (session) => {
      await session.post('Profiler.setSamplingInterval', { interval: CPU_SAMPLE_MICROSECONDS })
      await session.post('Profiler.start')
      const stop = (): Promise<CpuProfiler.StopReturnType> => session.post('Profiler.stop')
      return (await atTheEndOf(windowMs, signal, stop)).profile
    })
  }

  /** What was allocated within the window: with `collected` all of it, else what is alive at its end. Throws as `cpu`. */
  async heap(windowMs: number, signal: AbortSignal, begins: () => void, collected: boolean): Promise<HeapProfile> {
    return this.#alone(begins, async (session) => {
      await session.post('HeapProfiler.startSampling', {
        samplingInterval: collected ? ALLOCATION_SAMPLE_BYTES : HEAP_SAMPLE_BYTES,
        includeObjectsCollectedByMajorGC: collected,
        includeObjectsCollectedByMinorGC: collected,
      })
      const stop = (): Promise<HeapProfiler.StopSamplingReturnType> => session.post('HeapProfiler.stopSampling')
      return (await atTheEndOf(windowMs, signal, stop)).profile
    })
  }

  async #alone<T>(begins: () => void, take: (session: Session) => Promise<T>): Promise<T> {
    if (this.#busy) throw new DebugRefusal(409, 'another profile is being taken; there is one at a time')
    this.#busy = true
    try {
      begins()
      connected ??= connect()
      return await take(await connected)
    } finally {
      this.#busy = false
    }
  }
}

/**
 * Of the process, and never closed: an idle session costs nothing, while closing one ends V8's code coverage with it, of
 * which the tests of this project are measured.
 */
let connected: Promise<Session> | undefined

async function connect(): Promise<Session> {
  const inspector = await import('node:inspector/promises')
  const session = new inspector.Session()
  session.connect()
  await session.post('Profiler.enable')
  return session
}

/** Stops whether the window ends or is aborted, which throws an AbortError. */
async function atTheEndOf<T>(windowMs: number, signal: AbortSignal, stop: () => Promise<T>): Promise<T> {
  try {
    await sleep(windowMs, undefined, { signal })
  } catch (error) {
    await stop()
    throw error
  }
  return stop()
}
