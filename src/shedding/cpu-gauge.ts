/** Measures what share of a core this process has had; its other threads count, too, so that it may exceed 1. */
export class CpuGauge {
  #before = process.cpuUsage()
  #takenAt = performance.now()

  /** Since this was last asked. */
  take(): number {
    const { user, system } = process.cpuUsage(this.#before)
    const now = performance.now()
    const share = (user + system) / ((now - this.#takenAt) * 1000)
    this.#before = { user: this.#before.user + user, system: this.#before.system + system }
    this.#takenAt = now
    return share
  }
}
