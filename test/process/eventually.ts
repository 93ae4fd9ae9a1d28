import { setTimeout as pause } from 'node:timers/promises'

/** Repeats `check` until it passes; after `timeoutMs` its last failure is the test's. */
export async function eventually(check: () => Promise<void>, timeoutMs = 20_000): Promise<void> {
  const end = performance.now() + timeoutMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (performance.now() > end) throw error
    }
    // Another process has to get on; asking without a pause would only slow it down.
    await pause(20)
  }
}
