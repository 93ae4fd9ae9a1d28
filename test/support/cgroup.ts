import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** What only groups of version 1 have whose controller this is. */
const LIMITS = { cpu: 'cpu.cfs_quota_us', memory: 'memory.limit_in_bytes' } as const

/** Where this process may make control groups of its own, and of which version they are. Throws an Error that says what is missing. */
export function cgroupHierarchy(controller: keyof typeof LIMITS): { directory: string; version: 1 | 2 } {
  const lines = readFileSync('/proc/self/cgroup', 'latin1').split('\n')
  const pathOf = (pattern: RegExp): string => lines.map((line) => pattern.exec(line)?.[1]).find(Boolean) ?? '/'
  const own = pathOf(new RegExp(`^\\d+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`))
  const first = join('/sys/fs/cgroup', controller, own)
  if (existsSync(join(first, LIMITS[controller]))) return { directory: first, version: 1 }
  const second = join('/sys/fs/cgroup', pathOf(/^0::(.*)$/))
  const controllers = join(second, 'cgroup.subtree_control')
  if (existsSync(controllers) && new RegExp(`\\b${controller}\\b`).test(readFileSync(controllers, 'latin1'))) {
    return { directory: second, version: 2 }
  }
  throw new Error(
    `no cgroup here hands the ${controller} controller on; expected one that does, and the right to make groups in it`,
  )
}
