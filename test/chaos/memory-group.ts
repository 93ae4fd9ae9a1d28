import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cgroupHierarchy } from '../support/cgroup.ts'

/** Holds a process to so much memory, by a cgroup of its own: what is above it is reclaimed, or the kernel kills. */
export class MemoryGroup {
  readonly #directory: string
  readonly #version: 1 | 2

  private constructor(directory: string, version: 1 | 2) {
    this.#directory = directory
    this.#version = version
  }

  /** Needs the right to make one: root, or delegation. Throws an Error that says what is missing. */
  static make(name: string, bytes: number): MemoryGroup {
    const group = MemoryGroup.open(name)
    mkdirSync(group.#directory)
    const limit = group.#version === 2 ? 'memory.max' : 'memory.limit_in_bytes'
    writeFileSync(join(group.#directory, limit), String(bytes))
    return group
  }

  /** One that has been made. */
  static open(name: string): MemoryGroup {
    const { directory, version } = cgroupHierarchy('memory')
    return new MemoryGroup(join(directory, name), version)
  }

  /** What becomes the program whose arguments follow, inside the group from its first instruction on. */
  get wrapper(): string[] {
    return ['/bin/sh', '-c', 'echo $$ > "$0/cgroup.procs" && exec "$@"', this.#directory]
  }

  /** The most that was ever in use, in bytes. */
  get peak(): number {
    return Number(this.#read(this.#version === 2 ? 'memory.peak' : 'memory.max_usage_in_bytes'))
  }

  /** How many processes the kernel has killed for want of memory. */
  get kills(): number {
    const text = this.#read(this.#version === 2 ? 'memory.events' : 'memory.oom_control')
    return Number(/^oom_kill (\d+)$/m.exec(text)?.[1])
  }

  /** When its processes have ended. */
  remove(): void {
    rmdirSync(this.#directory)
  }

  #read(file: string): string {
    return readFileSync(join(this.#directory, file), 'latin1')
  }
}
