import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { MemoryGroup } from '../memory-group.ts'
import { FAULT_MS, type Scenario, shown } from '../scenario.ts'
import { fakeTimeLibrary, TimeOfDay } from '../time-of-day.ts'

const PLACE = 'at the host'
const MIB = 1024 * 1024
const HOUR_MS = 3_600_000
const STOPPED_MS = 20_000
const LOG_BYTES = 256 * 1024
/** Descriptors that a proxy at its limit has left. */
const DESCRIPTORS_LEFT = 4
const MEMORY_MIB = 256
const UPLOADS = 64
const PULLS = 16
const MEMORY_GROUP = `chaos-${process.pid}`

/** What goes wrong with the machine that the proxy runs on. */
export const HOST: readonly Scenario[] = [
  {
    name: 'host-stopped',
    place: PLACE,
    fault: 'the process is stopped (SIGSTOP) for 20 s, and goes on',
    sample: true,
    strike: async ({ proxy }) => {
      proxy.signal('SIGSTOP')
      await shown('the process stopped', () => /^State:\s+T/m.test(readFileSync(`/proc/${proxy.pid}/status`, 'latin1')))
      await sleep(STOPPED_MS)
      proxy.signal('SIGCONT')
    },
  },
  jump('host-clock-ahead', 'the time of day jumps 13 h ahead, what is open is reset; tokens go on', 0, 13, false),
  jump('host-clock-back', 'the time of day jumps 13 h back, what is open is reset; tokens go on', 30, 17, false),
  jump(
    'host-suspended',
    'the time of day jumps 13 h ahead, what is open is reset, every token has expired',
    0,
    13,
    true,
  ),
  jump(
    'host-clock-wrong',
    'the time of day jumps 3 h back, what is open is reset, every token is revoked',
    30,
    27,
    true,
  ),
  {
    name: 'host-descriptors',
    place: PLACE,
    fault: `no more than ${DESCRIPTORS_LEFT} descriptors are left for 4 s, and 40 clients come at once`,
    sample: true,
    needs: () => prlimit('--version'),
    strike: async ({ proxy }, load) => {
      const open = proxy.descriptors().length
      const [, before = ''] = /^Max open files\s+(\d+)/m.exec(readFileSync(`/proc/${proxy.pid}/limits`, 'latin1')) ?? []
      const limit = open + DESCRIPTORS_LEFT
      prlimit('--pid', String(proxy.pid), `--nofile=${limit}:`)
      await Promise.all([load.burst(20, 20), sleep(FAULT_MS)])
      prlimit('--pid', String(proxy.pid), `--nofile=${before}:`)
      return `${limit} of them`
    },
  },
  {
    name: 'host-log-full',
    place: PLACE,
    fault: 'the disk of the log is full for 4 s',
    sample: true,
    needs: root,
    stage: {
      proxy: ({ directory, atEnd }) => {
        const mount = join(directory, 'log')
        mkdirSync(mount)
        execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${LOG_BYTES}`, 'chaos', mount])
        atEnd(() => execFileSync('umount', ['--lazy', mount]))
        return { logFile: join(mount, 'proxy.log') }
      },
    },
    strike: async ({ directory }) => {
      const [log, filler] = [join(directory, 'log', 'proxy.log'), join(directory, 'log', 'filler')]
      fill(filler)
      await sleep(FAULT_MS)
      const full = statSync(log).size
      await rm(filler)
      await shown('a line of the log after the disk has room again', () => statSync(log).size > full, 10_000)
      return 'the lines of that time are lost, and the log goes on'
    },
  },
  {
    name: 'host-log-dev-full',
    place: PLACE,
    fault: 'the log goes to /dev/full from the start',
    sample: false,
    stage: { proxy: () => ({ logFile: '/dev/full', environment: { METRICS: 'emf', METRICS_INTERVAL: '1s' } }) },
    strike: () => sleep(FAULT_MS),
  },
  {
    name: 'host-memory',
    place: PLACE,
    fault: `a cgroup with ${MEMORY_MIB} MiB, and ${UPLOADS} uploads and ${PULLS} pulls at once to a slow upstream`,
    sample: true,
    needs: root,
    patienceMs: 120_000,
    stage: {
      proxy: ({ atEnd }) => {
        const group = MemoryGroup.make(MEMORY_GROUP, MEMORY_MIB * MIB)
        atEnd(() => group.remove())
        return { wrapper: group.wrapper }
      },
    },
    strike: async ({ upstream }, load) => {
      const group = MemoryGroup.open(MEMORY_GROUP)
      upstream.shape({ bytesPerSecond: MIB })
      await load.burst(PULLS, UPLOADS)
      upstream.calm()
      if (group.kills > 0) throw new Error(`the kernel killed ${group.kills} for want of memory`)
      return `${(group.peak / MIB).toFixed(0)} MiB in use at most, of the cgroup, which counts sockets and files, too`
    },
  },
]

/** The time of day jumps while the proxy runs. It starts `from` hours ahead: a certificate of today has no yesterday. */
function jump(name: string, fault: string, from: number, to: number, expires: boolean): Scenario {
  return {
    name,
    place: PLACE,
    fault,
    sample: name === 'host-suspended',
    needs: () => fakeTimeLibrary(),
    stage: {
      proxy: async ({ directory }) => {
        const time = new TimeOfDay(directory)
        await time.shift(from)
        return { environment: time.environment }
      },
    },
    strike: async ({ proxy, simulator, directory, upstream }) => {
      const calls = simulator.tokens.calls
      await new TimeOfDay(directory).shift(to)
      if (expires) simulator.tokens.expireAll()
      upstream.resetOpen()
      await sleep(FAULT_MS)
      await shown(`a line of the log at the new time, ${to} h from now`, () => isLoggedAt(proxy.log, to))
      if (expires) await shown('a token call', () => simulator.tokens.calls > calls)
    },
  }
}

/** Whether the last line of a log is of so many hours from now. */
function isLoggedAt(log: string, hours: number): boolean {
  const last = log.slice(0, log.lastIndexOf('\n')).split('\n').at(-1) ?? ''
  const { time = 0 }: { time?: number } = JSON.parse(last)
  return Math.abs(time - Date.now() - hours * HOUR_MS) < HOUR_MS
}

/** Writes until there is no room left. */
function fill(file: string): void {
  try {
    writeFileSync(file, Buffer.alloc(LOG_BYTES))
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOSPC') return
    throw error
  }
  throw new Error('the fault did not strike: the disk of the log is not full')
}

function prlimit(...args: string[]): void {
  execFileSync('prlimit', args)
}

function root(): void {
  if (process.getuid?.() !== 0) throw new Error('expected root, who may mount a tmpfs and make a cgroup')
}
