import os from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type { Memory } from './shedding/limits.ts'

/** What this process may have, as its container, its machine and V8 say. */
export function ownMemory(): Memory {
  return {
    constrained: process.constrainedMemory(),
    machine: os.totalmem(),
    heap: getHeapStatistics().heap_size_limit,
  }
}
