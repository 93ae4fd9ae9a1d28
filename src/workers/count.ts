import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { WORKERS_MAX } from '../limits.ts'

/** The CPU quota of a container, as cgroup v2 shows it inside: microseconds of CPU time, and the period that they are for. */
const CPU_MAX_FILE = '/sys/fs/cgroup/cpu.max'
const CPU_MAX = /^(\d{1,15}) (\d{1,15})\s*$/

/** How many workers WORKERS means here: the number itself, or for `auto` what the quota and the cores allow. */
export function workerCount(setting: number | 'auto', cpuMaxFile = CPU_MAX_FILE): number {
  return setting === 'auto' ? autoWorkers(textOf(cpuMaxFile), availableParallelism()) : setting
}

/**
 * A worker for each core that the quota gives, from 1 to as many as there are cores. A broken number is rounded up: the
 * last worker then shares what is left, where rounding down would leave paid CPU time unused.
 */
export function autoWorkers(cpuMax: string | undefined, cores: number): number {
  const quota = cpuMax === undefined ? undefined : quotaOf(cpuMax)
  return Math.max(1, Math.min(quota === undefined ? cores : Math.ceil(quota), cores, WORKERS_MAX))
}

/** Cores that the text of a cpu.max gives; undefined for `max`, which is no quota, and for what is no cpu.max. */
export function quotaOf(cpuMax: string): number | undefined {
  const [, quota, period] = CPU_MAX.exec(cpuMax) ?? []
  const cores = Number(quota) / Number(period)
  return Number.isFinite(cores) && cores > 0 ? cores : undefined
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // No cgroup v2, or no quota at this level: the cores decide.
    return undefined
  }
}
