import type { Settings } from '../config/schema.ts'
import { MEMORY_SHARE } from '../limits.ts'

type LoadSettings = Pick<
  Settings,
  'MAX_EVENT_LOOP_UTILIZATION' | 'MAX_EVENT_LOOP_DELAY' | 'MAX_HEAP' | 'MAX_RSS' | 'WORKERS'
>

/** What a process may have, in bytes. */
export interface Memory {
  /** Of the container, as process.constrainedMemory() gives it: 0, nothing or a huge number where it has no limit. */
  constrained: number | undefined
  /** Of the machine. */
  machine: number
  /** Of V8's heap. */
  heap: number
}

/** Limits as @fastify/under-pressure takes them; 0 is none. */
export interface PressureLimits {
  maxEventLoopUtilization: number
  maxEventLoopDelay: number
  maxHeapUsedBytes: number
  maxRssBytes: number
}

/** The limits that the settings mean in a process with this memory. */
export function pressureLimits(settings: LoadSettings, memory: Memory): PressureLimits {
  const { MAX_EVENT_LOOP_UTILIZATION, MAX_EVENT_LOOP_DELAY, MAX_HEAP, MAX_RSS } = settings
  return {
    maxEventLoopUtilization: limit(MAX_EVENT_LOOP_UTILIZATION),
    maxEventLoopDelay: limit(MAX_EVENT_LOOP_DELAY),
    maxHeapUsedBytes: limit(MAX_HEAP, memory.heap),
    maxRssBytes: limit(MAX_RSS, ofTheContainer(memory) / processes(settings)),
  }
}

function limit(setting: number | 'auto' | 'off', available = 0): number {
  if (setting === 'off') return 0
  return setting === 'auto' ? Math.floor(available * MEMORY_SHARE) : setting
}

/** A machine without a container's limit has others to care for its memory, and its swap. */
function ofTheContainer({ constrained = 0, machine }: Memory): number {
  return constrained < machine ? constrained : 0
}

/** Several workers share the container; each of them knows how many they are. */
function processes({ WORKERS }: LoadSettings): number {
  return WORKERS === 'auto' ? 1 : WORKERS
}
