/** Measures what share of its time the event loop was busy rather than waiting, 0 to 1. */
export class UtilizationGauge {
  #before = performance.eventLoopUtilization()

  /** Since this was last asked; since the start it would take hours to see anything after a quiet night. */
  take(): number {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, this.#before)
    this.#before = now
    return utilization
  }
}
