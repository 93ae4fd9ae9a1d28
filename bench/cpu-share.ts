import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Short, so that what is held back waits for milliseconds; in microseconds. */
const PERIOD_US = 10_000

/** Holds processes to a share of one core, by a cgroup of their own. Needs the right to make one: root, or delegation. */
export class CpuShare {
  readonly #directory: string

  /** Throws an Error that says what is missing. */
  constructor(name: string, share: number) {
    const { directory, version } = cpuHierarchy()
    this.#directory = join(directory, name)
    mkdirSync(this.#directory)
    const quota = Math.round(share * PERIOD_US)
    if (version === 2) {
      writeFileSync(join(this.#directory, 'cpu.max'), `${quota} ${PERIOD_US}`)
    } else {
      writeFileSync(join(this.#directory, 'cpu.cfs_period_us'), String(PERIOD_US))
      writeFileSync(join(this.#directory, 'cpu.cfs_quota_us'), String(quota))
    }
  }

  /** From now on the process, with all its threads, has this share. */
  hold(pid: number): void {
    writeFileSync(join(this.#directory, 'cgroup.procs'), String(pid))
  }

  /** In how many of its periods it was held back, from 0 to 1. */
  heldBack(): number {
    const stat = readFileSync(join(this.#directory, 'cpu.stat'), 'latin1')
    const [periods, throttled] = ['nr_periods', 'nr_throttled'].map((name) =>
      Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0),
    )
    return (throttled ?? 0) / Math.max(1, periods ?? 0)
  }

  /** When its processes have ended. */
  remove(): void {
    rmdirSync(this.#directory)
  }
}

function cpuHierarchy(): { directory: string; version: 1 | 2 } {
  const lines = readFileSync('/proc/self/cgroup', 'latin1').split('\n')
  const pathOf = (pattern: RegExp): string => lines.map((line) => pattern.exec(line)?.[1]).find(Boolean) ?? '/'
  const first = join('/sys/fs/cgroup/cpu', pathOf(/^\d+:(?:[^:]*,)?cpu(?:,[^:]*)?:(.*)$/))
  if (existsSync(join(first, 'cpu.cfs_quota_us'))) return { directory: first, version: 1 }
  const second = join('/sys/fs/cgroup', pathOf(/^0::(.*)$/))
  const controllers = join(second, 'cgroup.subtree_control')
  if (existsSync(controllers) && /\bcpu\b/.test(readFileSync(controllers, 'latin1'))) {
    return { directory: second, version: 2 }
  }
  throw new Error(
    'no cgroup here hands the cpu controller on; expected one that does, and the right to make groups in it',
  )
}
