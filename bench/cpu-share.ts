import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupHierarchy } from '../test/support/cgroup.ts'

/** Short, so that what is held back waits for milliseconds; in microseconds. */
const PERIOD_US = 10_000

/** Holds processes to a share of one core, by a cgroup of their own. Needs the right to make one: root, or delegation. */
export class CpuShare {
  readonly #directory: string

  /** Throws an Error that says what is missing. */
  constructor(name: string, share: number) {
    const { directory, version } = cgroupHierarchy('cpu')
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
