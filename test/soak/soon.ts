import { setTimeout as sleep } from 'node:timers/promises'

const LOOK_MS = 20

/** What `find` finds within `timeoutMs`, or undefined. It looks now and then: a busy wait would slow down what it waits for. */
export async function soon<T>(find: () => T | undefined, timeoutMs: number): Promise<T | undefined> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const found = find()
    if (found !== undefined || performance.now() > end) return found
    await sleep(LOOK_MS)
  }
}
