import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'

/** Clock ticks of /proc/PID/stat; 100 a second on every Linux that Node runs on. */
const MS_PER_TICK = 10

/** What the operating system says that a process and its children have used and hold. */
export class Gauge {
  readonly #pid: number

  constructor(pid: number) {
    this.#pid = pid
  }

  /** CPU time of the process and its children, user and system, in milliseconds. */
  cpuMs(): number {
    return this.#tree().reduce((sum, pid) => sum + cpuOf(pid), 0)
  }

  /** Resident memory now, in MiB. */
  residentMiB(): number {
    return this.#tree().reduce((sum, pid) => sum + statusOf(pid, 'VmRSS'), 0)
  }

  /** The highest resident memory since resetPeak, in MiB. */
  peakMiB(): number {
    return this.#tree().reduce((sum, pid) => sum + statusOf(pid, 'VmHWM'), 0)
  }

  resetPeak(): void {
    for (const pid of this.#tree()) writeFileSync(`/proc/${pid}/clear_refs`, '5')
  }

  #tree(): number[] {
    const parents = new Map<number, number>()
    for (const name of readdirSync('/proc')) {
      if (/^\d+$/.test(name)) parents.set(Number(name), parentOf(Number(name)))
    }
    const tree = [this.#pid]
    for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child)
    return tree
  }
}

/** Measures what share of a core processes use. */
export class CpuUse {
  readonly #gauges: Gauge[]
  #before: number[]
  #takenAt = performance.now()

  /** `pids` of others, each of which is counted with its children. */
  constructor(pids: readonly number[]) {
    this.#gauges = pids.map((pid) => new Gauge(pid))
    this.#before = this.#cpuMs()
  }

  /** Since this was last asked, from 0: that of each of the others, and of this process without its children. */
  take(): { others: number[]; own: number } {
    const [now, cpuMs] = [performance.now(), this.#cpuMs()]
    const used = cpuMs.map((ms, i) => (ms - (this.#before[i] ?? 0)) / (now - this.#takenAt))
    this.#before = cpuMs
    this.#takenAt = now
    return { others: used.slice(0, -1), own: used.at(-1) ?? 0 }
  }

  #cpuMs(): number[] {
    const { user, system } = process.cpuUsage()
    return [...this.#gauges.map((gauge) => gauge.cpuMs()), (user + system) / 1000]
  }
}

function statFields(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    // The second field is a name in parentheses that may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return []
  }
}

function parentOf(pid: number): number {
  return Number(statFields(pid)[1] ?? 0)
}

function cpuOf(pid: number): number {
  const fields = statFields(pid)
  return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * MS_PER_TICK
}

function statusOf(pid: number, name: string): number {
  try {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
    return Number(match?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}

/** Starts a program; its output goes to a file, as a user's log would. */
export function start(
  command: string,
  args: string[],
  environment: NodeJS.ProcessEnv,
  output: number | 'pipe',
): ChildProcess {
  return spawn(command, args, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', output, output === 'pipe' ? 'inherit' : output],
  })
}

/** Throws where the program could not be started. */
export function pidOf({ pid, spawnfile }: ChildProcess): number {
  if (pid === undefined) throw new Error(`${spawnfile} could not be started`)
  return pid
}

/** Ends a program and waits until it has. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGTERM')
  await ended
}
